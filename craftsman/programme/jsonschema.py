"""JSON schemas of the TOML files, generated from the models and checked in, so that editors complete and check them.

Written anew by `python -m craftsman.programme.jsonschema`.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from craftsman.programme.load import CONFIG
from craftsman.programme.programme import RoundPlan
from craftsman.programme.schema import ProgrammeRules

_DRAFT = "http://json-schema.org/draft-07/schema#"


def programme_schema() -> dict[str, Any]:
    """Return the schema of `programme.toml`."""
    return _schema(ProgrammeRules, "programme.toml")


def round_schema() -> dict[str, Any]:
    """Return the schema of `rounds/<year>.toml`."""
    return _schema(RoundPlan, "rounds/<year>.toml")


def schema_files() -> dict[str, str]:
    """Return the text of each schema file by its name in the configuration folder."""
    schemas = {"programme.schema.json": programme_schema(), "round.schema.json": round_schema()}
    return {name: json.dumps(schema, ensure_ascii=False, indent=2) + "\n" for name, schema in schemas.items()}


def write_schemas(root: Path) -> None:
    """Write the schema files into the configuration folder."""
    for name, text in schema_files().items():
        (root / name).write_text(text, encoding="utf-8")


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    return {"$schema": _DRAFT, **model.model_json_schema(), "title": title}


if __name__ == "__main__":
    write_schemas(CONFIG)

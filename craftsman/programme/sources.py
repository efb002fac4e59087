"""The files of one selection: what was read from where, and what is wrong with it."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from craftsman.programme.problems import Finding, Problem, problems_of
from craftsman.programme.reference import Reference
from craftsman.programme.tomlfile import Unreadable, read_toml

Part = TypeVar("Part", bound=BaseModel)
CODES = "codes."
LOADED = "已载入的名录"


class Sources:
    """One run over a configuration folder; problems pile up so that all can be told at once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._origin: dict[str, Path] = {}
        self.problems: list[Problem] = []

    def read(self, file: Path) -> dict[str, Any] | None:
        """Return the document, or None after noting why it cannot be read."""
        try:
            return read_toml(file)
        except Unreadable as fault:
            self.note(file, [("", str(fault))])
            return None

    def part(self, model: type[Part], file: Path, raw: dict[str, Any] | None) -> Part | None:
        """Return a document as its model, or None after noting its problems."""
        if raw is None:
            return None
        try:
            return _validated(model, raw)
        except ValidationError as fault:
            self.note(file, problems_of(fault, raw))
            return None

    def reference(self, folders: Iterable[Path], loaded: Mapping[str, Any]) -> Reference | None:
        """Return the lists of all `*.toml` in the folders as one; a list that stands in two files is a problem.

        `loaded` are newer versions by name (`clusters`, `codes.skill_level`), which replace those of the files.
        """
        before = len(self.problems)
        merged: dict[str, Any] = {"codes": {}}
        for file in (file for folder in folders for file in sorted(folder.glob("*.toml"))):
            self._merge(merged, file, self.read(file) or {})
        for name, value in loaded.items():
            self._origin[name] = self._root / LOADED / name
            table, key = (merged["codes"], name.removeprefix(CODES)) if name.startswith(CODES) else (merged, name)
            table[key] = value
        if len(self.problems) > before:
            return None
        try:
            return _validated(Reference, merged)
        except ValidationError as fault:
            self.note_reference(problems_of(fault, merged))
            return None

    def note(self, file: Path, findings: Iterable[Finding]) -> None:
        """Keep findings that concern one file."""
        name = file.relative_to(self._root).as_posix()
        self.problems.extend(Problem(name, where, why) for where, why in findings)

    def note_reference(self, findings: Iterable[Finding]) -> None:
        """Keep findings on reference data, each under the file that its list came from."""
        for where, why in findings:
            names = re.split(r"[.\[]", where)
            origin = self._origin.get(".".join(names[:2])) or self._origin.get(names[0])
            self.note(origin or self._root / "reference", [(where, why)])

    def _merge(self, merged: dict[str, Any], file: Path, raw: Mapping[str, Any]) -> None:
        codes = raw.get("codes", {})
        if not isinstance(codes, dict):
            self.note(file, [("codes", "应为表（键 = 值）")])
            return
        tables: dict[str, Any] = codes
        lists = {name: value for name, value in raw.items() if name != "codes"}
        merged["codes"] |= {name: table for name, table in tables.items() if self._is_first(f"codes.{name}", file)}
        merged |= {name: value for name, value in lists.items() if self._is_first(name, file)}

    def _is_first(self, name: str, file: Path) -> bool:
        first = self._origin.setdefault(name, file)
        if first != file:
            self.note(file, [(name, f"与 {first.relative_to(self._root).as_posix()} 重复")])
        return first == file


def _validated(model: type[Part], raw: Mapping[str, Any]) -> Part:
    """Validate strictly by way of JSON, where lists may stand for tuples but "10" not for 10."""
    return model.model_validate_json(json.dumps(raw, default=_iso), strict=True)


def _iso(value: date | datetime | time) -> str:
    return value.isoformat()

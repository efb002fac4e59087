"""The city selection of tests/data: loading it, breaking a copy of it, and what is told then."""

import shutil
from pathlib import Path

import pytest

from craftsman.errors import Invalid
from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme

CITY_CONFIG = Path(__file__).parents[1] / "data" / "config"
HOME = "programmes/city-craftsman"
RULES, PLAN = f"{HOME}/programme.toml", f"{HOME}/rounds/2026.toml"
LISTS, CODES = f"{HOME}/reference/lists.toml", "reference/codes.toml"


def city(root: Path = CITY_CONFIG) -> Programme:
    return load_programme("city-craftsman", 2026, root=root)


def edited(tmp_path: Path, *edits: tuple[str, str, str]) -> Path:
    """A copy of the configuration with (file, what stands there once, what replaces it) carried out."""
    root = tmp_path / "config"
    shutil.copytree(CITY_CONFIG, root)
    for name, old, new in edits:
        text = (root / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} must stand once in {name}"
        (root / name).write_text(text.replace(old, new), encoding="utf-8")
    return root


def told(root: Path) -> list[str]:
    """The problems named when the selection is loaded."""
    with pytest.raises(Invalid) as refusal:
        city(root)
    return list(refusal.value.details)

"""The order of Han characters by strokes, read as data from the cn-sort package and config/strokes.toml."""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, ValidationError

from craftsman.errors import Invalid

SUPPLEMENT = Path(__file__).resolve().parents[2] / "config" / "strokes.toml"


class _Supplement(BaseModel):
    """Each key stands directly after the character that is its value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: dict[str, str] = {}


@cache
def load_stroke_order(supplement: Path = SUPPLEMENT) -> Mapping[str, int]:
    """Return the place (from 1) of each Han character by stroke count, then 横竖撇点折.

    Some 20,900 characters of the basic CJK block; `supplement` places others, or moves one. The package orders
    characters of one stroke sequence (干 and 于) by code point: the supplement follows the standard there.
    Read once per process (0.1 s). Raises Invalid that names the supplement's fault.
    """
    ordered = _packaged()
    for character, neighbour in _supplemented(supplement).items():
        _place_after(ordered, character, neighbour)
    return MappingProxyType({character: place for place, character in enumerate(ordered, start=1)})


def _packaged() -> list[str]:
    path = distribution("cn-sort").locate_file("cn_sort/res/all_word.json")
    table = json.loads(Path(str(path)).read_text(encoding="utf-8"))
    levels = {entry["chinese"]: entry["stroke_increment_level"] for entry in table["all_word"]}
    return sorted((character for character in levels if not character.isascii()), key=levels.__getitem__)


def _supplemented(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        return _Supplement.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).after
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise Invalid(
            f"笔画补充表 {path.name} 的内容不符合要求，应为 [after] 下的“字 = 前一字”", [str(error)]
        ) from error


def _place_after(ordered: list[str], character: str, neighbour: str) -> None:
    if len(character) != 1 or neighbour not in ordered or character == neighbour:
        raise Invalid(f"笔画补充表中“{character}”的前一字“{neighbour}”不在笔画表中，请改用表内的字")
    if character in ordered:
        ordered.remove(character)
    ordered.insert(ordered.index(neighbour) + 1, character)

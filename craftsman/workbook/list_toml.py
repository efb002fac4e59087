"""Reference lists as TOML, as the configuration has them: one or several in a file, in and out."""

import json
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, cast

from craftsman.errors import Invalid
from craftsman.programme.tomlfile import Unreadable, parse_toml
from craftsman.rules.lists import ReferenceList
from craftsman.workbook.tables import CODES, read_list

SUFFIX = ".toml"
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_UNFIT = re.compile(r"[\x00-\x1f\x7f]")


def is_toml(file_name: str) -> bool:
    """Whether a file goes by the name of one that says itself which lists it holds."""
    return PurePath(file_name).suffix.lower() == SUFFIX


def read_lists(content: bytes, file_name: str, name: str) -> Mapping[str, ReferenceList]:
    """The lists of a file: all of a TOML file, or the one called `name` as a table. Invalid for what is neither."""
    if not is_toml(file_name):
        if not name:
            raise Invalid("请写明这份表格是哪一份名录。")
        return {name: read_list(content, file_name, name)}
    try:
        document = parse_toml(content)
    except Unreadable as fault:
        raise Invalid(f"{file_name}：{fault}。") from fault
    codes = document.pop("codes", {})
    if not isinstance(codes, dict) or not (document or codes):
        raise Invalid(f'{file_name} 中没有名录；应形如 [codes.yes_no] 之下写 1 = "是"，或 [[clusters]] 之下写各项。')
    tables = cast("dict[str, Any]", codes)
    return document | {CODES + key: table for key, table in tables.items()}


def toml_of(name: str, listed: ReferenceList, *, source: str) -> str:
    """A list as a file that `read_lists` reads back; `source` stands above it as a comment."""
    table = name.removeprefix(CODES)
    heading = f"codes.{_key(table)}" if name.startswith(CODES) else _key(table)
    lines = [f"# {_UNFIT.sub(' ', source)}", ""]
    if isinstance(listed, Mapping):
        lines += [f"[{heading}]", *_pairs(listed)]
    elif listed:
        for entry in listed:
            lines += [f"[[{heading}]]", *_pairs(entry), ""]
    else:
        lines.append(f"{heading} = []")
    return "\n".join(lines).rstrip("\n") + "\n"


def _pairs(entry: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in entry.items() if value is not None]


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    # what JSON writes of texts, numbers, yes and no, and lists of them TOML reads alike, but for one character
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

"""What is wrong with a configuration, told in Chinese: file, key path, reason."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

Finding = tuple[str, str]
"""(key path, reason in Chinese)."""

_REASONS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这样的配置项，请检查拼写",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数，不要写小数",
    "string_type": "应为文本（加引号）",
    "bool_type": "应为 true 或 false",
    "tuple_type": "应为列表（方括号）",
    "dict_type": "应为表（键 = 值）",
    "model_type": "应为表（键 = 值）",
    "model_attributes_type": "应为表（键 = 值）",
    "literal_error": "只能取 {expected}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "string_too_short": "不能少于 {min_length} 个字",
    "string_too_long": "不能超过 {max_length} 个字",
    "string_pattern_mismatch": "{wanted}",
    "too_short": "至少要有 {min_length} 项",
    "timezone_aware": "时间须带时区，例如 2026-04-13T09:00:00+08:00",
    "datetime_type": "应为日期时间，例如 2026-04-13T09:00:00+08:00",
    "datetime_parsing": "应为日期时间，例如 2026-04-13T09:00:00+08:00",
    "datetime_from_date_parsing": "应为日期时间，例如 2026-04-13T09:00:00+08:00",
    "date_type": "应为日期，例如 2026-04-27",
    "date_parsing": "应为日期，例如 2026-04-27",
    "date_from_datetime_parsing": "应为日期，例如 2026-04-27",
    "date_from_datetime_inexact": "应为日期，不带时间，例如 2026-04-27",
    "union_tag_not_found": "缺少 kind，无法知道这是哪一种",
    "union_tag_invalid": "kind 不能是 {tag}，只能取 {expected_tags}",
    "value_error": "{error}",
}
_PATTERNS = {
    r"^[a-z][a-z0-9_-]{0,39}$": "应为小写英文标识：字母开头，可含数字、- 和 _",
    r"^[A-Z]$": "应为一个大写英文字母",
    r"^[A-Z]{2,10}$": "应为 2 至 10 个大写英文字母",
    r"^\d{6}$": "应为六位数字",
    r"^[^\u4e00-\u9fff]+$": "应为英文，不含汉字",
    r"^(\d{4}-)?\d{2}-\d{2}$": "应写成 05-01 或 2026-05-01",
}
_LABELS = ("key", "code", "role", "kind")
_NOTHING = object()


@dataclass(frozen=True)
class Problem:
    """One fault of a configuration; `where` is the key path inside the file, empty for the whole file."""

    file: str
    where: str
    why: str

    def __str__(self) -> str:
        """Return `file：key path：reason`."""
        return "：".join(part for part in (self.file, self.where, self.why) if part)


def problems_of(error: ValidationError, document: Mapping[str, Any]) -> list[Finding]:
    """Return (key path, Chinese reason) for every fault that pydantic found in the document."""
    faults = error.errors(include_url=False)
    return [(key_path(document, fault["loc"]), _reason(fault)) for fault in faults if not _is_echo(fault, faults)]


def key_path(document: Mapping[str, Any], place: Sequence[str | int]) -> str:
    """Return a path a person can follow: list entries by their key or code, else by number counted from 1.

    Steps that are not in the document (the kind that pydantic inserts) are left out, except a missing last one.
    """
    path, node = "", document
    steps = [step for step in place if step != "[key]"]
    for number, step in enumerate(steps, start=1):
        found = _at(node, step)
        if found is _NOTHING and number < len(steps):
            continue
        path += _entry(found, step) if isinstance(step, int) else f".{step}"
        node = found
    return path.removeprefix(".")


def _at(node: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return node[step] if isinstance(node, list) and step < len(node) else _NOTHING
    return node.get(step, _NOTHING) if isinstance(node, dict) else _NOTHING


def _entry(entry: Any, number: int) -> str:
    labels = (entry.get(label) for label in _LABELS) if isinstance(entry, dict) else ()
    name = next((label for label in labels if isinstance(label, str)), f"第{number + 1}项")
    return f"[{name}]"


def _is_echo(fault: ErrorDetails, faults: Sequence[ErrorDetails]) -> bool:
    """Whether a list only seems too short because its entries are faulty, which is told of them anyway."""
    place = fault["loc"]
    inside = (other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in faults)
    return fault["type"] == "too_short" and any(inside)


def _reason(fault: ErrorDetails) -> str:
    context = {
        key: _listed(value) if key.startswith("expected") else value for key, value in fault.get("ctx", {}).items()
    }
    pattern = context.get("pattern", "")
    template = _REASONS.get(fault["type"], f"不合要求（{fault['type']}）")
    return template.format(**context, wanted=_PATTERNS.get(pattern, f"写法应符合 {pattern}"))


def _listed(text: str) -> str:
    """Return pydantic's "'a', 'b' or 'c'" as a、b、c; a number as it is."""
    return "、".join(re.findall(r"'([^']*)'", text)) or text

"""Reading TOML files, with every fault of their syntax told in Chinese."""

import re
import tomllib
from pathlib import Path
from typing import Any

_PLACE = re.compile(
    r"^(?P<what>.*?) \((?:at line (?P<line>\d+), column (?P<column>\d+)|at end of document)\)$", re.DOTALL
)
_SYNTAX = (
    ("Expected '=' after a key", "键的后面缺少等号"),
    ("Cannot overwrite a value", "同一个键写了两次"),
    ("Duplicate inline table key", "同一个键写了两次"),
    ("Cannot declare", "同一个表写了两次"),
    ("Cannot mutate immutable namespace", "已经写完的表不能再添加内容"),
    ("Invalid initial character for a key part", "键的第一个字符不合法，中文键要加引号"),
    ("Expected newline or end of document after a statement", "一行写完之后还有多余的内容"),
    ("Unclosed array", "列表缺少右方括号"),
    ("Unclosed inline table", "表缺少右花括号"),
    ("Expected ']", "表名缺少右方括号"),
    ("Unterminated string", "文本缺少右引号"),
    ("Illegal character", "有不能使用的字符，文本可能缺少右引号"),
    ("Invalid date or datetime", "日期或时间不存在"),
    ("Invalid value", "值的写法不对，文本要加英文引号"),
    ("Unescaped '\\'", "反斜杠要写成 \\\\"),
)


class Unreadable(Exception):  # noqa: N818  (it names what happened)
    """A file that is missing, not UTF-8 or not TOML; `str()` is the reason in Chinese."""


def read_toml(path: Path) -> dict[str, Any]:
    """Return the document; a byte order mark is let pass. Raises Unreadable with the line and column."""
    try:
        if not path.is_file():
            raise Unreadable("没有这个文件")
        content = path.read_bytes()
    except OSError as fault:
        raise Unreadable("无法读取，请检查文件名和权限") from fault
    return parse_toml(content)


def parse_toml(content: bytes) -> dict[str, Any]:
    """The document in these bytes; as `read_toml`."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise Unreadable("不是 UTF-8 编码，请另存为 UTF-8") from fault
    except tomllib.TOMLDecodeError as fault:
        raise Unreadable(_in_chinese(str(fault))) from fault


def _in_chinese(message: str) -> str:
    found = _PLACE.match(message)
    what = found["what"] if found else message
    reason = next((chinese for english, chinese in _SYNTAX if what.startswith(english)), "不符合 TOML 语法")
    if found and found["line"]:
        return f"第{found['line']}行第{found['column']}列：{reason}"
    return f"文件末尾：{reason}"

"""Personal names: one canonical form, a key for homonyms, and the order by strokes (姓氏笔画)."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from craftsman.errors import Invalid

Item = TypeVar("Item")

LONGEST_NAME = 20
_COMPOUND = """
欧阳 上官 司马 司徒 司空 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 东方 东郭 南宫 西门
独孤 端木 百里 呼延 轩辕 濮阳 淳于 申屠 钟离 鲜于 闾丘 赫连 拓跋 完颜 澹台 万俟 歐陽 司馬 諸葛
"""
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
_VARIATION = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SEPARATOR = re.compile(f"(?<=[{_HAN}{_VARIATION}])\\s*[·・･•‧∙⋅.]\\s*(?=[{_HAN}])")
_PADDING = re.compile(f"(?<=[{_HAN}{_VARIATION}])\\s+(?=[{_HAN}])")
_SPACES = re.compile(r"\s+")
_NOT_STROKES = re.compile(f"[·{_VARIATION}]")
# Unassigned code points stay welcome: newer CJK extensions are unassigned to an older Unicode table.
_SIGNS = "·.'-’"
_STRAY = {"Nd", "No", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Sc", "Sk", "Sm", "So"}
_NAMED = {"\ufffd": "乱码字符", "\n": "换行", "\r": "换行", "\t": "制表符"}
_REFUSED = {"Cc": "控制字符", "Cf": "不可见字符", "Cs": "残缺字符", "Co": "自造字（用户造字区字符）"}


def canonical_name(text: str) -> str:
    """The one form in which a name is kept and compared; applying it twice changes nothing.

    Width is folded and NFC applied (not NFKC, which rewrites characters that people do bear); padding spaces go,
    also inside Han names; the separator of transliterated names becomes ·; rare characters stay.
    Raises Invalid for private-use, control, invisible and broken characters, and for empty or too long names.
    """
    _refuse_characters(text)
    name = unicodedata.normalize("NFC", text.translate(_WIDTH))
    name = _PADDING.sub("", _SEPARATOR.sub("·", _SPACES.sub(" ", name).strip()))
    if not _NOT_STROKES.sub("", name):
        raise Invalid("姓名为空，请填写与身份证一致的姓名")
    if len(name) > LONGEST_NAME:
        raise Invalid(f"姓名超过{LONGEST_NAME}个字，请核对是否混入了其他内容")
    return name


def stray_sign(name: str) -> str:
    """The first digit, symbol or bracket in a canonical name, which no register writes; empty where there is none."""
    return next((sign for sign in name if sign not in _SIGNS and unicodedata.category(sign) in _STRAY), "")


def same_name_key(name: str) -> str:
    """A key that is equal for names which people take for the same one: without separators, spaces and case."""
    return _SPACES.sub("", _NOT_STROKES.sub("", canonical_name(name))).casefold()


def stroke_key(name: str, order: Mapping[str, int], *, single_first: bool = True) -> tuple[int, ...]:
    """The places of a name's characters in `order` (from 1: stroke count, then 横竖撇点折), to be compared in turn.

    With `single_first` (姓氏笔画) a given name of one character has an empty middle slot and so comes first; without
    it (姓名笔画) the second characters are compared directly. A compound surname stands by its first character first.
    Raises Invalid that names the characters without a place.
    """
    characters = _NOT_STROKES.sub("", canonical_name(name))
    _refuse_unplaced([characters], order)
    places = [order[character] for character in characters]
    surname = _surname_length(characters)
    if single_first and len(characters) == surname + 1:
        places.insert(surname, 0)
    return tuple(places)


def sort_by_strokes(
    items: Iterable[Item], *, name: Callable[[Item], str], order: Mapping[str, int], single_first: bool = True
) -> list[Item]:
    """Sort by the strokes of each item's name; equal names keep the order in which they came.

    Raises Invalid that names every character without a place in `order`, of all the names at once.
    """
    listed = list(items)
    _refuse_unplaced([_NOT_STROKES.sub("", canonical_name(name(item))) for item in listed], order)
    return sorted(listed, key=lambda item: stroke_key(name(item), order, single_first=single_first))


def explain_strokes(earlier: str, later: str, order: Mapping[str, int], *, single_first: bool = True) -> str:
    """Say in one Chinese sentence why the first name stands before the second.

    Raises Invalid when it does not, or when a character has no place.
    """
    first, second = (stroke_key(name, order, single_first=single_first) for name in (earlier, later))
    if first == second:
        return f"“{earlier}”与“{later}”各字相同，保持原有先后"
    if first > second:
        raise Invalid(f"按笔画“{earlier}”应在“{later}”之后")
    at = next((i for i, (one, other) in enumerate(zip(first, second, strict=False)) if one != other), len(first))
    if at == len(first):
        return f"“{earlier}”各字与“{later}”相同而较短，排在前"
    if first[at] == 0:
        return f"前面的字相同，“{earlier}”名为单字，排在前"
    # Where both have an empty slot it counted as a place but is no character.
    one, other = (_NOT_STROKES.sub("", canonical_name(name))[at - first[:at].count(0)] for name in (earlier, later))
    return f"第{at + 1 - first[:at].count(0)}个字“{one}”的笔画顺序先于“{other}”"


def padded(name: str) -> str:
    """A two-character name with one U+3000 between, to line up in columns; for output only, never to be kept."""
    return f"{name[0]}\u3000{name[1]}" if re.fullmatch(f"[{_HAN}]{{2}}", name) else name


def _refuse_characters(text: str) -> None:
    for place, character in enumerate(text, start=1):
        kind = _NAMED.get(character) or _REFUSED.get(unicodedata.category(character))
        if kind is not None:
            code = f"U+{ord(character):04X}"
            raise Invalid(f"姓名第{place}个字符是{kind}（{code}），请按身份证重新录入")


def _refuse_unplaced(names: Iterable[str], order: Mapping[str, int]) -> None:
    unplaced = dict.fromkeys(character for name in names for character in name if character not in order)
    if unplaced:
        listed = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in unplaced)
        raise Invalid(f"笔画表中没有{listed}，无法按姓氏笔画排序，请先在笔画补充表中指明其位置")


def _surname_length(characters: str) -> int:
    return 2 if len(characters) > 2 and characters[:2] in COMPOUND_SURNAMES else 1

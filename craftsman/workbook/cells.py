"""Reading one cell by the kind of its column: a typed, normalised value, or what is wrong and what would be right."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from craftsman.errors import Invalid
from craftsman.programme.programme import Programme
from craftsman.rules.identity import (
    id_origin_known,
    phone_problem,
    postcode_of_hebei,
    postcode_problem,
    read_id_number,
    uscc_checksum_holds,
    uscc_problem,
)
from craftsman.rules.names import canonical_name, stray_sign
from craftsman.workbook.columns import Column
from craftsman.workbook.lists import choices, spellings
from craftsman.workbook.oddities import ERROR_VALUES
from craftsman.workbook.remarks import CHECKSUM, ORIGIN, POSTCODE, SPACES, Note, wide_notes
from craftsman.workbook.text import date_of, folded, folded_code, refused_character

_SHORT_LIST = 12
# a spreadsheet keeps 15 digits of a number
_EXACT = 10**15
_AS_TEXT = "请将单元格格式设为“文本”后重新填写"
_SEPARATOR = re.compile(r"[、,，;；\s]+")


class Reading(NamedTuple):
    """A value that was read, with the remarks on it."""

    value: object
    notes: tuple[Note, ...] = ()


class Wrong(Exception):  # noqa: N818  (it names what the cell is)
    """The cell cannot be taken: `rule` names the check, `reason` says in Chinese what is wrong and what is right."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason


Reader = Callable[[object], Reading]


class _Remembered(dict[object, Reading]):
    """What the texts and days of a column mean, read once each, for most columns say the same few things."""

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: object) -> Reading:
        reading = self._read(cell)
        # numbers are not kept: 1, 1.0 and TRUE would be one key
        if isinstance(cell, str | date):
            self[cell] = reading
        return reading


def reader_of(column: Column, programme: Programme) -> Reader:
    """The function that reads the cells of a column; built once per column, called once per cell."""
    read = _reader_of(column, programme)
    return read if column.kind in _NEVER_TWICE else _Remembered(read).__getitem__


def _reader_of(column: Column, programme: Programme) -> Reader:
    if column.kind == "code":
        return _code_reader(column, programme)
    if column.kind == "codes":
        return _codes_reader(column, programme)
    if column.kind == "int":
        return _int_reader(column)
    return _READERS.get(column.kind) or _text_reader(column)


def _code_reader(column: Column, programme: Programme) -> Reader:
    accepted = spellings(programme, column.codes)
    names = choices(programme, column.codes)
    offer = f"可填：{'、'.join(names)}" if len(names) <= _SHORT_LIST else "请从下拉列表中选择"

    def read(cell: object) -> Reading:
        text = _plain_text(cell)
        code = accepted.get(folded_code(text))
        if code is None:
            raise Wrong("code_not_in_list", f"不在“{column.title}”代码表中，{offer}")
        return Reading(code, wide_notes(text))

    return read


def _codes_reader(column: Column, programme: Programme) -> Reader:
    """Several names of one list in a cell, in any of the usual ways of setting them apart."""
    accepted = spellings(programme, column.codes)
    offer = f"可填：{'、'.join(choices(programme, column.codes))}"

    def read(cell: object) -> Reading:
        text = _plain_text(cell)
        names = [name for name in _SEPARATOR.split(folded_code(text)) if name]
        if unknown := [name for name in names if name not in accepted]:
            listed = "、".join(f"“{name[:20]}”" for name in unknown)
            raise Wrong("code_not_in_list", f"{listed}不在“{column.title}”代码表中，{offer}；几项之间用顿号隔开")
        return Reading(tuple(dict.fromkeys(accepted[name] for name in names)), wide_notes(text))

    return read


def _int_reader(column: Column) -> Reader:
    # as a spreadsheet holds them; looked up ten times as quickly as they are read
    usual = {float(number): Reading(number) for number in range(column.least, min(column.most, 999) + 1)}

    def read(cell: object) -> Reading:
        if type(cell) is float and cell in usual:
            return usual[cell]
        text = _plain_text(cell)
        digits = folded_code(text)
        if not (digits.isascii() and digits.isdigit()):
            raise Wrong("not_an_integer", "应为整数，只填数字，不带单位和小数")
        value = int(digits) if len(digits) < 10 else 10**9
        if not column.least <= value <= column.most:
            raise Wrong("out_of_range", f"应在 {column.least} 至 {column.most} 之间，请核对")
        return Reading(value, wide_notes(text))

    return read


def _text_reader(column: Column) -> Reader:
    is_long = column.kind == "long"

    def read(cell: object) -> Reading:
        text = _plain_text(cell)
        value = text.strip() if is_long else " ".join(folded(text).split())
        if len(value) > column.most:
            raise Wrong("too_long", f"现有 {len(value)} 字（含标点），不得超过 {column.most} 字，请精简")
        return Reading(value, () if is_long else wide_notes(text))

    return read


def _read_name(cell: object) -> Reading:
    text = _plain_text(cell)
    try:
        name = canonical_name(text)
    except Invalid as refusal:
        raise Wrong("name", refusal.reason) from None
    if sign := stray_sign(name):
        raise Wrong("name", f"姓名中有“{sign}”，请只填与身份证一致的姓名，不加数字、符号和说明")
    return Reading(name, wide_notes(text))


def _read_date(cell: object) -> Reading:
    if isinstance(cell, date):
        return Reading(_sensible(cell.date() if isinstance(cell, datetime) else cell))
    if not isinstance(cell, str):
        held = "时间或逻辑值" if isinstance(cell, bool | time | timedelta) else "数字"
        raise Wrong("date_as_number", f"应为日期，单元格里却是{held}，请将单元格格式设为“日期”后按 2026-03-02 填写")
    _refuse_characters(cell)
    day = date_of(folded_code(cell))
    if day is None:
        raise Wrong("date_text", "不是有效日期，请按 2026-03-02 的写法填写，且须是实际存在的一天")
    return Reading(_sensible(day), wide_notes(cell))


def _sensible(day: date) -> date:
    if not 2000 <= day.year <= 2099:
        raise Wrong("date_text", "年份不合理，应在 2000 至 2099 年之间，请核对")
    return day


def _read_id(cell: object) -> Reading:
    text = _identifier_text(cell, "id_as_number", "身份证号码被存成了数字，末几位已失真")
    code = folded_code(text)
    try:
        identity = read_id_number(code.replace(" ", ""))
    except Invalid as refusal:
        raise Wrong("id_number", refusal.reason) from None
    spaces = (SPACES,) if " " in code else ()
    origin = () if id_origin_known(identity.number) else (ORIGIN,)
    return Reading(identity, wide_notes(text) + spaces + origin)


def _read_phone(cell: object) -> Reading:
    text = _identifier_text(cell, "phone_as_number", "手机号码被存成了数字")
    phone = folded_code(text)
    if reason := phone_problem(phone):
        raise Wrong("phone", reason)
    return Reading(phone, wide_notes(text))


def _read_postcode(cell: object) -> Reading:
    text = _plain_text(cell)
    postcode = folded_code(text)
    if reason := postcode_problem(postcode):
        raise Wrong("postcode", reason)
    elsewhere = () if postcode_of_hebei(postcode) else (POSTCODE,)
    return Reading(postcode, wide_notes(text) + elsewhere)


def _read_uscc(cell: object) -> Reading:
    text = _identifier_text(cell, "uscc_as_number", "统一社会信用代码被存成了数字，末几位已失真")
    uscc = folded_code(text)
    if reason := uscc_problem(uscc):
        raise Wrong("uscc", reason)
    doubt = () if uscc_checksum_holds(uscc) else (CHECKSUM,)
    return Reading(uscc, wide_notes(text) + doubt)


def _identifier_text(cell: object, rule: str, fault: str) -> str:
    """Text of an identifier; a number is never repaired, for a spreadsheet keeps only 15 of its digits."""
    looks_scientific = isinstance(cell, str) and cell.isascii() and "E+" in cell.upper()
    if looks_scientific or isinstance(cell, int | float):
        raise Wrong(rule, f"{fault}，{_AS_TEXT}")
    return _plain_text(cell)


def _plain_text(cell: object) -> str:
    """Text as it stands; whole numbers in decimal. Raises Wrong for dates, truths and refused characters."""
    if isinstance(cell, str):
        _refuse_characters(cell)
        return cell
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise Wrong("not_text", f"单元格类型不对（是日期、时间或逻辑值），{_AS_TEXT}")
    if abs(cell) >= _EXACT:
        raise Wrong("long_number", f"长号码被存成了数字，末几位已失真，{_AS_TEXT}")
    return str(int(cell)) if float(cell).is_integer() else str(cell)


def _refuse_characters(text: str) -> None:
    # a spreadsheet shows neither, but a table that was saved as text has them
    if text.startswith("="):
        raise Wrong("formula", "以等号（=）开头，像是公式，请只填内容")
    if text in ERROR_VALUES:
        raise Wrong("error_value", f"是错误值（{text}），请改为实际内容")
    if text.startswith("'"):
        raise Wrong("apostrophe", "以撇号（'）开头，请删去撇号")
    if found := refused_character(text):
        raise Wrong("bad_character", f"含有{found}，请删除或改用规范汉字重新录入")


_NEVER_TWICE = frozenset({"id", "phone", "long", "int"})
_READERS: Mapping[str, Reader] = {
    "name": _read_name,
    "date": _read_date,
    "id": _read_id,
    "uscc": _read_uscc,
    "phone": _read_phone,
    "postcode": _read_postcode,
}

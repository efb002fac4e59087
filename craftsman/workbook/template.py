"""The workbook that reporters fill in: drop-downs, limits, notes on the headers; equal input gives equal bytes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from craftsman.programme.programme import Programme
from craftsman.workbook.columns import (
    CODE_SHEET,
    MAIN_SHEET,
    SCHEMA_VERSION,
    VERSION_SHEET,
    WIDTHS,
    Column,
    columns_for,
    intake_of,
)
from craftsman.workbook.highlight import highlight
from craftsman.workbook.lists import choices

# A fixed day, for two downloads of one template are to be the same file.
_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001  (a workbook knows no time zones)
_EARLIEST, _LATEST = datetime(2000, 1, 1), datetime(2099, 12, 31)  # noqa: DTZ001
_A3 = 8
# on a single page all columns would be too small to read
_PAGES_WIDE = 3
# Excel turns 3-5 into a day and long numbers into others where a cell is not text
_TEXT_KINDS = frozenset({"id", "uscc", "phone", "postcode", "text", "name"})
_TEXT_LISTS = frozenset({"regions", "industries"})


def blank_workbook(programme: Programme) -> bytes:
    """The empty 推荐汇总表 as .xlsx, ready to be sent to reporters."""
    return filled_workbook(programme, ())


def filled_workbook(programme: Programme, rows: Iterable[Mapping[str, object]]) -> bytes:
    """The same workbook with `rows` (column key -> text, int, float or date) written from row 2 on."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": programme.plan.title, "author": programme.rules.organiser, "created": _CREATED})
    columns = columns_for(programme)
    main = book.add_worksheet(MAIN_SHEET)
    formats = _formats(book)
    ranges = _write_codes(book, programme, columns)
    _write_version(book, programme)
    _write_header(main, columns, formats)
    last = intake_of(programme).max_rows
    for place, column in enumerate(columns):
        main.set_column(place, place, WIDTHS[column.kind], formats[_format_name(column)])
        main.data_validation(1, place, last, place, _validation(column, ranges))
        if formula := highlight(column, f"{xl_col_to_name(place)}2"):
            told = {"type": "formula", "criteria": formula, "format": formats[f"doubtful_{column.kind}"]}
            main.conditional_format(1, place, last, place, told)
    for number, row in enumerate(rows, start=1):
        _write_row(main, number, columns, row)
    book.close()
    return buffer.getvalue()


def _formats(book: Workbook) -> dict[str, Format]:
    header: dict[str, Any] = {"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
    return {
        "required": book.add_format({**header, "bg_color": "#FCE4D6"}),
        "optional": book.add_format({**header, "bg_color": "#EDEDED"}),
        "text": book.add_format({"num_format": "@", "valign": "top"}),
        "long": book.add_format({"text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "plain": book.add_format({"valign": "top"}),
        "doubtful_id": book.add_format({"bg_color": "#FFC7CE"}),
        "doubtful_uscc": book.add_format({"bg_color": "#FFF2CC"}),
    }


def _format_name(column: Column) -> str:
    if column.kind in _TEXT_KINDS or column.codes in _TEXT_LISTS:
        return "text"
    return column.kind if column.kind in {"long", "date"} else "plain"


def _write_codes(book: Workbook, programme: Programme, columns: tuple[Column, ...]) -> dict[str, str]:
    """Write each list into a column of the hidden sheet; return list name -> the range that holds it."""
    sheet = book.add_worksheet(CODE_SHEET)
    sheet.hide()
    ranges: dict[str, str] = {}
    for column in columns:
        if not column.codes or column.codes in ranges:
            continue
        entries = choices(programme, column.codes)
        letter = xl_col_to_name(len(ranges))
        sheet.write_column(0, len(ranges), [column.title, *entries])
        ranges[column.codes] = f"='{CODE_SHEET}'!${letter}$2:${letter}${max(len(entries), 1) + 1}"
    return ranges


def _write_version(book: Workbook, programme: Programme) -> None:
    sheet = book.add_worksheet(VERSION_SHEET)
    sheet.hide()
    sheet.write_row(0, 0, ["模板版本", SCHEMA_VERSION])
    sheet.write_row(1, 0, ["轮次", programme.key])


def _write_header(main: Worksheet, columns: tuple[Column, ...], formats: Mapping[str, Format]) -> None:
    main.freeze_panes(1, 2)
    main.repeat_rows(0)
    main.set_landscape()
    main.set_paper(_A3)
    main.repeat_columns(0, 1)
    main.fit_to_pages(_PAGES_WIDE, 0)
    main.set_row(0, 36)
    for place, column in enumerate(columns):
        need = "required" if column.required else "optional"
        main.write_string(0, place, column.title, formats[need])
        main.write_comment(0, place, f"{'必填' if column.required else '选填'}：{column.hint}", {"author": "填表说明"})


def _validation(column: Column, ranges: Mapping[str, str]) -> dict[str, Any]:
    """The rule that Excel itself applies while the reporter types."""
    told: dict[str, Any] = {"error_title": column.title, "error_message": column.hint, "ignore_blank": True}
    match column.kind:
        case "code":
            return {**told, "validate": "list", "source": ranges[column.codes]}
        case "codes":
            # several may be written, so the list only helps
            return {"validate": "list", "source": ranges[column.codes], "show_error": False}
        case "date":
            return {**told, "validate": "date", "criteria": "between", "minimum": _EARLIEST, "maximum": _LATEST}
        case "int":
            return {
                **told,
                "validate": "integer",
                "criteria": "between",
                "minimum": column.least,
                "maximum": column.most,
            }
        case "id" | "uscc" | "phone" | "postcode":
            return {**told, "validate": "length", "criteria": "==", "value": column.most}
        case _:
            return {**told, "validate": "length", "criteria": "<=", "value": column.most}


def _write_row(main: Worksheet, number: int, columns: tuple[Column, ...], row: Mapping[str, object]) -> None:
    for place, column in enumerate(columns):
        value = row.get(column.key)
        if isinstance(value, str) and value:
            main.write_string(number, place, value)
        elif isinstance(value, date):
            main.write_datetime(number, place, datetime(value.year, value.month, value.day))  # noqa: DTZ001
        elif isinstance(value, int | float):
            main.write_number(number, place, value)

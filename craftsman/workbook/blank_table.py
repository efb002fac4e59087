"""Blank tables of one sheet: headings that say what to fill in, cells of text, lists to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

# two downloads of one blank are to be the same file
_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001  (a workbook knows no time zones)
_LISTS = "可选内容"
_A4 = 9


@dataclass(frozen=True, slots=True)
class Column:
    """What is told to whoever fills a column in, how wide it is, and what is offered there."""

    hint: str
    width: int
    offered: Sequence[str] = ()


def blank_table(title: str, columns: Mapping[str, tuple[Column, bool]], *, rows: int) -> bytes:
    """A table of these headings, each with whether it must be filled in, for so many rows."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": _CREATED})
    sheet = book.add_worksheet(title)
    offers = book.add_worksheet(_LISTS)
    offers.hide()
    text = book.add_format({"num_format": "@"})
    heads = {must: book.add_format(_head(must=must)) for must in (True, False)}
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_row(0, 30)
    for place, (name, (column, must)) in enumerate(columns.items()):
        sheet.set_column(place, place, column.width, text)
        sheet.write_string(0, place, name, heads[must])
        told = f"{'必填' if must else '选填'}：{column.hint}"
        sheet.write_comment(0, place, told, {"author": "填表说明"})
        offers.write_column(0, place, column.offered)
        sheet.data_validation(1, place, rows, place, _rule(xl_col_to_name(place), column, told))
    book.close()
    return buffer.getvalue()


def _head(*, must: bool) -> dict[str, Any]:
    look = {"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
    return {**look, "bg_color": "#FCE4D6" if must else "#EDEDED"}


def _rule(letter: str, column: Column, told: str) -> dict[str, Any]:
    """What is told while one types; where something is offered, more than that may be written."""
    shown = {"input_message": told, "show_error": False}
    if not column.offered:
        return {"validate": "any", **shown}
    return {"validate": "list", "source": f"='{_LISTS}'!${letter}$1:${letter}${len(column.offered)}", **shown}

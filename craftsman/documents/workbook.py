"""Workbooks that leave the house, above all the score explanation: places, every mark, how one came from the other."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from craftsman.documents.contexts import Criterion, JudgeSheet, ScoreExplanation, ScoreRow
from craftsman.rules.cells import neutralised

Cell: TypeAlias = str | int | Fraction | None
Columns: TypeAlias = Sequence[tuple[str, int]]

CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  (a constant: same input, same bytes)
PLACING = (
    ("名次", 7),
    ("编号", 15),
    ("姓名", 14),
    ("工作单位", 40),
    ("评委均分", 11),
    ("比拼得分", 11),
    ("综合得分", 11),
    ("名次决定于", 40),
)
JUDGING = (("编号", 15), ("姓名", 14), ("评委", 9))
REMARKS = (("加权合计", 11), ("计入均分", 10), ("说明", 30))
WALK = (("编号", 15), ("姓名", 14), ("步骤", 7), ("计算", 96))


def score_explanation_xlsx(explanation: ScoreExplanation) -> bytes:
    """A workbook of three sheets: 排名总表, 评分明细, 计算过程.

    Numbers are rounded half up to two places for show; 计算过程 also gives them exactly, as fractions.
    """
    placed = sorted(explanation.rows, key=lambda row: (row.place is None, row.place))
    marks = (_marked(row, sheet) for row in explanation.rows for sheet in row.sheets)
    judging = (*JUDGING, *map(_column, explanation.criteria), *REMARKS)
    return sheets(
        explanation.round_title,
        (
            ("排名总表", PLACING, map(_placing, placed)),
            ("评分明细", judging, marks),
            ("计算过程", WALK, _walk(explanation)),
        ),
    )


def sheets(title: str, parts: Iterable[tuple[str, Sequence[tuple[str, int]], Iterable[Sequence[Cell]]]]) -> bytes:
    """A workbook of sheets under one title: for each its name, its columns (head, width in digits) and rows."""
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"created": CREATED})
        for name, columns, rows in parts:
            _sheet(book, name, title, columns, rows)
    return made.getvalue()


def tables_xlsx(title: str, tables: Mapping[str, tuple[Columns, Iterable[Sequence[Cell]]]]) -> bytes:
    """A workbook with a sheet for each table: its name -> columns (heading, width) and rows."""
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"created": CREATED})
        for name, (columns, rows) in tables.items():
            _sheet(book, name, title, columns, rows)
    return made.getvalue()


def rounded(value: Fraction | int) -> Decimal:
    """Two places, half up (四舍五入: a half goes away from nought), from the exact value."""
    cents = floor(abs(value) * 100 + Fraction(1, 2))
    return Decimal(cents if value >= 0 else -cents).scaleb(-2)


def exact(value: Fraction | int | None) -> str:
    """86.5 where two decimals say it in full, else 259/3（≈86.33）; a dash for none."""
    if value is None:
        return "—"
    shown = f"{rounded(value)}"
    if Fraction(rounded(value)) == value:
        return shown.rstrip("0").rstrip(".")
    return f"{Fraction(value)}（≈{shown}）"


def _column(criterion: Criterion) -> tuple[str, int]:
    head = f"{criterion.name}（{exact(criterion.weight)}%）"
    return head, max(10, 2 * len(criterion.name) + 2)


def _placing(row: ScoreRow) -> Sequence[Cell]:
    return row.place, row.number, row.name, row.unit, row.mean, row.contest, row.combined, row.decided_by


def _marked(row: ScoreRow, sheet: JudgeSheet) -> Sequence[Cell]:
    counted = "否" if sheet.dropped or sheet.total is None else "是"
    return row.number, row.name, sheet.judge, *sheet.marks, sheet.total, counted, sheet.note


def _walk(explanation: ScoreExplanation) -> Iterator[Sequence[Cell]]:
    """The stages, the formulas, then each nomination's steps and its exact results."""
    for stage in explanation.funnel:
        note = f"（{stage.note}）" if stage.note else ""
        yield "全部", "各环节", None, f"{stage.stage}：进入{stage.entered}人，通过{stage.passed}人{note}"
    for step, formula in enumerate(explanation.formula, start=1):
        yield "全部", "计算办法", step, formula
    for row in explanation.rows:
        results = f"评委均分 {exact(row.mean)}；比拼得分 {exact(row.contest)}；综合得分 {exact(row.combined)}"
        for step, text in enumerate((*row.path, results), start=1):
            yield row.number, row.name, step, text


def _sheet(
    book: Workbook, name: str, title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Cell]]
) -> None:
    """A title, a head that stays in view, a bordered table; printed A4 landscape, one page wide."""
    sheet = book.add_worksheet(name)
    base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    plain = book.add_format(base | {"border": 1, "text_wrap": True})
    whole = book.add_format(base | {"border": 1, "align": "center"})
    score = book.add_format(base | {"border": 1, "align": "center", "num_format": "0.00"})
    looks: dict[type, Format] = {int: whole, Fraction: score}
    head = book.add_format(
        base | {"border": 1, "text_wrap": True, "bold": True, "align": "center", "bg_color": "#F3EDE0"}
    )
    _write(sheet, (0, 0), f"{title}　{name}", book.add_format(base | {"bold": True, "font_size": 14}))
    sheet.set_row(0, 28)
    sheet.set_row(1, 32)
    for place, (text, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        _write(sheet, (1, place), text, head)
    for line, row in enumerate(rows, start=2):
        for place, value in enumerate(row):
            _write(sheet, (line, place), value, looks.get(type(value), plain))
    _print_set_up(sheet)


def _print_set_up(sheet: Worksheet) -> None:
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(0, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _write(sheet: Worksheet, at: tuple[int, int], value: Cell, look: Format) -> None:
    if value is None or value == "":
        sheet.write_blank(*at, None, look)
    elif isinstance(value, str):
        sheet.write_string(*at, neutralised(value), look)
    else:
        sheet.write_number(*at, float(rounded(value)), look)

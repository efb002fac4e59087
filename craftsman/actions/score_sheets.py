"""Score sheets to be filled in away from the network: one workbook per judge and stage, out and back in."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from io import BytesIO

import xlsxwriter
from sqlmodel import Session, col, select
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from craftsman.actions.acting import Act
from craftsman.actions.blind import HIDDEN
from craftsman.actions.drafts import drafts_of, save_drafts
from craftsman.actions.kinds.scores import Judged, judged
from craftsman.actions.marking import scale_text, step_text
from craftsman.actions.raw_results import asked, attempts_in, attempts_text
from craftsman.actions.review import submit_sheets
from craftsman.actions.sheets import Draft, SheetIn
from craftsman.actions.views import StageView, stage_view
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.programme.schema import Contest, Criterion, Score
from craftsman.rules.scoring import shown
from craftsman.workbook.filled import FilledTable, filled_grid, returned_table
from craftsman.workbook.marked_book import Grid
from models import Assignment, AssignmentStatus, Nomination, Person, ScoreSheet

SHEET = "评分表"
KEY, COMMENT, REASON = "评分表编号（勿改）", "评语", "修改理由"
CASE = ("申报编号", "姓名", "单位", "岗位")
POINT = 100
# between a sheet's number and the version that its row was written from
SINCE = "@"

Line = tuple[Assignment, Nomination, Person]


def export_sheets(session: Session, act: Act, run_id: int) -> bytes:
    """The actor's cases of a stage as .xlsx: a row each with the marks given so far, in points, under a hidden key.

    A draft that is newer than the version handed in is written in its place. A stage that is scored double-blind names
    nobody.
    """
    view = stage_view(session, run_id)
    act.must("score.submit", view.round_id)
    stage, lines = _scored(view), _my_lines(session, act, run_id)
    if not lines:
        raise Refused("本环节没有分配给您的评分表。")
    given = _latest(session, act, run_id)
    latest = given | _newer_drafts(session, act, run_id)
    versions = {key: sheet.version for key, sheet in given.items()}
    rows = [_cells(view, stage, one, latest.get(one[0].id or 0), versions.get(one[0].id or 0, 0)) for one in lines]
    return _workbook(view, stage, rows)


def import_sheets(session: Session, act: Act, run_id: int, content: bytes, *, draft: bool = False) -> int:
    """Hand in the rows of a filled workbook that bear a mark; returns how many sheets are new or changed.

    As a `draft` they are kept and not handed in, and marks may be missing. Invalid when it is not this judge's workbook
    of this stage; one bad row refuses all, with a line each.
    """
    view = stage_view(session, run_id)
    act.must("score.submit", view.round_id)
    stage = _scored(view)
    rows = _rows(content, _header(stage))
    known = {_key(view, line[0]): line[0].id or 0 for line in _my_lines(session, act, run_id)}
    if any(_named(row) not in known for row in rows):
        raise Invalid("表中有不是本环节分配给您的评分表，请重新下载自己的评分表填写；表头和编号请勿改动。")
    sheets, faults = _sheets(stage, rows, known)
    if faults and not sheets:
        raise Invalid("评分表有误，全部未提交；请改正后再上传。", faults)
    return (save_drafts if draft else submit_sheets)(session, act, sheets, faults=faults)


def returned_sheets(content: bytes, refused: Refused) -> bytes | None:
    """The judge's own workbook with the cells marked for which it was refused, None where no cell is to blame."""
    return returned_table(content, refused, FilledTable(SHEET, _grid, CASE[0]))


def _scored(view: StageView) -> Judged:
    """The stage; NotFound for one in which nothing is scored."""
    if not isinstance(view.stage, Score | Contest):
        raise NotFound(f"环节“{view.run.title}”不评分，没有评分表。")
    return judged(view)


def _my_lines(session: Session, act: Act, run_id: int) -> Sequence[Line]:
    query = (
        select(Assignment, Nomination, Person)
        .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .where(Assignment.stage_run_id == run_id, Assignment.account_id == act.actor.account)
        .where(Assignment.status != AssignmentStatus.VOID)
        .order_by(col(Nomination.case_no))
    )
    return session.exec(query).all()


def _latest(session: Session, act: Act, run_id: int) -> dict[int, ScoreSheet]:
    query = (
        select(ScoreSheet)
        .join(Assignment, col(Assignment.id) == ScoreSheet.assignment_id)
        .where(Assignment.stage_run_id == run_id, Assignment.account_id == act.actor.account)
        .order_by(col(ScoreSheet.version))
    )
    return {row.assignment_id: row for row in session.exec(query).all()}


def _newer_drafts(session: Session, act: Act, run_id: int) -> dict[int, Draft]:
    """Drafts of sheets that are not handed in."""
    waiting = [
        assignment.id or 0
        for assignment, _, _ in _my_lines(session, act, run_id)
        if assignment.status == AssignmentStatus.ASSIGNED
    ]
    return drafts_of(session, act, waiting)


def _key(view: StageView, assignment: Assignment) -> str:
    return f"{view.subject}/{assignment.id}"


def _named(row: Mapping[str, object]) -> str:
    """The sheet that a row is of, without the version that it was written from."""
    return str(row[KEY]).partition(SINCE)[0]


def _seen(row: Mapping[str, object]) -> int | None:
    """The version that was there when the workbook was written; None in those that do not tell."""
    number = str(row[KEY]).partition(SINCE)[2]
    return int(number[:9]) if number.isascii() and number.isdecimal() else None


def _header(stage: Judged) -> list[str]:
    return [KEY, *CASE, *(_title(criterion.title, criterion.weight) for criterion in stage.criteria), COMMENT, REASON]


def _title(title: str, weight: int) -> str:
    return f"{title}（{weight}%）"


def _cells(
    view: StageView, stage: Judged, line: Line, latest: ScoreSheet | Draft | None, version: int
) -> list[str | float]:
    assignment, nomination, person = line
    given = [_given(latest, one) for one in stage.criteria]
    comment = latest.comment if latest else ""
    who = (HIDDEN, HIDDEN) if stage.blind else (person.name, nomination.unit)
    return [f"{_key(view, assignment)}{SINCE}{version}", nomination.case_no, *who, nomination.post, *given, comment, ""]


def _given(latest: ScoreSheet | Draft | None, criterion: Criterion) -> str | float:
    if latest and criterion.item:
        return attempts_text(latest.raw.get(criterion.key, ()))
    return float(shown(latest.marks[criterion.key], 2)) if latest and criterion.key in latest.marks else ""


def _workbook(view: StageView, stage: Judged, rows: Sequence[Sequence[str | float]]) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": view.run.title, "author": view.programme.rules.organiser})
    page = book.add_worksheet(SHEET)
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    header = _header(stage)
    page.write_row(0, 0, header, bold)
    for number, row in enumerate(rows, start=1):
        page.write_row(number, 0, row, wrapped)
    _lay_out(page, stage, len(rows), wrapped)
    book.close()
    return buffer.getvalue()


def _lay_out(page: Worksheet, stage: Judged, last: int, wrapped: Format) -> None:
    first = 1 + len(CASE)
    end = first + len(stage.criteria)
    page.freeze_panes(1, 3)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, 10, None, {"hidden": True})
    page.set_column(1, first - 1, 18)
    page.set_column(first, end - 1, 12)
    page.set_column(end, end + 1, 40, wrapped)
    for column, criterion in enumerate(stage.criteria, start=first):
        if criterion.item:
            page.write_comment(0, column, asked(criterion.item), {"x_scale": 2})
            continue
        page.data_validation(1, column, last, column, _validation(stage, criterion))
        if criterion.scale:
            page.write_comment(0, column, scale_text(criterion, stage.step), {"x_scale": 2})


def _validation(stage: Judged, criterion: Criterion) -> dict[str, object]:
    told = scale_text(criterion, stage.step)
    shown_on_entry = {"input_title": criterion.title[:32], "input_message": told[:255]} if told else {}
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": 100,
        "error_title": "评分",
        "error_message": f"请填 0 至 100 之间的分数，以 {step_text(stage.step)} 分为一档。",
        **shown_on_entry,
    }


def _grid(content: bytes) -> Grid:
    return filled_grid(content, SHEET)


def _rows(content: bytes, header: Sequence[str]) -> list[dict[str, object]]:
    grid = _grid(content)
    if not grid or [str(cell) for cell in grid[0]] != list(header):
        raise Invalid("表头与本环节的评分表不符，请重新下载评分表，把分数复制过去再上传。")
    return [dict(zip(header, row, strict=True)) for row in grid[1:] if any(cell not in {"", None} for cell in row)]


def _sheets(
    stage: Judged, rows: Sequence[Mapping[str, object]], known: Mapping[str, int]
) -> tuple[list[SheetIn], list[str]]:
    """The sheets of the rows that bear a mark, and a line for each cell that is no mark."""
    titles = {criterion.key: _title(criterion.title, criterion.weight) for criterion in stage.criteria}
    sheets: list[SheetIn] = []
    faults: list[str] = []
    for row in rows:
        cells = {key: row[title] for key, title in titles.items() if str(row[title]).strip()}
        raw = {key: attempts_in(str(cells.pop(key))) for key in stage.items if key in cells}
        bad = [titles[key] for key, cell in cells.items() if hundredths(cell) is None]
        faults += [f"申报 {row[CASE[0]]}：“{title}”应填分数，如 87.5。" for title in bad]
        if (cells or raw) and not bad:
            marks = {key: hundredths(cell) or 0 for key, cell in cells.items()}
            sheets.append(SheetIn(known[_named(row)], marks, str(row[COMMENT]), str(row[REASON]), raw, _seen(row)))
    return sheets, faults


def hundredths(cell: object) -> int | None:
    """A mark in points as whole hundredths, None for what is no such number; exact, by the digits as they read."""
    try:
        scaled = Decimal(str(cell).strip()) * POINT
    except InvalidOperation:
        return None
    return int(scaled) if scaled.is_finite() and scaled == scaled.to_integral_value() else None

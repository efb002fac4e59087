"""Nominations of the caller's unit: handing in, and where each stands."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, Field

from craftsman.actions.api_tokens import INTAKE, STATUS
from craftsman.actions.intake import ImportReport, Prepared, apply_import
from craftsman.actions.intake_desk import IntakeDesk, as_taken, intake_desk
from craftsman.actions.intake_file import prepare_rows
from craftsman.actions.nomination_desk import DeskCase, nomination_desk
from craftsman.actions.statuses import NOMINATION_STATUS
from craftsman.portal.api.calls import REFUSALS, Call, TokenFirst, caller_with
from craftsman.portal.parts import done_once
from craftsman.store.engine import reading
from craftsman.workbook.check import CellProblem

router = APIRouter(route_class=TokenFirst, tags=["申报"], responses={**REFUSALS})

Cell = str | int | bool | None
Key = Annotated[str, Header(alias="idempotency-key", pattern=r"^[\x21-\x7e]{8,100}$", description="每个新请求一个")]


class Rows(BaseModel):
    """Rows of a 推荐汇总表: cells by the column's key (openapi.json names none that a round does not use)."""

    rows: list[dict[str, Cell]] = Field(min_length=1)


class Wrong(BaseModel):
    """A cell that is wrong or remarked on; rows are numbered from 2, as in a workbook. Personal values are masked."""

    row: int
    column: str
    title: str
    shown: str
    reason: str
    rule: str


class Report(BaseModel):
    """What became of the rows. `problems` kept their rows out, `notes` did not; `repeated`: they came before."""

    created: int
    updated: int
    unchanged: int
    refused: int
    repeated: bool
    dry_run: bool
    problems: list[Wrong]
    notes: list[Wrong]


class NominationTold(BaseModel):
    """Where a nomination stands; `lacking` are papers that its screening will miss."""

    case_no: str
    name: str
    status: str
    status_title: str
    recommended_by: str
    channels: list[str]
    lacking: list[str]


class Page(BaseModel):
    """A page of nominations by case number; `next` is the last number of it, to go on `after`, empty at the end."""

    nominations: list[NominationTold]
    next: str


@router.post("/rounds/{key}/nominations")
def hand_in(
    call: Annotated[Call, Depends(caller_with(INTAKE))],
    key: str,
    sent: Rows,
    request_key: Key,
    *,
    dry_run: bool = False,
) -> Report:
    """Take rows in as a workbook's are: all that are right, or none where the round's policy says so."""
    place = call.portal.place
    content = sent.model_dump_json().encode()
    with reading(place.engine) as session:
        desk = intake_desk(session, call.act(), key)
    prepared = prepare_rows(place, desk.programme, sent.rows, content, f"api-{call.caller.name}.json")
    report = _tried(call, desk, prepared) if dry_run else _taken(call, desk, prepared, request_key)
    return _told(report, dry_run=dry_run)


def _tried(call: Call, desk: IntakeDesk, prepared: Prepared) -> ImportReport:
    with reading(call.portal.place.engine) as session:
        return apply_import(session, call.act(), desk.round.key, prepared, dry_run=True)


def _taken(call: Call, desk: IntakeDesk, prepared: Prepared, request_key: str) -> ImportReport:
    act = call.act(request_key, prepared.content)
    report = done_once(act, lambda session, act: apply_import(session, act, desk.round.key, prepared))
    if report is not None:
        return report
    tried = _tried(call, desk, prepared)
    with reading(call.portal.place.engine) as session:
        return as_taken(session, desk, tried, prepared.sha256)


@router.get("/rounds/{key}/nominations")
def list_nominations(
    call: Annotated[Call, Depends(caller_with(STATUS))],
    key: str,
    after: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Page:
    """The nominations that the account may see (a unit's own), by case number."""
    with reading(call.portal.place.engine) as session:
        _, cases = nomination_desk(session, call.act(), key)
    rest = [one for one in cases if one.nomination.case_no > after]
    shown = [_case(one) for one in rest[:limit]]
    return Page(nominations=shown, next=shown[-1].case_no if len(rest) > limit else "")


def _case(one: DeskCase) -> NominationTold:
    status = one.nomination.status.value
    return NominationTold(
        case_no=one.nomination.case_no,
        name=one.name,
        status=status,
        status_title=NOMINATION_STATUS[status],
        recommended_by=one.recommended_by,
        channels=list(one.channels),
        lacking=list(one.lacking),
    )


def _told(report: ImportReport, *, dry_run: bool) -> Report:
    return Report(
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        refused=report.refused,
        repeated=report.repeated,
        dry_run=dry_run,
        problems=[_wrong(one) for one in report.problems],
        notes=[_wrong(one) for one in report.notes],
    )


def _wrong(one: CellProblem) -> Wrong:
    return Wrong(row=one.row, column=one.column, title=one.title, shown=one.shown, reason=one.reason, rule=one.rule)

"""Likes come in as the voting platform's table: rows are added, nothing is counted, and what is refused is named."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.likes import candidates_of, must_be_open, must_see, tally_of, token_of
from craftsman.actions.views import Case, StageView, stage_view
from craftsman.audit.log import Entry
from craftsman.rules.tally import Admitted, Cast, Key, admitted
from craftsman.store.bulk import insert_values, listed, without_collector
from craftsman.workbook.likes import LikeLine, LikeTable, read_likes
from models import TallyBatch, TallyLike


@dataclass(frozen=True, slots=True)
class LikeReport:
    """What became of a table; `refused` are Chinese reasons by line. A preview has no batch."""

    lines: int
    taken: int
    repeated: int
    refused: Mapping[int, str]
    batch: int | None = None


def import_likes(  # noqa: PLR0913  (the file, then by name)
    session: Session, act: Act, run_id: int, *, content: bytes, file_name: str, dry_run: bool = False
) -> LikeReport:
    """Take in the likes of a table that are new and right; the same table again adds nothing. Six statements more.

    Invalid for a file that is no such table; Refused while the stage is not open.
    """
    view = stage_view(session, run_id)
    act.must("tally.import", view.round_id)
    must_see(session, act, view)
    must_be_open(view)
    with without_collector():
        table = read_likes(content, file_name)
        casts, refused = _casts(act, view, table, candidates_of(session, view))
        terms = tally_of(view)
        there = _taken_before(session, view, {one.token for one in casts})
        found = admitted(casts, there, daily_cap=terms.daily_cap, candidate_cap=terms.candidate_cap)
        refused |= found.refused
        report = LikeReport(len(table.lines) + len(table.refused), len(found.new), found.repeated, refused)
        if dry_run or not found.new:
            return report
        return _kept(session, act, view, found, report, hashlib.sha256(content).hexdigest())


def _kept(  # noqa: PLR0913, PLR0917  (what is kept of a table)
    session: Session, act: Act, view: StageView, found: Admitted, report: LikeReport, sha256: str
) -> LikeReport:
    batch = TallyBatch(
        stage_run_id=view.run_id,
        sha256=sha256,
        lines=report.lines,
        taken=report.taken,
        repeated=report.repeated,
        refused=len(report.refused),
        taken_by=act.actor.account,
        taken_at=act.now,
    )
    session.add(batch)
    session.flush()
    number = batch.id or 0
    insert_values(session, TallyLike, [_row(view.run_id, number, one) for one in found.new])
    facts = {
        "batch": number,
        "lines": batch.lines,
        "taken": batch.taken,
        "repeated": batch.repeated,
        "refused": batch.refused,
    }
    record(session, act, view.round_id, [Entry("tally.imported", view.subject, facts, files=[sha256])])
    return LikeReport(report.lines, report.taken, report.repeated, report.refused, number)


def _row(run_id: int, batch: int, one: Cast) -> dict[str, object]:
    return {
        "stage_run_id": run_id,
        "batch_id": batch,
        "nomination_id": one.nomination_id,
        "token": one.token,
        "day": one.day,
        "cast_at": one.at,
    }


def _casts(
    act: Act, view: StageView, table: LikeTable, candidates: Sequence[Case]
) -> tuple[list[Cast], dict[int, str]]:
    """The lines that name a candidate and fall into the period, and why the others do not."""
    ids = {case.nomination.case_no: case.id for case in candidates}
    if table.by_number:
        ids = {str(number): case.id for number, case in enumerate(candidates, start=1)}
    opens, closes = view.programme.planned(view.run.key)
    period = f"不在点赞期（{clock.instant(opens)} 至 {clock.until(closes)}）内"
    casts: list[Cast] = []
    refused = dict(table.refused)
    for one in table.lines:
        if one.candidate not in ids:
            refused[one.line] = "本环节没有这一候选人号" if table.by_number else "本环节没有这一申报编号"
        elif not opens <= one.at < closes:
            refused[one.line] = period
        elif one.at > act.now:
            refused[one.line] = "时间晚于现在"
        else:
            casts.append(_cast(act, view, one, ids[one.candidate]))
    return casts, refused


def _cast(act: Act, view: StageView, one: LikeLine, nomination_id: int) -> Cast:
    return Cast(one.line, token_of(act, view, one.token), nomination_id, clock.day(one.at), one.at)


def _taken_before(session: Session, view: StageView, tokens: set[str]) -> list[Key]:
    """The likes that these voters gave before; one query."""
    query = select(TallyLike.token, TallyLike.nomination_id, col(TallyLike.day))
    query = query.where(TallyLike.stage_run_id == view.run_id, col(TallyLike.token).in_(listed(session, list(tokens))))
    return list(session.exec(query).all())

"""The box of a sealed ballot laid open for recounting: what was voted, never by whom."""

from collections.abc import Sequence
from hashlib import sha256

from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.field import field_of
from craftsman.actions.kinds.ballot import Box, boxes_of, second_of
from craftsman.actions.sealing import SETTLED, latest_result
from craftsman.actions.views import StageView
from craftsman.errors import NotFound, Refused
from craftsman.rules.recount import Published, PublishedRound
from models import BallotPaper, BallotRound


def published_ballot(session: Session, act: Act, view: StageView) -> Published:
    """The papers of a sealed ballot and the terms of its count. Refused before it is sealed.

    Papers and receipts are sorted apart: a digest tells its member that the paper was counted, not what was on it, so
    that nobody can prove to another how they voted.
    """
    act.must("nomination.read", view.round_id)
    if view.run.kind != "ballot":
        raise NotFound("这个环节没有投票。")
    sealed = latest_result(session, view.run_id)
    if sealed is None or view.run.status not in SETTLED:
        raise Refused(f"环节“{view.run.title}”的结果尚未封存，封存之后才能公开选票。")
    boxes, opened = boxes_of(session, view, field_of(session, view)), second_of(session, view.run_id)
    terms, papers = boxes[0].terms, boxes[0].papers
    return Published(
        round=view.round.key,
        stage=view.run.key,
        result=sealed.digest,
        candidates=tuple(terms.candidates),
        seats=terms.seats,
        majority=terms.majority,
        base=terms.base,
        entitled=terms.entitled,
        present=terms.present,
        recused=dict(terms.recused),
        papers=_choices(papers),
        receipts=_receipts(papers),
        second=_second(boxes[1], opened) if opened else None,
    )


def _second(box: Box, opened: BallotRound) -> PublishedRound:
    return PublishedRound(
        candidates=tuple(box.terms.candidates),
        seats=opened.seats,
        entitled=box.terms.entitled,
        present=box.terms.present,
        recused=dict(box.terms.recused),
        kept=tuple(opened.kept),
        barred=tuple(opened.barred),
        papers=_choices(box.papers),
        receipts=_receipts(box.papers),
    )


def _choices(papers: Sequence[BallotPaper]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(tuple(sorted(paper.choices)) for paper in papers))


def _receipts(papers: Sequence[BallotPaper]) -> tuple[str, ...]:
    return tuple(sorted(sha256(paper.receipt.encode()).hexdigest() for paper in papers))

"""The box of a sealed ballot laid open for recounting: what was voted, never by whom."""

from hashlib import sha256

from sqlmodel import Session, select

from craftsman.actions.acting import Act
from craftsman.actions.field import field_of
from craftsman.actions.kinds.ballot import terms_of, tickets
from craftsman.actions.sealing import SETTLED, latest_result
from craftsman.actions.views import StageView
from craftsman.errors import NotFound, Refused
from craftsman.rules.recount import Published
from models import BallotPaper


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
    terms = terms_of(session, view, field_of(session, view), tickets(session, view.run_id))
    box = session.exec(select(BallotPaper).where(BallotPaper.stage_run_id == view.run_id)).all()
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
        papers=tuple(sorted(tuple(sorted(paper.choices)) for paper in box)),
        receipts=tuple(sorted(sha256(paper.receipt.encode()).hexdigest() for paper in box)),
    )

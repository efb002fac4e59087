"""Levels of the endorsement: whoever signed one decides and signs at no other, and who decided signs no other."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from craftsman.actions.views import StageView
from models import Endorsement, Gate, GateStatus, SignOff, StageRun


def signed_level(session: Session, view: StageView, account_id: int) -> str | None:
    """The title of another level of the endorsement that the account has signed, for itself or through a delegate."""
    query = (
        _other_levels(view)
        .join(Gate, col(Gate.stage_run_id) == StageRun.id)
        .join(SignOff, col(SignOff.gate_id) == Gate.id)
        .where(Gate.status == GateStatus.APPROVED)
        .where((SignOff.account_id == account_id) | (SignOff.on_behalf_of == account_id))
    )
    return session.exec(query).first()


def decided_level(session: Session, view: StageView, account_id: int, nominations: Collection[int]) -> str | None:
    """The title of another level of the endorsement at which the account decided on one of these nominations."""
    query = (
        _other_levels(view)
        .join(Endorsement, col(Endorsement.stage_run_id) == StageRun.id)
        .where(Endorsement.account_id == account_id, col(Endorsement.nomination_id).in_(nominations))
    )
    return session.exec(query).first()


def _other_levels(view: StageView):  # noqa: ANN202  (a select of one column)
    other = (StageRun.round_id == view.round_id, StageRun.kind == "endorse", StageRun.id != view.run_id)
    return select(StageRun.title).where(*other)

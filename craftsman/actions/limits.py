"""For which tier alone somebody may stand: what the screening found of earlier honours."""

from sqlmodel import Session, col, select

from models import StageEntry, StageRun


def tier_limits(session: Session, round_id: int) -> dict[int, str]:
    """The one tier that a past winner of a lower tier may stand for, by nomination; one query."""
    query = select(StageEntry.nomination_id, StageEntry.detail).join(StageRun)
    screened = query.where(StageRun.round_id == round_id, StageRun.kind == "screen").order_by(col(StageRun.position))
    found = {nomination: str(detail.get("only") or "") for nomination, detail in session.exec(screened).all()}
    return {nomination: tier for nomination, tier in found.items() if tier}

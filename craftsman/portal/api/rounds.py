"""How rounds stand: their stages, without anybody's name."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from craftsman.actions.api_tokens import STATUS
from craftsman.actions.rounds import rounds, stages_of
from craftsman.actions.views import round_by_key
from craftsman.portal.api.calls import REFUSALS, Call, TokenFirst, caller_with
from craftsman.store.engine import reading
from models import Round, StageRun

router = APIRouter(route_class=TokenFirst, tags=["轮次"], responses={**REFUSALS})

Status = Annotated[Call, Depends(caller_with(STATUS))]


class StageTold(BaseModel):
    """A stage; `status` is one of planned, due, opening, open, closing_due, closing, awaiting, passed."""

    key: str
    title: str
    kind: str
    status: str
    opened_at: datetime | None
    closed_at: datetime | None


class RoundTold(BaseModel):
    """A round; `rules` is the digest of the rules it runs under."""

    key: str
    title: str
    year: int
    status: str
    rules: str
    stages: list[StageTold]


@router.get("/rounds")
def list_rounds(call: Status) -> list[RoundTold]:
    """All rounds, with their stages."""
    with reading(call.portal.place.engine) as session:
        return [_told(one, stages_of(session, one.id or 0)) for one in rounds(session)]


@router.get("/rounds/{key}")
def show_round(call: Status, key: str) -> RoundTold:
    """One round with its stages."""
    with reading(call.portal.place.engine) as session:
        round_ = round_by_key(session, key)
        return _told(round_, stages_of(session, round_.id or 0))


def _told(round_: Round, runs: list[StageRun]) -> RoundTold:
    stages = [
        StageTold(
            key=run.key,
            title=run.title,
            kind=run.kind,
            status=run.status.value,
            opened_at=run.opened_at,
            closed_at=run.closed_at,
        )
        for run in runs
    ]
    return RoundTold(
        key=round_.key,
        title=round_.title,
        year=round_.year,
        status=round_.status.value,
        rules=round_.rules_digest,
        stages=stages,
    )

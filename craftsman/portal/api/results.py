"""Who was honoured: the released lists, as the public site shows them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from craftsman.actions.api_tokens import RESULTS
from craftsman.actions.site import Year, released_years
from craftsman.errors import NotFound
from craftsman.portal.api.calls import REFUSALS, Call, TokenFirst, caller_with
from craftsman.store.engine import reading

router = APIRouter(route_class=TokenFirst, tags=["结果"], responses={**REFUSALS})

Results = Annotated[Call, Depends(caller_with(RESULTS))]


class WinnerTold(BaseModel):
    """A winner, in the order of the list; `remark` tells namesakes apart."""

    name: str
    remark: str
    unit: str
    post: str
    recommended_by: str


class TierTold(BaseModel):
    """An honour with its winners."""

    title: str
    winners: list[WinnerTold]


class ResultTold(BaseModel):
    """The released result of a round; revoked honours are no longer in it."""

    round: str
    title: str
    organiser: str
    announced_on: date
    tiers: list[TierTold]


@router.get("/results")
def list_results(call: Results) -> list[ResultTold]:
    """The released results, the latest first."""
    with reading(call.portal.place.engine) as session:
        return [_told(year) for year in released_years(session)]


@router.get("/results/{key}")
def show_result(call: Results, key: str) -> ResultTold:
    """The released result of a round; 404 before its release."""
    found = next((result for result in list_results(call) if result.round == key), None)
    if found is None:
        raise NotFound("没有这个轮次的结果，或尚未发布。")
    return found


def _told(year: Year) -> ResultTold:
    tiers = [
        TierTold(
            title=tier.title,
            winners=[
                WinnerTold(
                    name=one.name, remark=one.remark, unit=one.unit, post=one.post, recommended_by=one.recommender
                )
                for one in tier.winners
            ],
        )
        for tier in year.tiers
    ]
    return ResultTold(
        round=year.key, title=year.honour, organiser=year.issuer, announced_on=year.issued_on, tiers=tiers
    )

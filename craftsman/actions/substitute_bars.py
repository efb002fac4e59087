"""What bars a reserve from a free place: an earlier honour of that tier, their unit's quota, the ratios of the list."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from sqlmodel import Session, select

from craftsman.actions.candidates import person_classes
from craftsman.actions.limits import tier_limits
from craftsman.actions.noticed import NoticedCase
from craftsman.actions.views import Case, StageView
from craftsman.programme.programme import Programme
from craftsman.programme.schema import StructureRatio
from craftsman.rules.quota import quota_problems, ratio_bounds
from models import NominationStatus, Organisation

Bars = Mapping[tuple[int, str], list[str]]


def bars_of(
    session: Session, view: StageView, noticed: Sequence[NoticedCase], waiting: Sequence[NoticedCase], free: list[str]
) -> Bars:
    """(nomination id, tier) -> Chinese reasons why this reserve may not take a free place of the tier; three queries.

    A ratio bars whom it would leave further from its bounds than the list was as it was publicised.
    """
    limits = tier_limits(session, view.round_id)
    standing = [one.case for one in noticed if one.status == NominationStatus.PROPOSED]
    before = [one.case for one in noticed if one.tier and not one.rose]
    units = {row.id: row for row in session.exec(select(Organisation)).all()}
    found: dict[tuple[int, str], list[str]] = {}
    for one in waiting:
        shared = [
            *_of_quota(view.programme, units, [*standing, one.case], one.case),
            *_of_ratios(view.programme, before, [*standing, one.case]),
        ]
        for tier in free:
            only = limits.get(one.case.id, tier)
            earlier = [] if only == tier else ["此前已获该等次荣誉，只能参评更高等次"]
            found[one.case.id, tier] = [*earlier, *shared]
    return found


def first_who_may(
    programme: Programme, waiting: Sequence[NoticedCase], free: Sequence[str], bars: Bars
) -> tuple[str, int] | None:
    """The highest free tier, and the place in the sealed order of the first reserve who may take it; None: nobody."""
    for tier in [tier.key for tier in programme.rules.tiers if tier.key in free]:
        for place, one in enumerate(waiting):
            if not bars[one.case.id, tier]:
                return tier, place
    return None


def _of_quota(
    programme: Programme, units: Mapping[int | None, Organisation], people: Sequence[Case], one: Case
) -> list[str]:
    """Whether the unit of the reserve would have more people than places."""
    unit = units[one.nomination.organisation_id]
    if unit.code not in programme.plan.quotas:
        return []
    count = Counter(case.nomination.organisation_id for case in people)[unit.id or 0]
    return [
        line.rstrip("。") for line in quota_problems({unit.name: count}, {unit.name: programme.plan.quotas[unit.code]})
    ]


def _of_ratios(programme: Programme, before: Sequence[Case], after: Sequence[Case]) -> list[str]:
    titles = {one.key: one.title for one in programme.rules.classes}
    ratios = [ratio for ratio in programme.rules.ratios if ratio.level in {"province", "both"}]
    then, now = (
        [person_classes(programme, one.nomination, one.person) for one in people] for people in (before, after)
    )
    return [
        f"递补后{titles.get(ratio.of, ratio.of)}比例不符：{len(now)} 人中 {_held(ratio, now)} 人"
        for ratio in ratios
        if _off(ratio, now) > _off(ratio, then)
    ]


def _held(ratio: StructureRatio, people: Sequence[AbstractSet[str]]) -> int:
    return sum(ratio.of in classes for classes in people)


def _off(ratio: StructureRatio, people: Sequence[AbstractSet[str]]) -> int:
    """By how many heads a ratio is missed; 0 where it holds."""
    held = _held(ratio, people)
    least, most = ratio_bounds(len(people), ratio.minimum, ratio.maximum)
    return max(0, least - held, held - most)

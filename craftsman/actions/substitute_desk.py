"""Substitutes as the office sees them: free places, who rises in which order and why, what was proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.noticed import LEFT_EMPTY, LOST, NoticedCase, noticed_cases, reserves, vacancies
from craftsman.actions.substitute_bars import bars_of, first_who_may
from craftsman.actions.substitutes import promotions_of
from craftsman.actions.views import Case, StageView, stage_of
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Forbidden, NotFound
from craftsman.programme.schema import NoticeStage
from models import Account, Promotion


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reserve in the sealed order; `bars`: why not, by free tier; `rises`: the tier that is theirs now."""

    case: Case
    bars: Mapping[str, Sequence[str]]
    rises: str | None

    @property
    def reasons(self) -> list[str]:
        """Why they may not rise, each reason once."""
        return list(dict.fromkeys(reason for reasons in self.bars.values() for reason in reasons))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal with the case it is about and who made it."""

    row: Promotion
    case: Case
    by: str

    @property
    def waits(self) -> bool:
        """Whether nobody settled it yet."""
        return self.row.confirmed_at is None and self.row.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class SubstituteDesk:
    """A notice stage: who fell, the tiers of the places still free, the reserves in order, the proposals."""

    view: StageView
    fallen: Sequence[NoticedCase]
    free: Sequence[str]
    waiting: Sequence[Waiting]
    proposals: Sequence[Proposal]

    @property
    def first(self) -> Waiting | None:
        """Who would rise now."""
        return next((one for one in self.waiting if one.rises), None)

    @property
    def pending(self) -> Proposal | None:
        """What waits for a second person."""
        return next((one for one in self.proposals if one.waits), None)

    def left_empty(self, one: NoticedCase) -> str:
        """The resolution by which the place of somebody who fell stays empty; nothing where it does not."""
        return str(one.case.entry.detail.get(LEFT_EMPTY, ""))


def substitute_desk(session: Session, act: Act, round_key: str, stage: str) -> SubstituteDesk:
    """How the free places of a notice stage may be filled; constant statements.

    NotFound for a stage of another kind, Forbidden to whoever must not see one of its cases.
    """
    view = stage_of(session, round_key, stage)
    act.must("nomination.read", view.round_id)
    if not isinstance(view.stage, NoticeStage):
        raise NotFound(f"环节“{view.run.title}”不是公示环节，没有递补。")
    if hidden_from(session, act, view.round_id):
        raise Forbidden("本轮次中有您须回避的人选，递补由其他人员办理。")
    noticed = noticed_cases(session, view.run_id)
    free = vacancies(noticed)
    return SubstituteDesk(
        view=view,
        fallen=[one for one in noticed if one.tier and one.status in LOST],
        free=free,
        waiting=_waiting(session, view, noticed, free),
        proposals=_proposals(session, view, noticed),
    )


def _waiting(session: Session, view: StageView, noticed: list[NoticedCase], free: list[str]) -> list[Waiting]:
    order = reserves(noticed)
    bars = bars_of(session, view, noticed, order, free)
    first = first_who_may(view.programme, order, free, bars)
    tiers = list(dict.fromkeys(free))
    return [
        Waiting(
            one.case,
            {tier: bars[one.case.id, tier] for tier in tiers},
            first[0] if first is not None and first[1] == place else None,
        )
        for place, one in enumerate(order)
    ]


def _proposals(session: Session, view: StageView, noticed: Sequence[NoticedCase]) -> list[Proposal]:
    rows = promotions_of(session, view.run_id)
    people = {one.case.id: one.case for one in noticed}
    names = select(Account.id, Account.name).where(col(Account.id).in_({row.proposed_by for row in rows}))
    by = dict(session.exec(names).all())
    return [Proposal(row, people[row.nomination_id], by[row.proposed_by]) for row in rows]

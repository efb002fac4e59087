"""From counts to places: who passed fills the tiers, in one round or two; who comes next is the reserve."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from craftsman.actions.field import Field
from craftsman.actions.sealing import EntryDecision
from craftsman.actions.views import Case, StageView
from craftsman.programme.schema import Ballot
from craftsman.rules.ballot import Count, Tally
from craftsman.rules.ranking import Ranked, TieBreak, rank
from craftsman.rules.tiers import RESERVE, fill_levels
from models import Outcome

NOWHERE = 1_000_000
Seated = Mapping[str, Sequence[Ranked["Standing"]]]


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate after the last round that they stood in; `carried` is the place in the stage before.

    `rounds` are the tallies of all rounds that they stood in, `held` says how many rounds there were.
    """

    case: Case
    rounds: tuple[Tally, ...]
    held: int
    carried: int

    @property
    def case_no(self) -> str:
        """The case number."""
        return self.case.nomination.case_no

    @property
    def tally(self) -> Tally:
        """The tally that counts."""
        return self.rounds[-1]

    @property
    def passed(self) -> bool:
        """Whether the votes suffice."""
        return self.tally.votes >= self.tally.needed


def decided(
    view: StageView,
    field: Field,
    counts: Sequence[Count],
    limits: Mapping[int, str],
    kept: Mapping[str, str] | None = None,
) -> list[EntryDecision]:
    """Places go to those who passed, the reserve to who comes next; a seat that nobody earned stays empty.

    `limits` names the one tier that some may stand for, by nomination; `kept` the tiers won before a second round.
    """
    stage = view.stage
    assert isinstance(stage, Ballot)
    titles = {tier.key: tier.title for tier in view.programme.rules.tiers}
    elected = _both(view, field, counts, limits, kept) if kept is not None else first(view, field, counts[0], limits)
    placed = {one.entry.case.id for level in elected.values() for one in level}
    others = rank([one for one in standings(field, counts) if one.case.id not in placed], chain=_chain(stage))
    hopeful = [one for one in others if any(tally.votes for tally in one.entry.rounds)]
    reserve = fill_levels(hopeful, [(RESERVE, stage.reserve)])[RESERVE]
    waiting = {one.entry.case.id for one in reserve}
    return [
        *(
            _decision(field, one, Outcome.ADVANCE, f"列入“{titles[tier]}”", tier=tier)
            for tier, level in elected.items()
            for one in level
        ),
        *(_decision(field, one, Outcome.RESERVE, f"列为递补第 {one.place} 名") for one in reserve),
        *(
            _decision(field, one, Outcome.STOP, _why_not(one.entry, titles.get(limits.get(one.entry.case.id, ""), "")))
            for one in others
            if one.entry.case.id not in waiting
        ),
    ]


def first(view: StageView, field: Field, count: Count, limits: Mapping[int, str]) -> Seated:
    """The tiers as the first round fills them."""
    return fill_levels(_passed(view, standings(field, [count])), _seats(view), fits=_fits(limits))


def empty_seats(view: StageView, seated: Seated) -> dict[str, int]:
    """How many seats of each tier are left."""
    return {tier: seats - len(seated[tier]) for tier, seats in _seats(view)}


def standings(field: Field, counts: Sequence[Count]) -> list[Standing]:
    """Those who stand, with their tallies of all rounds."""
    rounds = [{tally.candidate: tally for tally in count.tallies} for count in counts]
    places = {key: entry.place for key, entry in field.before.items()}
    return [
        Standing(
            case,
            tuple(tallies[case.nomination.case_no] for tallies in rounds if case.nomination.case_no in tallies),
            len(rounds),
            places.get(case.id) or NOWHERE,
        )
        for case in field.standing
    ]


def _both(
    view: StageView, field: Field, counts: Sequence[Count], limits: Mapping[int, str], kept: Mapping[str, str]
) -> Seated:
    """Who was elected in the first round keeps place and tier; the second fills what is left, places going on."""
    here = standings(field, counts)
    passed = _passed(view, [replace(one, rounds=one.rounds[:1]) for one in here])
    stay = {tier: [one for one in passed if kept.get(one.entry.case_no) == tier] for tier, _ in _seats(view)}
    last = max((one.place for level in stay.values() for one in level), default=0)
    again = _passed(view, [one for one in here if len(one.rounds) > 1])
    filled = fill_levels(again, list(empty_seats(view, stay).items()), fits=_fits(limits))
    return {tier: [*stay[tier], *(replace(one, place=last + one.place) for one in filled[tier])] for tier in stay}


def _passed(view: StageView, here: Sequence[Standing]) -> list[Ranked[Standing]]:
    stage = view.stage
    assert isinstance(stage, Ballot)
    return list(rank([one for one in here if one.passed], chain=_chain(stage)))


def _seats(view: StageView) -> list[tuple[str, int]]:
    return [(tier.key, tier.seats) for tier in view.programme.rules.tiers]


def _fits(limits: Mapping[int, str]) -> Callable[[Standing, str], bool]:
    return lambda one, tier: limits.get(one.case.id, tier) == tier


def _why_not(one: Standing, only: str) -> str:
    if not one.passed:
        return "未达到所需票数，未入选"
    return f"只能参评“{only}”，该等次名额已满，未入选" if only else "名额已满，未入选"


def _chain(stage: Ballot) -> list[TieBreak[Standing]]:
    """Those who passed come first; among them votes or the carried place decide, the other parts who is level."""
    by_place = stage.order == "carried"
    return [
        TieBreak("达到所需票数", lambda one: int(one.passed)),
        TieBreak("进入第二轮", lambda one: len(one.rounds)),
        TieBreak("前面环节的名次", lambda one: -one.carried if by_place and one.passed else 0),
        TieBreak("得票数", lambda one: one.tally.votes),
        TieBreak("前面环节的名次", lambda one: -one.carried),
    ]


def _decision(
    field: Field, one: Ranked[Standing], outcome: Outcome, what: str, *, tier: str | None = None
) -> EntryDecision:
    before = field.before.get(one.entry.case.id)
    level = "，与他人并列" if one.tied else ""
    return EntryDecision(
        one.entry.case,
        outcome,
        place=None if outcome == Outcome.STOP else one.place,
        value=before.value if before else None,
        exact=before.exact if before else None,
        tier=tier,
        reason=f"{_votes(one.entry)}{level}：{what}。",
        detail=_detail(one.entry),
    )


def _votes(one: Standing) -> str:
    names = ("第一轮", "第二轮") if one.held > 1 else ("",)
    return "；".join(
        f"{name}票数 {tally.votes}/需 {tally.needed}（计票基数 {tally.base}）"
        for name, tally in zip(names, one.rounds, strict=False)
    )


def _detail(one: Standing) -> Mapping[str, object]:
    rounds = [{"votes": tally.votes, "base": tally.base, "needed": tally.needed} for tally in one.rounds]
    return {**rounds[-1], "rounds": rounds} if one.held > 1 else rounds[-1]

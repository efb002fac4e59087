"""Seats, reserves and structure ratios: what blocks a recommending stage, and what a waiver lets pass."""

from datetime import date
from fractions import Fraction

import pytest
from sqlmodel import select

from craftsman.actions.endorse import EndorsementIn, decide_endorsements
from craftsman.actions.stages import request_close
from craftsman.actions.structure import sign_waiver
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.programme.programme import Programme
from craftsman.programme.schema import StructureRatio
from craftsman.store.engine import reading, transaction
from models import EndorsementDecision, Nomination, Outcome, StageEntry
from tests.actions.opened import book, open_intake, pass_stage, person, row, take_in
from tests.driver import drive
from tests.factories import NOW, act_of, make_programme

HEAD: dict[str, object] = {"position": "单位负责人"}
MOST_HEADS = StructureRatio(of="unit_head", maximum=Fraction(1, 3), level="both", unit_from=3)
LEAST_MIGRANT = StructureRatio(of="migrant", minimum=Fraction(1, 10), strict=True)
HEADS_LINE = "唐山市总工会：单位负责人：共 3 人，现有 2 人，应不超过 1 人（1/3），超出 1 人。"


def programme(*ratios: StructureRatio, quota: int = 3, reserves: int = 0, **seats: int) -> Programme:
    """The real programme, its quota at the first endorsement, with these ratios and bound seats for 唐山."""
    real = make_programme()
    stages = tuple(
        stage.model_copy(update={"quota": True, "ranked": True}) if stage.kind == "endorse" else stage
        for stage in real.rules.stages
    )
    plan = {
        "quotas": {**real.plan.quotas, "tangshan": quota},
        "seats": {"tangshan": seats} if seats else {},
        "reserves": reserves,
    }
    return real.model_copy(
        update={
            "rules": real.rules.model_copy(update={"stages": stages, "ratios": ratios}),
            "plan": real.plan.model_copy(update=plan),
        }
    )


class Unit:
    """唐山 at its first endorsement."""

    def __init__(self, place: Workplace, made: Programme, *rows: dict[str, object]) -> None:
        self.place = place
        self.round = open_intake(place, made)
        self.staff, self.verifier = person(place, "staff", "staff"), person(place, "verifier", "verifier")
        take_in(place, self.round, self.staff, book(*rows))
        pass_stage(place, self.round, "intake", [(self.staff, "staff"), (self.verifier, "verifier")])
        self.reporter = person(place, "reporter", "reporter", unit="tangshan")
        with reading(place.engine) as session:
            self.run_id = stage_by_key(session, self.round.id or 0, "endorse_unit").run_id

    def recommend(self, *ranks: int | None) -> None:
        """Recommend the nominees in order with these ranks; None declines."""
        made = [
            EndorsementIn(f"2026-tangshan-{number:04d}", EndorsementDecision.RECOMMEND, rank)
            if rank
            else EndorsementIn(f"2026-tangshan-{number:04d}", EndorsementDecision.DECLINE, reason="条件不足。")
            for number, rank in enumerate(ranks, start=1)
        ]
        with transaction(self.place.engine) as session:
            decide_endorsements(session, act_of(self.place, self.reporter), self.run_id, made)

    def obstacles(self) -> tuple[str, ...]:
        """What keeps the stage from closing."""
        try:
            with transaction(self.place.engine) as session:
                request_close(session, act_of(self.place, self.staff), self.run_id)
        except Refused as refused:
            return refused.details
        return ()

    def waive(self, scope: str = "tangshan", reason: str = "以装备制造为主") -> list[str]:
        """Sign a waiver."""
        with transaction(self.place.engine) as session:
            return sign_waiver(session, act_of(self.place, self.verifier), self.run_id, scope=scope, reason=reason)

    def outcomes(self) -> list[tuple[Outcome, str]]:
        """Outcome and reason of each case after the closing."""
        drive(self.place, self.round.key, NOW)
        with reading(self.place.engine) as session:
            query = select(StageEntry).join(Nomination).where(StageEntry.stage_run_id == self.run_id)
            found = session.exec(query.order_by(Nomination.case_no)).all()
        return [(entry.outcome, entry.reason) for entry in found]


def three(*changes: dict[str, object]) -> list[dict[str, object]]:
    """Three right rows with changes to each."""
    return [row(number, **change) for number, change in enumerate(changes, start=1)]


def test_ratio_is_checked_at_unit_and_for_all(place: Workplace) -> None:
    """The line says which class, how many there are, how many may be, and by how many too many."""
    unit = Unit(place, programme(MOST_HEADS), *three(HEAD, HEAD, {}))
    unit.recommend(1, 2, 3)
    assert unit.obstacles() == (HEADS_LINE, HEADS_LINE.replace("唐山市总工会", "总体"))


def test_small_units_are_not_asked(place: Workplace) -> None:
    """Two of two is no structure; all together still are asked."""
    unit = Unit(place, programme(MOST_HEADS), *three(HEAD, {}))
    unit.recommend(1, 2)
    assert unit.obstacles() == ("总体：单位负责人：共 2 人，现有 1 人，应不超过 0 人（1/3），超出 1 人。",)


def test_waiver_lets_exactly_its_lines_pass(place: Workplace) -> None:
    """A waiver of the unit leaves the line for all; with both signed the stage closes."""
    unit = Unit(place, programme(MOST_HEADS), *three(HEAD, HEAD, {}))
    unit.recommend(1, 2, 3)
    assert unit.waive() == [HEADS_LINE]
    assert unit.obstacles() == (HEADS_LINE.replace("唐山市总工会", "总体"),)
    unit.waive("")
    assert unit.obstacles() == ()


def test_waiver_does_not_cover_more(place: Workplace) -> None:
    """When a third head is put forward the line is another, and blocks again."""
    unit = Unit(place, programme(MOST_HEADS, quota=4), *three(HEAD, HEAD, {}, HEAD))
    unit.recommend(1, 2, 3, None)
    unit.waive()
    unit.waive("")
    unit.recommend(1, 2, 3, 4)
    assert [line.startswith("唐山市总工会：单位负责人：共 4 人，现有 3 人") for line in unit.obstacles()] == [
        True,
        False,
    ]


def test_strict_ratio_cannot_be_waived(place: Workplace) -> None:
    """The refusal repeats the line."""
    unit = Unit(place, programme(LEAST_MIGRANT), *three({}, {}))
    unit.recommend(1, 2)
    with pytest.raises(Refused) as refused:
        unit.waive("")
    assert refused.value.details == ("总体：农民工：共 2 人，现有 0 人，应不少于 1 人（10%），还差 1 人。（不得例外）",)


def test_waiver_needs_reason_and_role(place: Workplace) -> None:
    """A verifier signs, in words."""
    unit = Unit(place, programme(MOST_HEADS), *three(HEAD, HEAD, {}))
    unit.recommend(1, 2, 3)
    with pytest.raises(Invalid):
        unit.waive(reason=" ")
    unit.verifier = unit.staff
    with pytest.raises(Forbidden):
        unit.waive()


def test_quota_cannot_be_waived(place: Workplace) -> None:
    """Too many is too many."""
    unit = Unit(place, programme(quota=1), *three({}, {}))
    unit.recommend(1, 2)
    assert unit.obstacles() == ("唐山市总工会：推荐 2 人，名额 1 人，超出 1 人。",)
    with pytest.raises(Refused, match="没有可以签署例外"):
        unit.waive()


def test_bound_seats_are_kept_free(place: Workplace) -> None:
    """A seat for a woman is not another's."""
    unit = Unit(place, programme(quota=2, women=1), *three({}, {}))
    unit.recommend(1, 2)
    assert unit.obstacles() == ("唐山市总工会：名额 2 名中限定 女职工 1 名（缺 1 名），其他人选多占 1 名。",)


RESERVE: dict[str, object] = {"seat": "递补", "rank": 1}
NOT_NEEDED = "列为推荐单位递补第 1 位，正选无空缺，未递补。"


def test_reserve_waits_while_seats_are_filled(place: Workplace) -> None:
    """The reserve stops with its place told; ranks of main and reserve are counted apart."""
    unit = Unit(place, programme(reserves=1), *three({}, {}, RESERVE))
    unit.recommend(1, 2, 1)
    assert unit.obstacles() == ()
    assert unit.outcomes() == [(Outcome.ADVANCE, ""), (Outcome.ADVANCE, ""), (Outcome.STOP, NOT_NEEDED)]


def test_reserve_takes_the_place_of_a_declined_one(place: Workplace) -> None:
    """One main nominee fell out, so the first reserve goes on."""
    unit = Unit(place, programme(reserves=1), *three({}, {}, RESERVE))
    unit.recommend(1, None, 1)
    assert unit.obstacles() == ()
    assert [outcome for outcome, _ in unit.outcomes()] == [Outcome.ADVANCE, Outcome.STOP, Outcome.ADVANCE]


def test_too_many_reserves_are_told(place: Workplace) -> None:
    """No more than the round allows each unit."""
    unit = Unit(place, programme(reserves=1), *three({}, RESERVE, RESERVE | {"rank": 2}))
    unit.recommend(1, 1, 2)
    assert unit.obstacles() == ("唐山市总工会：递补 2 人，最多 1 人，超出 1 人。",)


def test_classes_follow_a_corrected_row(place: Workplace) -> None:
    """Classes are derived anew each time: no stored flag lags behind the row."""
    unit = Unit(place, programme(MOST_HEADS, quota=3), *three(HEAD, {"opinion_date": date(2025, 8, 15)}, {}))
    unit.recommend(1, 2, 3)
    assert unit.obstacles() == ()

"""Assignments, against every assignment there is on tiny cases."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.errors import Refused
from craftsman.rules import flow
from craftsman.rules.assignment import Assignment, Task, assign, make_task, pairs_matrix
from craftsman.rules.optimality import certificate_holds

Pairs = frozenset[tuple[str, str]]
Fits = dict[tuple[str, str], int]

REVIEWERS = ["r1", "r2", "r3", "r4"]
CASES = ["n1", "n2", "n3", "n4"]
PAIRS = list(product(REVIEWERS, CASES))

conflicts_of = st.frozensets(st.sampled_from(PAIRS))
fits_of = st.dictionaries(st.sampled_from(PAIRS), st.integers(0, 3))


def task_of(
    cases: list[str] = CASES,
    reviewers: list[str] = REVIEWERS,
    *,
    needed: int = 1,
    conflicts: Pairs = frozenset(),
    fits: Fits | None = None,
    seed: int = 1,
    most: int | None = None,
) -> Task:
    matrix = np.array([[(fits or {}).get((one, case), 0) for one in reviewers] for case in cases], np.int64)
    barred = pairs_matrix(reviewers, cases, conflicts)
    shape = (len(cases), len(reviewers))
    return make_task(reviewers, cases, needed=needed, barred=barred, fit=matrix.reshape(shape), seed=seed, most=most)


def every_assignment(task: Task) -> Iterator[tuple[list[tuple[str, ...]], list[int]]]:
    """Each possible list of panels, with everyone's load."""
    able = [[one for one, may in zip(task.reviewers, row, strict=True) if may] for row in task.open]
    for panels in product(*(combinations(people, task.needed) for people in able)):
        loads = Counter(one for panel in panels for one in panel)
        if max(loads.values(), default=0) <= task.most:
            yield list(panels), [loads[one] for one in task.reviewers]


def best_by_hand(task: Task) -> tuple[int, int] | None:
    """The least sum of squared loads and the least cost that goes with it."""
    place = {one: column for column, one in enumerate(task.reviewers)}
    values: list[tuple[int, int]] = []
    for panels, loads in every_assignment(task):
        cost = sum(int(task.cost[row, place[one]]) for row, panel in enumerate(panels) for one in panel)
        values.append((sum(load * load for load in loads), cost))
    return min(values, default=None)


def value_of(task: Task, found: Assignment) -> tuple[int, int]:
    place = {one: column for column, one in enumerate(task.reviewers)}
    cost = sum(int(task.cost[row, place[one]]) for row, case in enumerate(task.cases) for one in found.reviewers[case])
    return sum(load * load for load in found.loads.values()), cost


@given(
    conflicts=conflicts_of,
    fits=fits_of,
    needed=st.integers(1, 3),
    seed=st.integers(0, 99),
    count=st.integers(1, 4),
    most=st.integers(1, 4),
)
def test_no_assignment_is_better(
    conflicts: Pairs, fits: Fits, needed: int, seed: int, *, count: int, most: int
) -> None:
    task = task_of(CASES[:count], needed=needed, conflicts=conflicts, fits=fits, seed=seed, most=most)
    best = best_by_hand(task)
    if best is None:
        with pytest.raises(Refused):
            assign(task)
        return
    found = assign(task)
    assert value_of(task, found) == best
    assert certificate_holds(task, found)
    held = Counter(one for panel in found.reviewers.values() for one in panel)
    assert found.loads == {one: held[one] for one in REVIEWERS}


@given(conflicts_of, st.integers(1, 2), st.integers(1, 4))
def test_heaviest_load_and_spread_are_least(conflicts: Pairs, needed: int, count: int) -> None:
    task = task_of(CASES[:count], needed=needed, conflicts=conflicts)
    possible = [loads for _, loads in every_assignment(task)]
    if possible:
        loads = assign(task).loads.values()
        assert max(loads) == min(max(other) for other in possible)
        assert max(loads) - min(loads) == min(max(other) - min(other) for other in possible)


@given(st.integers(1, 12), st.integers(1, 40), st.integers(0, 99), st.data())
def test_loads_differ_by_one_without_conflicts(people: int, count: int, seed: int, data: st.DataObject) -> None:
    needed = data.draw(st.integers(1, people))
    reviewers, cases = [f"r{i}" for i in range(people)], [f"n{i}" for i in range(count)]
    fits = {(one, case): int(one[1:]) * int(case[1:]) % 3 for one in reviewers for case in cases}
    task = task_of(cases, reviewers, needed=needed, fits=fits, seed=seed)
    found = assign(task)
    assert max(found.loads.values()) - min(found.loads.values()) <= 1
    assert certificate_holds(task, found)


@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(20, 85), st.integers(4, 24))
def test_prices_prove_larger_assignments(salt: int, needed: int, barred: int, most: int) -> None:
    drawn = np.random.default_rng(salt)
    reviewers, cases = [f"r{i}" for i in range(10)], [f"n{i}" for i in range(24)]
    conflicts = drawn.integers(0, 100, (24, 10)) < barred
    fit = drawn.integers(0, 3, (24, 10))
    task = make_task(reviewers, cases, needed=needed, barred=conflicts, fit=fit, seed=salt, most=most)
    try:
        found = assign(task)
    except Refused:
        return
    assert certificate_holds(task, found)
    held = pairs_matrix(reviewers, cases, [(one, case) for case, panel in found.reviewers.items() for one in panel])
    assert not (conflicts & held).any()


def answer(task: Task) -> Assignment | tuple[str, ...]:
    """What comes of a task: an assignment, or what stands against it."""
    try:
        return assign(task)
    except Refused as refused:
        return refused.details


@given(st.permutations(REVIEWERS), st.permutations(CASES), conflicts_of, fits_of, st.integers(0, 99))
def test_order_given_changes_nothing(
    reviewers: list[str], cases: list[str], conflicts: Pairs, fits: Fits, seed: int
) -> None:
    plain, other = (
        task_of(c, r, conflicts=conflicts, fits=fits, seed=seed) for c, r in ((CASES, REVIEWERS), (cases, reviewers))
    )
    assert answer(other) == answer(plain)


def test_offering_few_or_all_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = np.random.default_rng(3)
    reviewers, cases = [f"r{i}" for i in range(30)], [f"n{i}" for i in range(60)]
    fit = (drawn.integers(0, 6, (60, 1)) == drawn.integers(0, 6, (1, 30))).astype(np.int64)
    task = make_task(reviewers, cases, needed=3, fit=fit, seed=9)
    few = assign(task)
    monkeypatch.setattr(flow, "WIDTHS", ())
    assert assign(task).reviewers == few.reviewers


def test_other_seeds_draw_other_panels() -> None:
    draws = {tuple(assign(task_of(needed=2, seed=seed)).reviewers.items()) for seed in range(20)}
    assert len(draws) > 10


def test_a_seed_draws_these_panels() -> None:
    # Pinned: a change here means that past draws can no longer be recomputed.
    assert assign(task_of(seed=2026)).reviewers == {"n1": ("r4",), "n2": ("r1",), "n3": ("r2",), "n4": ("r3",)}


def test_fit_decides_where_loads_allow() -> None:
    fits = {("r1", "n2"): 1, ("r2", "n4"): 1, ("r3", "n1"): 1, ("r4", "n3"): 1}
    assert [assign(task_of(fits=fits, seed=seed)).fit for seed in range(10)] == [4] * 10


def swapped(found: Assignment, task: Task) -> Assignment:
    """Two cases have exchanged a reviewer: feasible and as even, but another assignment."""
    first, second = next(
        (a, b) for a, b in combinations(task.cases, 2) if not set(found.reviewers[a]) & set(found.reviewers[b])
    )
    panels = dict(found.reviewers)
    panels[first], panels[second] = found.reviewers[second], found.reviewers[first]
    return replace(found, reviewers=panels)


def test_tampered_assignments_are_found_out() -> None:
    task = task_of(fits={("r1", "n2"): 1, ("r2", "n4"): 1}, conflicts=frozenset({("r3", "n1")}))
    found = assign(task)
    (case, (holder,)) = next(iter(found.reviewers.items()))
    raised = {one: price + 1 for one, price in found.fit_prices.items() if one == holder}
    wrong = [
        swapped(found, task),
        replace(found, reviewers={**found.reviewers, "n1": ("r3",)}),
        replace(found, reviewers={**found.reviewers, case: ()}),
        replace(found, reviewers={key: panel for key, panel in found.reviewers.items() if key != case}),
        replace(found, reviewers={**found.reviewers, case: ("nobody",)}),
        replace(found, loads={**found.loads, holder: 2}),
        replace(found, fit=found.fit + 1),
        replace(found, load_prices={}),
        replace(found, fit_prices={**found.fit_prices, **{one: price + (1 << 50) for one, price in raised.items()}}),
    ]
    assert [certificate_holds(task, one) for one in (found, *wrong)] == [True] + [False] * len(wrong)


def test_uneven_loads_are_found_out() -> None:
    task = task_of()
    found = assign(task)
    one = found.reviewers["n1"][0]
    panels = {**found.reviewers, "n2": (one,)}
    loads = Counter(holder for panel in panels.values() for holder in panel)
    uneven = replace(found, reviewers=panels, loads={holder: loads[holder] for holder in REVIEWERS})
    assert not certificate_holds(task, uneven)


def test_refusal_names_what_lacks() -> None:
    conflicts = frozenset({("r1", "n2"), ("r2", "n2"), ("r3", "n2"), ("r1", "n3"), ("r2", "n3")})
    with pytest.raises(Refused) as refusal:
        assign(task_of(needed=3, conflicts=conflicts))
    assert refusal.value.details == ("申报 n2：还差 2 名无须回避的评委。", "申报 n3：还差 1 名无须回避的评委。")


def test_clashing_groups_are_named() -> None:
    cases = [f"n{number}" for number in range(6)]
    welding = dict.fromkeys(cases[:4], "焊接（高端装备制造）")
    conflicts = frozenset(("r1", case) for case in cases[:4]) | frozenset(("r2", case) for case in cases[:4])
    task = task_of(cases, needed=2, conflicts=conflicts, most=3)
    with pytest.raises(Refused) as refusal:
        assign(task, welding)
    assert refusal.value.details == (
        "焊接（高端装备制造）：4 件需要 8 个席位，无须回避的评委 2 名，至多承担 6 个席位。",
    )


def servable(task: Task, cases: set[str]) -> bool:
    rows = [row for row, case in enumerate(task.cases) if case in cases]
    part = replace(task, cases=tuple(task.cases[row] for row in rows), open=task.open[rows], cost=task.cost[rows])
    return next(every_assignment(part), None) is not None


@given(conflicts_of, st.integers(1, 2), st.integers(1, 2))
def test_no_group_told_can_be_spared(conflicts: Pairs, needed: int, most: int) -> None:
    task = task_of(needed=needed, conflicts=conflicts, most=most)
    if min(row.sum() for row in task.open) < needed or servable(task, set(CASES)):
        return
    with pytest.raises(Refused) as refusal:
        assign(task)
    told = {case for case in CASES for line in refusal.value.details if line.startswith(f"申报 {case}：")}
    assert not servable(task, told)
    assert [servable(task, told - {case}) for case in told] == [True] * len(told)


def test_nothing_to_assign_is_fine() -> None:
    assert assign(task_of([], [])) == Assignment({}, {}, 0, {}, {})


def test_twice_named_reviewers_are_wrong() -> None:
    with pytest.raises(ValueError, match="distinct"):
        task_of(["n1"], ["r1", "r1"])


def test_fits_too_fine_are_refused() -> None:
    with pytest.raises(ValueError, match="too fine"):
        task_of(fits={("r1", "n1"): 1 << 40})


def test_long_chains_are_evened_out() -> None:
    # Each case may go to two neighbours only, and all but one start at the left: work must travel the whole way.
    people = [f"r{i:02}" for i in range(12)]
    cases = [f"n{i:02}" for i in range(11)] + ["n99"]
    able = {case: {people[i], people[i + 1]} for i, case in enumerate(cases[:-1])} | {"n99": {people[0]}}
    conflicts = frozenset((one, case) for case in cases for one in people if one not in able[case])
    task = task_of(cases, people, conflicts=conflicts, seed=7)
    assert set(assign(task).loads.values()) == {1}


def test_a_case_that_few_may_read_weighs_on_them() -> None:
    # r1 and r2 alone may read four of the cases: within 1 is out of reach, and 2, 2, 0, 0 is the evenest.
    conflicts = frozenset(product(["r3", "r4"], CASES))
    task = task_of(conflicts=conflicts)
    found = assign(task)
    assert found.loads == {"r1": 2, "r2": 2, "r3": 0, "r4": 0}
    assert certificate_holds(task, found)

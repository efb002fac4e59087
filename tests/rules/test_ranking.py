"""Places, ties and the cut, against counting who is better."""

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from craftsman.rules.ranking import Cut, Ranked, TieBreak, line, rank, shared_places


@dataclass(frozen=True)
class Entry:
    name: str
    composite: Fraction
    skill: int = 0
    ballot: int = 0


CHAIN = [
    TieBreak[Entry]("综合得分", lambda entry: entry.composite),
    TieBreak[Entry]("技能技艺水平", lambda entry: entry.skill),
    TieBreak[Entry]("评委会投票", lambda entry: entry.ballot),
]


def entry(name: str, composite: int, skill: int = 0, ballot: int = 0) -> Entry:
    return Entry(name, Fraction(composite, 3), skill, ballot)


def placed(entries: list[Entry]) -> set[tuple[int, Entry, str | None]]:
    return {(one.place, one.entry, one.decided_by) for one in rank(entries, chain=CHAIN)}


scores = st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 1))
fields = st.lists(scores, max_size=12).map(lambda rows: [entry(str(i), *row) for i, row in enumerate(rows)])


def test_places_skip_after_shared_place() -> None:
    ranked = rank([entry("d", 1), entry("b", 5), entry("a", 9), entry("c", 5)], chain=CHAIN)
    assert [(one.place, one.entry.name, one.decided_by) for one in ranked] == [
        (1, "a", None),
        (2, "b", "并列"),
        (2, "c", "并列"),
        (4, "d", "综合得分"),
    ]


def test_each_step_names_its_decision() -> None:
    ranked = rank([entry("a", 9, 2), entry("b", 9, 1, 1), entry("c", 9, 1), entry("d", 8)], chain=CHAIN)
    assert [one.decided_by for one in ranked] == [None, "技能技艺水平", "评委会投票", "综合得分"]


def test_thirds_are_never_level_by_rounding() -> None:
    close = [Entry("a", Fraction(26200, 3)), Entry("b", Fraction(873333, 100))]
    assert [(one.place, one.entry.name) for one in rank(close, chain=CHAIN)] == [(1, "a"), (2, "b")]


def test_nobody_to_rank_is_fine() -> None:
    assert rank([], chain=CHAIN) == []


@given(fields)
def test_place_counts_those_above(entries: list[Entry]) -> None:
    def key(one: Entry) -> tuple[Fraction, int, int]:
        return one.composite, one.skill, one.ballot

    counted = {one.name: 1 + sum(key(other) > key(one) for other in entries) for one in entries}
    assert {one.entry.name: one.place for one in rank(entries, chain=CHAIN)} == counted


@given(fields.flatmap(lambda entries: st.tuples(st.just(entries), st.permutations(entries))))
def test_order_of_candidates_changes_nothing(pair: tuple[list[Entry], list[Entry]]) -> None:
    assert placed(pair[0]) == placed(pair[1])


@given(fields)
def test_tied_means_sharing_a_place(entries: list[Entry]) -> None:
    ranked = rank(entries, chain=CHAIN)
    assert [one.tied for one in ranked] == [sum(two.place == one.place for two in ranked) > 1 for one in ranked]


def names(ranked: tuple[Ranked[Entry], ...]) -> str:
    return "".join(sorted(one.entry.name for one in ranked))


def cut_names(cut: Cut[Entry]) -> tuple[str, str, str, int]:
    return names(cut.in_), names(cut.tied), names(cut.out), cut.open_seats


def test_cut_leaves_straddling_tie_open() -> None:
    ranked = rank([entry("a", 9), entry("b", 5), entry("c", 5), entry("d", 1)], chain=CHAIN)
    assert [cut_names(line(ranked, seats)) for seats in range(6)] == [
        ("", "", "abcd", 0),
        ("a", "", "bcd", 0),
        ("a", "bc", "d", 1),
        ("abc", "", "d", 0),
        ("abcd", "", "", 0),
        ("abcd", "", "", 1),
    ]


def test_cut_counts_those_still_there() -> None:
    ranked = rank([entry("a", 9), entry("b", 5), entry("c", 1)], chain=CHAIN)
    assert cut_names(line(ranked[1:], 1)) == ("b", "", "c", 0)


@given(fields, st.integers(0, 14))
def test_cut_loses_nobody(entries: list[Entry], seats: int) -> None:
    cut = line(rank(entries, chain=CHAIN), seats)
    assert names(cut.in_ + cut.tied + cut.out) == names(tuple(rank(entries, chain=CHAIN)))
    assert len(cut.in_) + cut.open_seats == seats
    assert len({one.place for one in cut.tied}) == bool(cut.tied)
    assert not cut.tied or 0 < cut.open_seats < len(cut.tied)


def test_shared_places_run_from_top() -> None:
    ranked = rank([entry("a", 1), entry("b", 5), entry("c", 5)], chain=CHAIN)
    assert [names(group) for group in shared_places(ranked[::-1])] == ["bc", "a"]

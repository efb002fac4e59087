"""What changed between two results is counted by kind; all cases are made up."""

import pytest

from craftsman.rules.difference import Summary, moves, summary

Entry = dict[str, object]


def entry(number: str, **changes: object) -> Entry:
    return {"case_no": number, "outcome": "advance", "place": 1, "value": 9000, "tier": None, **changes}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([entry("a")], [entry("a")], Summary(0, 0, 0, 0, 0, 0)),
        ([], [entry("a"), entry("b", place=2)], Summary(2, 0, 0, 0, 0, 0)),
        ([entry("a"), entry("b")], [entry("b")], Summary(0, 1, 0, 0, 0, 0)),
        ([entry("a")], [entry("a", place=2, value=8950)], Summary(0, 0, 0, 1, 1, 0)),
        ([entry("a")], [entry("a", outcome="stop", place=None)], Summary(0, 0, 1, 1, 0, 0)),
        ([entry("a", tier="A")], [entry("a", tier="B")], Summary(0, 0, 0, 0, 0, 1)),
    ],
    ids=["nothing", "taken-in", "left-out", "place-and-value", "outcome", "tier"],
)
def test_moves_are_counted_by_kind(before: list[Entry], after: list[Entry], told: Summary) -> None:
    assert summary(moves(before, after)) == told

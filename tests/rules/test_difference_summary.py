"""What changed between two results is counted by kind, and found in what they rest on; all cases are made up."""

import pytest

from craftsman.rules.difference import Mark, Summary, changed_values, moves, summary

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


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": {"j": {"skill": 1}}}, {"a": {"j": {"skill": 2}}}, [(("a", "j", "skill"), 1, 2)]),
        ({"a": 1}, {"b": 1}, [(("a",), 1, Mark.ABSENT), (("b",), Mark.ABSENT, 1)]),
        # whoever is new in the middle of a list moves nobody else
        ([["a", "x"], ["c", "z"]], [["a", "x"], ["b", "y"], ["c", "z"]], [(("b",), Mark.ABSENT, "y")]),
        ([["a", "x", 1]], [["a", "y", 1]], [(("a", "1"), "x", "y")]),
        (["a", "c"], ["a", "b", "c"], [(("b",), Mark.ABSENT, Mark.PRESENT)]),
        (["a", "b"], ["b", "a"], [(("次序",), ["a", "b"], ["b", "a"])]),
        # papers of a ballot are no rows of their first names
        (
            [["a", "b"], ["b"]],
            [["a", "b"], ["a"]],
            [(("2", "b"), Mark.PRESENT, Mark.ABSENT), (("2", "a"), Mark.ABSENT, Mark.PRESENT)],
        ),
        ([1, 2], [1, 3], [(("2",), 2, 3)]),
        (1, [1], [((), 1, [1])]),
        ([], [], []),
    ],
)
def test_differences_lead_to_their_places(before: object, after: object, found: list[tuple[object, ...]]) -> None:
    assert [(one.path, one.before, one.after) for one in changed_values(before, after)] == found

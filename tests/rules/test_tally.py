"""Likes are taken in once, within their caps, and are worth an exact share of the most."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from craftsman.rules.tally import Cast, Key, Likes, admitted, unreconciled, worth

START = datetime(2025, 9, 1, tzinfo=UTC)
DAILY = "同一标识当天已点赞 {} 次，达到上限"
EACH = "同一标识已为该候选人点赞 {} 次，达到上限"


def cast(line: int, token: str, candidate: int, hour: int) -> Cast:
    at = START + timedelta(hours=hour)
    return Cast(line, token, candidate, at.date(), at)


# caps by day and candidate, lines as (token, candidate, hour), and what comes of them: candidates, repeats, refusals
CAPS: dict[str, tuple[dict[str, int], list[tuple[str, int, int]], list[int], int, Mapping[int, str]]] = {
    "one each day": ({}, [("a", 1, 0), ("a", 2, 1), ("a", 2, 24)], [1, 2], 0, {1: DAILY.format(1)}),
    "another voter": ({}, [("a", 1, 0), ("b", 1, 0)], [1, 1], 0, {}),
    "same candidate again": ({"daily_cap": 9}, [("a", 1, 0), ("a", 1, 5)], [1], 1, {}),
    "the earlier counts": ({}, [("a", 1, 9), ("a", 2, 3)], [2], 0, {0: DAILY.format(1)}),
    "a repeat takes no place": ({"daily_cap": 2}, [("a", 1, 0), ("a", 1, 1), ("a", 2, 2)], [1, 2], 1, {}),
    "one in all": (
        {"daily_cap": 9, "candidate_cap": 1},
        [("a", 1, 0), ("a", 1, 24), ("a", 2, 24)],
        [1, 2],
        0,
        {1: EACH.format(1)},
    ),
    "two in all": ({"candidate_cap": 2}, [("a", 1, 0), ("a", 1, 24), ("a", 1, 48)], [1, 1], 0, {2: EACH.format(2)}),
}


@pytest.mark.parametrize("case", CAPS.values(), ids=CAPS.keys())
def test_caps_are_kept(
    case: tuple[dict[str, int], list[tuple[str, int, int]], list[int], int, Mapping[int, str]],
) -> None:
    caps, lines, new, repeated, refused = case
    found = admitted([cast(line, *one) for line, one in enumerate(lines)], [], **{"daily_cap": 1, **caps})
    assert ([one.nomination_id for one in found.new], found.repeated, found.refused) == (new, repeated, refused)


def test_earlier_tables_fill_the_caps() -> None:
    there: list[Key] = [("a", 1, date(2025, 9, 1))]
    found = admitted([cast(2, "a", 1, 3), cast(3, "a", 2, 4), cast(4, "a", 2, 30)], there, daily_cap=1)
    assert ([one.line for one in found.new], found.repeated, found.refused) == ([4], 1, {3: DAILY.format(1)})


LINES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.integers(0, 72)), max_size=40)
CAPPED = st.fixed_dictionaries({"daily_cap": st.integers(1, 3), "candidate_cap": st.none() | st.integers(1, 3)})


@example([("a", 1, 0), ("a", 1, 24), ("a", 2, 24)], {"daily_cap": 1, "candidate_cap": 1})
@given(LINES, CAPPED)
def test_the_same_table_adds_nothing(lines: list[tuple[str, int, int]], caps: dict[str, int]) -> None:
    casts = [cast(line, *one) for line, one in enumerate(lines)]
    first = admitted(casts, [], **caps)
    again = admitted(casts, [one.key for one in first.new], **caps)
    # a line over both caps may be told of the other one now
    assert (again.new, again.refused.keys()) == ([], first.refused.keys())
    assert again.repeated == len(casts) - len(first.refused)


@given(LINES, CAPPED)
def test_every_line_is_accounted_for(lines: list[tuple[str, int, int]], caps: dict[str, int]) -> None:
    found = admitted([cast(line, *one) for line, one in enumerate(lines)], [], **caps)
    assert len(found.new) + found.repeated + len(found.refused) == len(lines)
    assert len({one.key for one in found.new}) == len(found.new)
    assert all(likes <= caps["daily_cap"] for likes in Counter((one.token, one.day) for one in found.new).values())


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 4)), max_size=30), CAPPED, st.randoms())
def test_order_of_lines_changes_nothing(lines: list[tuple[str, int]], caps: dict[str, int], chance: object) -> None:
    casts = [cast(line, *one, line * 3) for line, one in enumerate(lines)]
    mixed = list(casts)
    chance.shuffle(mixed)  # pyright: ignore[reportAttributeAccessIssue]
    assert admitted(mixed, [], **caps) == admitted(casts, [], **caps)


@pytest.mark.parametrize(
    ("likes", "values"),
    [
        ({}, {}),
        ({"a": Likes()}, {"a": Fraction(0)}),
        ({"a": Likes(3), "b": Likes(1), "c": Likes()}, {"a": 10_000, "b": Fraction(10_000, 3), "c": 0}),
        ({"a": Likes(9, 8), "b": Likes(2)}, {"a": 5000, "b": 10_000}),
        ({"a": Likes(4, 4), "b": Likes(1, 1)}, {"a": 0, "b": 0}),
    ],
)
def test_the_most_liked_have_100(likes: dict[str, Likes], values: dict[str, Fraction]) -> None:
    assert worth(likes) == values


COUNTS = st.dictionaries(st.text("ab", max_size=3), st.integers(0, 10**7).map(Likes), min_size=1)


@given(COUNTS, st.integers(1, 50))
def test_proportions_alone_matter(likes: dict[str, Likes], times: int) -> None:
    more = {number: Likes(one.cast * times) for number, one in likes.items()}
    assert worth(more) == worth(likes)


@given(COUNTS)
def test_worth_follows_the_likes(likes: dict[str, Likes]) -> None:
    found = worth(likes)
    assert max(found.values()) == (10_000 if any(one.cast for one in likes.values()) else 0)
    assert sorted(likes, key=lambda one: (likes[one].cast, one)) == sorted(likes, key=lambda one: (found[one], one))


@pytest.mark.parametrize(("taken", "void", "holds"), [(7, 2, True), (8, 2, False), (6, 2, False), (7, 1, False)])
def test_cast_is_counted_and_void(taken: int, void: int, holds: bool) -> None:
    told = unreconciled(taken, [Likes(4, 2), Likes(3)], void)
    wrong = f"点赞对不上账：入库 {taken}，计入 5，作废 2（作废记录 {void}）；请停止办理，由管理员核查数据库"
    assert told == ("" if holds else wrong)

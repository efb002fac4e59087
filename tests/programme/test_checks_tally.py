"""Likes are publicity or a tenth at most, carried once, by exactly their share."""

from fractions import Fraction
from pathlib import Path

import pytest

from craftsman.programme.load import load_programme
from tests.programme.city import RULES, edited, told

TALLY = '[[stages]]\nkey = "likes"\ntitle = "网络点赞"\nkind = "tally"\nshare = "{}"\n\n'
PLAN = RULES.replace("programme.toml", "rounds/2026.toml")
FIRST = '[[stages]]\nkey = "first"'
DATES = "likes = { opens = 2026-07-11T00:00:00+08:00, closes = 2026-07-13T00:00:00+08:00 }\n"


def with_tally(tmp_path: Path, share: str, carry: str) -> Path:
    """The city selection with a tally before its first scoring, weighed into the second as told."""
    return edited(
        tmp_path,
        (RULES, FIRST, TALLY.format(share) + FIRST),
        (RULES, "first = 40, second = 60", carry),
        (PLAN, "[dates]\n", "[dates]\n" + DATES),
    )


@pytest.mark.parametrize(
    ("share", "carry", "messages"),
    [
        (
            "11/100",
            "first = 40, second = 49, likes = 11",
            ["likes].share：点赞计入成绩的比例不得超过 10/100，现为 11%"],
        ),
        (
            "1/30",
            "first = 40, second = 57, likes = 3",
            [
                "likes].share：点赞计入成绩的比例应为整百分数，现为 1/30",
                "second].carry.likes：点赞环节的 share 为 10/3%，此处应与它相同，现为 3%",
            ],
        ),
        (
            "5/100",
            "first = 40, second = 50, likes = 10",
            ["second].carry.likes：点赞环节的 share 为 5%，此处应与它相同，现为 10%"],
        ),
        (
            "0/1",
            "first = 40, second = 55, likes = 5",
            ["second].carry.likes：点赞环节的 share 为 0%，此处应与它相同，现为 5%"],
        ),
        (
            "1/10",
            "first = 40, second = 60",
            ["likes].share：点赞占 10%，但后面没有评分环节在 carry 中写 likes"],
        ),
    ],
)
def test_broken_tallies_are_told(tmp_path: Path, share: str, carry: str, messages: list[str]) -> None:
    found = told(with_tally(tmp_path, share, carry))
    assert found == [f"{RULES}：stages[{message}" for message in messages]


def test_decimal_shares_are_refused(tmp_path: Path) -> None:
    found = told(with_tally(tmp_path, "0.1", "first = 40, second = 50, likes = 10"))
    assert found == [f'{RULES}：stages[likes].share：请写成分数文本，例如 "2/3"，不要写小数']


def test_likes_are_carried_once(tmp_path: Path) -> None:
    root = with_tally(tmp_path, "1/10", "first = 30, second = 60, likes = 10")
    rules = root / RULES
    rules.write_text(
        rules.read_text().replace('key = "first"\n', 'key = "first"\ncarry = { first = 90, likes = 10 }\n')
    )
    assert told(root) == [f"{RULES}：stages[second].carry.likes：点赞只能计入一个环节，first 已经计入"]


@pytest.mark.parametrize(
    ("share", "carry"), [("1/10", "first = 30, second = 60, likes = 10"), ("0/1", "first = 40, second = 60")]
)
def test_whole_tallies_are_loaded(tmp_path: Path, share: str, carry: str) -> None:
    stage = load_programme("city-craftsman", 2026, root=with_tally(tmp_path, share, carry)).stage("likes")
    assert (stage.kind, getattr(stage, "share", None)) == ("tally", Fraction(share))

"""Classes of people are derived from post and unit; nobody types 一线 (docs/domain 10, no. 1)."""

from typing import Any

import pytest

from craftsman.programme.load import load_programme
from craftsman.rules.classes import classes_of

RULES = load_programme("hebei-great-craftsman", 2026).rules.classes
WORKER: dict[str, Any] = {
    "sex": "1",
    "ethnicity": "01",
    "position": "1",
    "unit_level": "6",
    "admin_rank": "0",
    "unit_nature": "05",
    "industry": "99",
    "worker_classes": ["industrial"],
}
CASES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "team leader of a firm": ({}, {"front_line", "industrial"}),
    "middle manager": ({"position": "2"}, {"industrial"}),
    "head who calls himself a worker": ({"position": "3"}, {"unit_head"}),
    "head of a state firm": ({"position": "3", "unit_nature": "01"}, {"unit_head", "state_head"}),
    "central firm of the second level": ({"unit_level": "2"}, {"industrial"}),
    "central firm of the third level": ({"unit_level": "3"}, {"front_line", "industrial"}),
    "section chief of an institution": (
        {"unit_level": "8", "admin_rank": "1", "unit_nature": "09"},
        {"front_line", "industrial", "organ_staff"},
    ),
    "county bureau head called a technician": (
        {"unit_level": "7", "admin_rank": "2", "unit_nature": "08", "position": "0"},
        {"industrial", "organ_staff"},
    ),
    "woman of a minority from the land": (
        {"sex": "2", "ethnicity": "11", "worker_classes": ["industrial", "migrant"]},
        {"front_line", "industrial", "migrant", "women", "minority"},
    ),
    "private firm of a leading industry": (
        {"unit_nature": "04", "industry": "3"},
        {"front_line", "industrial", "non_public", "leading_industry"},
    ),
    "no such column": ({"unit_level": None, "worker_classes": None}, set()),
}


@pytest.mark.parametrize("case", CASES)
def test_classes_follow_post_and_unit(case: str) -> None:
    """One person may be of several classes, and a title of one's own choice makes none."""
    changes, wanted = CASES[case]
    assert classes_of(WORKER | changes, RULES) == wanted

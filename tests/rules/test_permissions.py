"""The table of permissions is whole: what is asked stands in it, and what stands in it is asked."""

import re
from pathlib import Path

import pytest

import craftsman
from craftsman.rules.access import LIMITS
from craftsman.rules.permissions import PERMISSIONS, PUBLIC, allowed
from models import Role

SOURCES = sorted(Path(str(craftsman.__file__)).parent.rglob("*.py"))
ASKED = re.compile(r'\b(?:must|may|allowed)\(\s*((?:"[a-z_.]+"|[^"(),]+)+)')
# constants that acts are asked by, as in READS = "nomination.read"
NAMED = re.compile(r'^READS = "([a-z_]+\.[a-z_]+)"', re.MULTILINE)
FURTHER = re.compile(r'must\(\s*"([a-z_.]+)",([^)]*)')
ACT = re.compile(r'"([a-z_]+\.[a-z_]+)"')


def asked() -> set[str]:
    found: set[str] = set()
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        found |= {act for call in ASKED.findall(text) for act in ACT.findall(call)} | set(NAMED.findall(text))
    return found


def test_all_that_is_asked_is_known() -> None:
    assert asked() - PERMISSIONS.keys() - PUBLIC == set()


def test_all_that_is_known_is_asked() -> None:
    assert (PERMISSIONS.keys() | PUBLIC) - asked() == set()


def test_limited_acts_ask_with_relation_or_phase() -> None:
    text = "".join(source.read_text(encoding="utf-8") for source in SOURCES)
    told = {act for act, rest in FURTHER.findall(text) if "relation=" in rest or "phase=" in rest}
    # these tell of many objects at once, and filter or list what is not theirs themselves
    assert LIMITS.keys() - told == {"appeal.read", "document.release", "paper.hand_in"}


def test_no_act_is_both_public_and_granted() -> None:
    assert PERMISSIONS.keys() & PUBLIC == set()


def test_roles_of_the_table_exist() -> None:
    assert {role for roles in PERMISSIONS.values() for role in roles} - {"service"} <= {*Role}


@pytest.mark.parametrize(
    ("act", "roles", "may"),
    [
        ("objection.file", (), True),
        ("lead.file", ("expert",), True),
        ("award.revoke", ("staff",), False),
        ("amendment.confirm", ("verifier",), True),
        ("review.reassign", ("staff",), True),
        ("review.reassign", ("expert",), False),
        ("no.such_act", ("admin",), False),
    ],
)
def test_unknown_acts_are_nobodys(act: str, roles: tuple[str, ...], may: bool) -> None:
    assert allowed(act, roles) == may

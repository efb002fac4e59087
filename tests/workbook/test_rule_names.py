"""Every rule of a workbook's cells has a name that people can read."""

import re
from pathlib import Path

import craftsman
from craftsman.workbook.rule_names import RULE_NAMES

HOME = Path(str(craftsman.__file__)).parent
SOURCES = sorted([*(HOME / "workbook").glob("*.py"), *(HOME / "actions").glob("intake*.py")])
GIVEN = re.compile(
    r'(?:Wrong|Note|Fault)\("([a-z_]+)"|_identifier_text\(cell, "([a-z_]+)"|problem\([\w.]*"?\w+"?, "([a-z_]+)"'
)


def test_rules_given_are_rules_named() -> None:
    found = [GIVEN.findall(source.read_text(encoding="utf-8")) for source in SOURCES]
    assert {key for keys in found for one in keys for key in one if key} == RULE_NAMES.keys()

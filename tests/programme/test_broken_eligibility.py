"""Rules that look at what the selection does not have are refused when it is loaded, not at the screening."""

from pathlib import Path

import pytest

from tests.programme.city import RULES, edited, told

RULE = '{ kind = "skill_level", least = "3" }'
CONGRESS_COLUMNS = (
    "stages[screen].rules[staff_congress]：须用到汇总表的列 congress_due、congress_present、congress_agree，"
    "请在申报环节的 columns 中列出"
)
BROKEN: dict[str, tuple[str, list[str]]] = {
    "column left out": (
        '{ kind = "staff_congress" }',
        [CONGRESS_COLUMNS],
    ),
    "unknown class": (
        '{ kind = "of_class", of = "front_line" }',
        ["stages[screen].rules[of_class]：没有人员类别 front_line"],
    ),
    "unknown paper": (
        '{ kind = "papers", required = ["photo"] }',
        ["stages[screen].rules[papers]：申报环节没有材料 photo"],
    ),
    "unknown tier to rise to": (
        '{ kind = "may_only_rise", tiers = ["city"], to = "moon" }',
        ["stages[screen].rules[may_only_rise].to：没有等次 moon"],
    ),
    "quorum above the whole": (
        '{ kind = "staff_congress", quorum = "3/2", majority = "1/1" }',
        [
            CONGRESS_COLUMNS,
            "stages[screen].rules[staff_congress].quorum：不能大于 1",
            "stages[screen].rules[staff_congress].majority：须小于 1（同意人数要超过它）",
        ],
    ),
    "level not in the list": (
        '{ kind = "skill_level", least = "9" }',
        ["stages[screen].rules[skill_level].least：代码表 skill_level 中没有 9"],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_rules_beyond_the_selection_are_refused(tmp_path: Path, case: str) -> None:
    """Each fault names the rule and what it lacks."""
    rule, messages = BROKEN[case]
    assert told(edited(tmp_path, (RULES, RULE, rule))) == [f"{RULES}：{message}" for message in messages]


def test_classes_speak_of_known_codes(tmp_path: Path) -> None:
    """A class of an unknown column or code is refused."""
    broken = '[[classes]]\nkey = "x"\ntitle = "甲"\nwhen = [{ position = ["7"], phone = ["1"] }]\n\n'
    classes = f'{broken}[[stages]]\nkey = "intake"'
    assert told(edited(tmp_path, (RULES, '[[stages]]\nkey = "intake"', classes))) == [
        f"{RULES}：classes[x].when.position：代码表中没有 7",
        f"{RULES}：classes[x].when.phone：不能按这一列推定人员类别",
    ]

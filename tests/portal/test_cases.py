"""A case as judges read it: words for codes and lists, days in Chinese form; the person is fictitious."""

from craftsman.actions.sheets import PublicCase
from craftsman.portal.cases import case_lines
from craftsman.programme.load import load_programme

DETAILS = {
    "worker_classes": ["industrial", "migrant"],
    "unit_negative": [],
    "unit_notice_start": "2026-04-06",
    "employed": True,
    "years_in_trade": 39,
}
CASE = PublicCase("2026-baoding-0001", "甄范例", "1", "1968-04", "虚构重工有限公司", "钳工", "", "", DETAILS)


def test_judges_read_words_alone() -> None:
    programme = load_programme("hebei-great-craftsman", 2026)
    told = {line.title: line.value for line in case_lines(CASE, programme)}
    assert told == {
        "出生年月": "1968年4月",
        "性别": "男",
        "工作单位全称": "虚构重工有限公司",
        "岗位（工种）": "钳工",
        "从事本工种年限": "39",
        "单位公示开始": "2026年4月6日",
        "是否在职": "是",
        "人员类别": "产业工人、农民工",
        "单位负面清单情形": "无",
    }

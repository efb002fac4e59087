"""Many accounts by one workbook: each row with what is wrong, all or none, few statements; people are fictitious."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from craftsman.actions.bulk_accounts import (
    add_people,
    blank_for_people,
    grant_people,
    read_people,
    rows_to_add,
    rows_to_grant,
)
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid
from craftsman.workbook.people import MOST, PEOPLE
from craftsman.workbook.tables import Line
from tests.actions.judging import counted_statements
from tests.actions.three import appoint, do
from tests.factories import make_round


def lines(*rows: str) -> list[Line]:
    """Rows of a table: login, name, mail, reporting unit, roles."""
    return read_people("\n".join(["账号,姓名,邮箱,推荐单位,身份", *rows]).encode(), "名单.csv")


def many(count: int, prefix: str) -> list[Line]:
    return lines(*(f"{prefix}{n},某,{prefix}{n}@example.org,,评审专家" for n in range(count)))


ROWS: dict[str, list[str]] = {
    "li1,李某,li1@example.org,唐山市总工会,推荐单位经办人、expert": [],
    "李,李某,li@example.org,,": ["账号“李”不合规：以小写字母开头，只用小写字母、数字和 . _ -，不超过 60 个字符"],
    "li3,李某,li3,无,国王": [
        "账号“li3”的邮箱地址不正确，应形如 name@example.org，且只有一个地址",
        "账号“li3”所属推荐单位“无”不在名录中，请核对",
        "没有“国王”这种身份",
    ],
    "li4,李某,li4@example.org,,推荐单位经办人": ["推荐单位经办人须填写所属推荐单位"],
    "li5,,,无,": ["“姓名”：不能为空", "“邮箱”：不能为空", "账号“li5”所属推荐单位“无”不在名录中，请核对"],
    "admin,别人,admin@example.org,,": ["账号“admin”已存在，姓名或邮箱与此不同；请换一个账号名，或先更正该账号"],
}


def test_each_row_tells_what_is_wrong(place: Workplace) -> None:
    appoint(place)
    make_round(place)
    found = do(place, "admin", lambda session, act: rows_to_add(session, act, lines(*ROWS), round_id=None))
    assert [row.problems for row in found] == list(ROWS.values())


def test_one_wrong_row_stops_all(place: Workplace) -> None:
    appoint(place)
    rows = lines("li,李某,li@example.org,,", "wang,王某,nowhere,,")
    with pytest.raises(Invalid) as refused:
        do(place, "admin", lambda session, act: add_people(session, act, rows, round_id=None))
    assert refused.value.details == ("第 3 行：账号“wang”的邮箱地址不正确，应形如 name@example.org，且只有一个地址",)


def test_roles_are_checked_row_by_row(place: Workplace) -> None:
    appoint(place)
    rows = lines(
        "security,security某,security@example.org,,审计员",
        "admin,admin某,admin@example.org,,工作人员",
        "auditor,auditor某,auditor@example.org,,审计员",
        "nobody,某,n@example.org,,工作人员",
    )
    found = do(place, "security", lambda session, act: rows_to_grant(session, act, rows, round_id=None))
    assert [row.problems[0] if row.problems else row.fresh for row in found] == [
        "不能给自己授权，须由其他人员办理",
        "身份不能兼任：admin：系统管理员与工作人员",
        False,
        "没有可用的账号“nobody”，请系统管理员先添加",
    ]
    with pytest.raises(Forbidden):
        do(place, "admin", lambda session, act: rows_to_grant(session, act, rows, round_id=None))


def test_many_rows_take_constant_statements(place: Workplace) -> None:
    appoint(place)
    taken: list[int] = []
    for rows in (many(2, "a"), many(40, "b")):
        with counted_statements(place) as statements:
            do(place, "admin", lambda session, act, rows=rows: add_people(session, act, rows, round_id=None))
            do(place, "security", lambda session, act, rows=rows: grant_people(session, act, rows, round_id=None))
        taken.append(len(statements))
    assert taken[0] == taken[1]


def test_blank_has_the_columns_that_are_read(place: Workplace) -> None:
    appoint(place)
    blank = do(place, "admin", blank_for_people)
    heading = load_workbook(BytesIO(blank)).worksheets[0][1]
    assert [cell.value for cell in heading] == list(PEOPLE)
    with pytest.raises(Invalid, match="没有数据"):
        read_people(blank, "名单.xlsx")
    with pytest.raises(Invalid, match="一次最多 300 个账号"):
        many(MOST + 1, "a")

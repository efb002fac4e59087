"""The workbook of people who are to have accounts: its columns, and the blank that is filled in."""

from collections.abc import Mapping, Sequence

from craftsman.workbook.blank_table import Column, blank_table
from craftsman.workbook.tables import Heading, several

MOST = 300
PEOPLE: Mapping[str, Heading] = {
    "账号": Heading("login"),
    "姓名": Heading("name"),
    "邮箱": Heading("email"),
    "工作单位": Heading("unit", needed=False),
    "统一社会信用代码": Heading("uscc", needed=False),
    "推荐单位": Heading("organisation", needed=False),
    "产业代码": Heading("disciplines", several, needed=False),
    "身份": Heading("roles", several, needed=False),
}


def blank_people(roles: Sequence[str], units: Sequence[str]) -> bytes:
    """The empty workbook, which offers the names of these roles and reporting units."""
    hints = {
        "账号": Column("以小写字母开头，只用小写字母、数字和 . _ -", 16),
        "姓名": Column("真实姓名，函件和签批按它署名", 12),
        "邮箱": Column("设置密码的邀请函发到这里", 28),
        "工作单位": Column("用于推定回避，评审人员应填", 28),
        "统一社会信用代码": Column("工作单位的代码，用于推定回避", 24),
        "推荐单位": Column("推荐单位经办人必填：所属推荐单位的名称或代码", 24, units),
        "产业代码": Column("评审专家擅长的产业，几个用、隔开", 16),
        "身份": Column("几个用、隔开；由安全保密管理员提出，审计员确认", 22, roles),
    }
    return blank_table("账号", {title: (hints[title], PEOPLE[title].needed) for title in PEOPLE}, rows=MOST)

"""Makers of rows and files for the workbook tests; all people are fictitious."""

import csv
from datetime import date
from functools import cache
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.workbook.check import CellProblem, Checked, check_rows
from craftsman.workbook.columns import COLUMNS
from craftsman.workbook.read import Sheet, read_workbook
from craftsman.workbook.template import filled_workbook

MALE_ID = "130102198505159919"
OTHER_MALE_ID = "130102198505159935"
FEMALE_ID = "130102198505159927"


@cache
def make_programme() -> Programme:
    return load_programme("hebei-great-craftsman", 2026)


def make_row(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "serial": 1,
        "name": "李示例",
        "sex": "男",
        "ethnicity": "汉族",
        "id_number": MALE_ID,
        "political": "群众",
        "education": "大学专科",
        "unit": "石家庄虚构机械有限公司",
        "uscc": "91350100M000100Y43",
        "unit_nature": "私营企业",
        "region": "130102",
        "reporting_unit": "石家庄市总工会",
        "channel": "工会寻",
        "post": "焊工",
        "position": "班组长",
        "skill_level": "高级技师",
        "years_in_trade": 18,
        "union_member": "是",
        "industry": "高端装备制造",
        "cluster": "",
        "rank": 1,
        "unit_notice_start": date(2025, 9, 8),
        "unit_notice_end": date(2025, 9, 16),
        "phone": "13900001234",
        "deeds": "长期从事焊接工作，攻克薄板焊接变形难题。",
        "honours": "",
        "seat": "正选",
        "employed": "是",
        "unit_level": "其他企业",
        "admin_rank": "无",
        "worker_classes": "产业工人",
        "achievement": "",
        "certificate_no": "",
        "congress_date": date(2025, 9, 4),
        "congress_due": 90,
        "congress_present": 81,
        "congress_agree": 80,
        "opinion_date": date(2025, 9, 18),
        "unit_negative": "",
        "person_negative": "",
        "consulted": "公安",
        "postcode": "",
    }
    return row | changes


def make_book(*rows: dict[str, object]) -> bytes:
    return filled_workbook(make_programme(), rows or [make_row()])


def make_sheet(*rows: dict[str, object]) -> Sheet:
    return read_workbook(make_book(*rows), "推荐汇总表.xlsx")


def make_checked(*rows: dict[str, object]) -> Checked:
    return check_rows(make_sheet(*rows), make_programme())


def make_grid_book(grid: list[list[object]], title: str = "推荐汇总表") -> bytes:
    """A plain workbook, not made by the template."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for line in grid:
        sheet.append(line)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def make_grid(*rows: dict[str, object]) -> list[list[object]]:
    return [[column.title for column in COLUMNS], *([row[column.key] for column in COLUMNS] for row in rows)]


def make_csv(*rows: dict[str, object], encoding: str = "utf-8-sig") -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(make_grid(*rows))
    return text.getvalue().encode(encoding)


def make_zip(**parts: bytes) -> bytes:
    """A zip with parts named by path, `/` written as `__`, compressed."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name.replace("__", "/") + ".xml", data)
    return buffer.getvalue()


WRONG_ROWS = (
    make_row(serial=1, sex="女"),
    make_row(serial=2, id_number=OTHER_MALE_ID, education="=1+1", phone="1390000"),
)


def problems_of(content: bytes, name: str) -> tuple[CellProblem, ...]:
    """What is wrong in a file."""
    return check_rows(read_workbook(content, name), make_programme()).problems


def marked(book: Workbook, sheet: str = "推荐汇总表") -> dict[str, str]:
    """Address -> comment of every red cell below the header."""
    return {
        cell.coordinate: cell.comment.text if cell.comment else ""
        for line in book[sheet].iter_rows(min_row=2)
        for cell in line
        if str(cell.fill.fgColor.rgb)[2:] == "FFC7CE"
    }

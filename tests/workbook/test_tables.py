"""Reference lists come as tables of Excel or CSV; what cannot be read is told cell by cell."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from craftsman.errors import Invalid
from craftsman.workbook.tables import read_list


def table(*rows: tuple[object, ...], sheets: int = 1) -> bytes:
    """A workbook with these rows in its first sheet."""
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    for _ in range(sheets - 1):
        book.create_sheet().append(["多余"])
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


CLUSTERS = ("代码", "名称", "县区代码", "产业代码")


def test_clusters_are_read_as_entries() -> None:
    """A code that Excel made a number is the same code."""
    content = table(CLUSTERS, ("130109-1", "甲集群", 130109, 2.0), (None, None, None, None))
    wanted = [{"code": "130109-1", "name": "甲集群", "region": "130109", "industry": "2"}]
    assert read_list(content, "c.xlsx", "clusters") == wanted


def test_code_list_is_read_as_names() -> None:
    """A code list of a CSV file maps codes to names."""
    assert read_list("代码,名称\n1,男\n2,女\n".encode("gb18030"), "s.csv", "codes.sex") == {"1": "男", "2": "女"}


def test_reporting_unit_holds_several_regions() -> None:
    """Regions of one cell are told apart by any usual mark."""
    content = table(
        ("代码", "名称", "简称", "类别", "行政区划代码", "邮箱"),
        ("a", "甲市总工会", "甲市", "city", "130102、130104，130105", "a@example.org"),
    )
    found = read_list(content, "u.xlsx", "reporting_units")
    assert isinstance(found, list)
    assert found[0]["regions"] == ["130102", "130104", "130105"]


BAD: dict[str, tuple[bytes, str, str, str]] = {
    "unknown list": (
        table(("代码", "名称")),
        "x.xlsx",
        "stars",
        "没有名为“stars”的名录；可载入：regions、groups、industries",
    ),
    "unknown column": (table(("代码", "名称", "颜色")), "x.xlsx", "regions", "没有这样的列：“颜色”"),
    "missing column": (table(("代码",)), "x.xlsx", "regions", "缺少列：“名称”"),
    "repeated column": (table(("代码", "名称", "名称")), "x.xlsx", "regions", "重复的列：“名称”"),
    "no rows": (table(("代码", "名称")), "x.xlsx", "regions", "x.xlsx 中没有数据，请从第 2 行起填写"),
    "empty cell": (table(("代码", "名称"), ("1", None)), "x.xlsx", "regions", "第 2 行“名称”：不能为空"),
    "fraction": (table(("代码", "名称"), (1.5, "半")), "x.xlsx", "regions", "第 2 行“代码”：应为文本或整数"),
    "truth": (
        table(("代码", "名称", "主导产业"), ("1", "甲", "真")),
        "x.xlsx",
        "industries",
        "第 2 行“主导产业”：应填“是”或“否”",
    ),
    "year": (
        table(("年度", "等次", "姓名", "工作单位"), ("去年", "great", "某", "厂")),
        "x.xlsx",
        "past_winners",
        "第 2 行“年度”：应为整数",
    ),
    "twice": (
        table(("代码", "名称"), ("1", "甲"), ("1", "乙")),
        "x.xlsx",
        "regions",
        "x.xlsx 中有重复的代码：1；每个代码只能出现一次",
    ),
    "two sheets": (table(("代码", "名称"), sheets=2), "x.xlsx", "regions", "x.xlsx 应只有一张工作表，现有 2 张"),
    "no workbook": (b"hello", "x.xlsx", "regions", "文件内容不是 .xlsx 工作簿（可能只改了扩展名）"),
    "old format": (b"x", "x.xls", "regions", "不接收旧版 .xls 文件"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_tables_are_refused(case: str) -> None:
    """The refusal names the row and the column, or what to do with the file."""
    content, file_name, name, wanted = BAD[case]
    with pytest.raises(Invalid) as refused:
        read_list(content, file_name, name)
    assert wanted in str(refused.value)

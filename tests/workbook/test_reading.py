from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from craftsman.errors import Invalid
from craftsman.workbook.columns import COLUMNS
from craftsman.workbook.package import safe_package
from craftsman.workbook.read import read_workbook, sheet_of
from tests.workbook.making import MALE_ID, make_book, make_csv, make_grid, make_grid_book, make_row, make_zip

SAVE_AS = "请在 Excel 或 WPS 中打开后“另存为”Excel 工作簿（.xlsx），再上传"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TITLES: list[object] = [column.title for column in COLUMNS]
ROW = make_grid(make_row())[1]


def with_version(version: int) -> bytes:
    book = load_workbook(BytesIO(make_book()))
    book["版本"]["B1"] = version
    return saved(book)


def with_far_cell() -> bytes:
    book = load_workbook(BytesIO(make_book()))
    book.worksheets[0]["XFD1048576"] = "x"
    return saved(book)


def with_two_other_sheets() -> bytes:
    book = load_workbook(BytesIO(make_grid_book([TITLES, ROW], title="甲")))
    book.create_sheet("乙")
    return saved(book)


def with_entity() -> bytes:
    return repacked("xl/workbook.xml", b"<workbook", b'<!DOCTYPE a [<!ENTITY b "c">]><workbook')


def with_nameless_cells() -> bytes:
    return repacked("xl/worksheets/sheet1.xml", b'<c r="A2"', b"<c")


def with_disguised_cell() -> bytes:
    return repacked("xl/worksheets/sheet1.xml", b'<c r="A2"', b"<c s=' r=\"A2\"' r='XFD1048576'")


def repacked(name: str, old: bytes, new: bytes) -> bytes:
    """The right workbook with something replaced in one part."""
    buffer = BytesIO()
    with ZipFile(BytesIO(make_book())) as source, ZipFile(buffer, "w", ZIP_DEFLATED) as target:
        for part in source.namelist():
            data = source.read(part)
            target.writestr(part, data.replace(old, new) if part == name else data)
    return buffer.getvalue()


def saved(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


FILES: list[tuple[str, bytes, str, str]] = [
    ("empty file", b"", "a.xlsx", "文件是空的（0 字节），请重新选择文件"),
    ("empty csv", b"", "a.csv", "文件是空的（0 字节），请重新选择文件"),
    ("no extension", make_book(), "推荐汇总表", "只接收 .xlsx 或 .csv 文件，请用系统下载的模板填写后上传"),
    ("word", b"x", "a.docx", "只接收 .xlsx 或 .csv 文件，请用系统下载的模板填写后上传"),
    ("old name", OLE, "a.XLS", "不接收旧版 .xls 文件，请在 Excel 或 WPS 中“另存为”Excel 工作簿（.xlsx），再上传"),
    ("old format", OLE + bytes(600), "a.xlsx", f"这是旧版 Excel 97-2003（.xls）格式，{SAVE_AS}"),
    (
        "locked",
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "a.xlsx",
        "文件设有打开密码，无法读取，请取消密码后再上传",
    ),
    ("renamed", b"<html></html>", "a.xlsx", f"文件内容不是 .xlsx 工作簿（可能只改了扩展名），{SAVE_AS}"),
    (
        "word renamed",
        make_zip(word__document=b"x"),
        "a.xlsx",
        f"这不是 Excel 工作簿（可能是其他文件改了扩展名），{SAVE_AS}",
    ),
    ("cut short", make_book()[:9000], "a.xlsx", f"文件已损坏，无法打开；{SAVE_AS}"),
    (
        "not really",
        make_zip(xl__workbook=b"<x/>"),
        "a.xlsx",
        "工作簿内容已损坏，无法读取，请在 Excel 或 WPS 中打开并另存后再上传",
    ),
    (
        "bomb",
        make_zip(xl__workbook=b"<x/>", xl__bomb=bytes(20 * 1024 * 1024)),
        "a.xlsx",
        "文件解压后体积异常（约 20 MB），已拒绝读取；请把数据复制到空白模板后再上传",
    ),
    ("entity", with_entity(), "a.xlsx", f"文件的“xl/workbook.xml”部分含有不允许的实体声明，{SAVE_AS}"),
    ("far cell", with_far_cell(), "a.xlsx", "表格右侧或下方很远处有格式或内容，请把数据复制到空白模板后再上传"),
    ("nameless", with_nameless_cells(), "a.xlsx", f"工作表的单元格缺少位置信息，无法可靠读取，{SAVE_AS}"),
    ("disguised cell", with_disguised_cell(), "a.xlsx", f"工作表的单元格缺少位置信息，无法可靠读取，{SAVE_AS}"),
    (
        "old template",
        with_version(0),
        "a.xlsx",
        "模板版本不符（现用第 2 版），请重新下载空白模板，把数据复制过去再上传",
    ),
    (
        "other sheets",
        with_two_other_sheets(),
        "a.xlsx",
        "工作簿中没有名为“推荐汇总表”的工作表，请勿改动模板的工作表名称",
    ),
    (
        "disguised",
        make_book(),
        "a.csv",
        "文件内容是 Excel 工作簿，扩展名却是 .csv，请改回原扩展名或另存为 .xlsx 后上传",
    ),
    (
        "utf-16",
        make_csv(make_row(), encoding="utf-16"),
        "a.csv",
        "CSV 文件须为 UTF-8 或 GB18030 编码，请用“CSV UTF-8（逗号分隔）”另存",
    ),
    (
        "broken bytes",
        b"\x81\xff\xff",
        "a.csv",
        "CSV 文件须为 UTF-8 或 GB18030 编码，请用“CSV UTF-8（逗号分隔）”另存",
    ),
    (
        "open quote",
        b'"a\n',
        "a.csv",
        "CSV 文件格式有误（引号不配对或单元格过长），请改用 .xlsx 模板填写",
    ),
]

GRIDS: list[tuple[str, list[list[object]], str]] = [
    ("nothing", [], "第 1 行应为表头，但它是空的，请用系统下载的空白模板填写"),
    ("title above", [[""], TITLES, ROW], "第 1 行应为表头，但它是空的，请用系统下载的空白模板填写"),
    ("no rows", [TITLES], "表中没有数据，请从第 2 行起填写后再上传"),
    ("spaces only", [TITLES, [" "] * len(TITLES)], "表中没有数据，请从第 2 行起填写后再上传"),
    ("too many", [TITLES, ROW, ROW, ROW], "表中有 3 行数据，超过上限 2 行，请拆成几个文件上传"),
    ("late start", [TITLES, [None] * len(TITLES), ROW], "第 2 行是空行，请从第 2 行起连续填写"),
    (
        "gap",
        [TITLES, ROW, [None] * len(TITLES), [""] * len(TITLES), ROW],
        "第 3 行是空行，而第 5 行还有内容，请删除中间的空行",
    ),
    (
        "unknown",
        [[*TITLES, "备注"], [*ROW, ""]],
        "表头有模板中没有的列：“备注”；请删除这些列或改正列名",
    ),
    ("twice", [[*TITLES, "姓名"], [*ROW, ""]], "表头有重复的列：“姓名”；每列只能出现一次"),
    (
        "missing",
        [[title for title in TITLES if title not in {"姓名", "手机"}], ROW[: len(TITLES) - 2]],
        "表头缺少必填的列：“姓名”、“手机”；请用系统下载的空白模板填写",
    ),
    (
        "most missing",
        [["姓名"], ["李示例"]],
        "表头缺少必填的列：“性别”、“民族”、“身份证号”、“政治面貌”、“学历”等 22 列；请用系统下载的空白模板填写",
    ),
    (
        "untitled",
        [[*TITLES, None], [*ROW, "另附"]],
        "第 2 行第 43 列有内容，但该列没有表头，请移到正确的列或删除",
    ),
]


@pytest.mark.parametrize(("content", "name", "reason"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_bad_file_tells_its_remedy(content: bytes, name: str, reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_workbook(content, name)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(("grid", "reason"), [case[1:] for case in GRIDS], ids=[case[0] for case in GRIDS])
def test_bad_layout_tells_its_remedy(grid: list[list[object]], reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        sheet_of(grid, max_rows=2)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_encodings_read_alike(encoding: str) -> None:
    sheet = read_workbook(make_csv(make_row(name="李喆"), encoding=encoding), "a.csv")
    assert [(row.number, row.cells["name"]) for row in sheet.rows] == [(2, "李喆")]


def test_rows_keep_excel_numbers() -> None:
    sheet = read_workbook(make_csv(make_row(deeds="第一行\n第二行"), make_row(name="王示例")), "a.csv")
    assert [row.number for row in sheet.rows] == [2, 3]


def test_header_tolerates_layout_marks() -> None:
    grid = make_grid(make_row())
    grid[0][1], grid[0][13] = "姓 名*", "岗位(工种)"
    assert sheet_of(grid, max_rows=1).header == tuple(column.key for column in COLUMNS)


def test_columns_may_change_places() -> None:
    grid = [line[::-1] for line in make_grid(make_row())]
    assert sheet_of(grid, max_rows=1).rows[0].cells["id_number"] == MALE_ID


def test_only_visible_sheet_is_taken() -> None:
    assert len(read_workbook(make_grid_book([TITLES, ROW], title="Sheet1"), "a.xlsx").rows) == 1


def test_package_holds_the_same_parts() -> None:
    content = make_book()
    with ZipFile(BytesIO(content)) as before, ZipFile(BytesIO(safe_package(content))) as after:
        assert {name: after.read(name) for name in after.namelist()} == {
            name: before.read(name) for name in before.namelist()
        }

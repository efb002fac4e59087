"""Files that are refused whole, each with the very message that the reporter reads."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook, load_workbook

from craftsman.workbook.columns import COLUMNS
from tests.workbook.making import make_book, make_csv, make_grid, make_grid_book, make_row, make_zip

SAVE_AS = "请在 Excel 或 WPS 中打开后“另存为”Excel 工作簿（.xlsx），再上传"
TEMPLATE = "请用系统下载的空白模板填写"
CSV_CODING = "CSV 文件须为 UTF-8 或 GB18030 编码，请用“CSV UTF-8（逗号分隔）”另存"
CSV_DAMAGED = "CSV 文件格式有误（引号不配对或单元格过长），请改用 .xlsx 模板填写"
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


def with_many_merges() -> bytes:
    book = load_workbook(BytesIO(make_book()))
    for row in range(2, 103):
        book.worksheets[0].merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
    return saved(book)


def separated(sign: str) -> bytes:
    """A table that another program saved, with something else than commas."""
    return make_csv(make_row()).decode("utf-8-sig").replace(",", sign).encode()


# what takes long to make is made where it is needed, not wherever tests are gathered
FILES: list[tuple[str, bytes | Callable[[], bytes], str, str]] = [
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
        lambda: make_zip(xl__workbook=b"<x/>", xl__bomb=bytes(20 * 1024 * 1024)),
        "a.xlsx",
        "文件解压后体积异常（约 20 MB），已拒绝读取；请把数据复制到空白模板后再上传",
    ),
    ("entity", with_entity, "a.xlsx", f"文件的“xl/workbook.xml”部分含有不允许的实体声明，{SAVE_AS}"),
    ("far cell", with_far_cell, "a.xlsx", "表格右侧或下方很远处有格式或内容，请把数据复制到空白模板后再上传"),
    ("nameless", with_nameless_cells, "a.xlsx", f"工作表的单元格缺少位置信息，无法可靠读取，{SAVE_AS}"),
    ("disguised cell", with_disguised_cell, "a.xlsx", f"工作表的单元格缺少位置信息，无法可靠读取，{SAVE_AS}"),
    (
        "old template",
        partial(with_version, 0),
        "a.xlsx",
        "模板版本不符（现用第 2 版），请重新下载空白模板，把数据复制过去再上传",
    ),
    (
        "other sheets",
        with_two_other_sheets,
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
        CSV_CODING,
    ),
    (
        "broken bytes",
        b"\x81\xff\xff",
        "a.csv",
        CSV_CODING,
    ),
    (
        "open quote",
        b'"a\n',
        "a.csv",
        CSV_DAMAGED,
    ),
    (
        "html as csv",
        b"<html><table>",
        "a.csv",
        "文件内容是网页，不是 CSV，请在 Excel 或 WPS 中打开后“另存为”Excel 工作簿（.xlsx），再上传",
    ),
    ("nul in csv", make_csv(make_row(name="李\0")), "a.csv", CSV_CODING),
    ("surrogate in csv", make_csv(make_row()).replace("李".encode(), b"\xed\xa0\x80"), "a.csv", CSV_CODING),
    (
        "long field in csv",
        make_csv(make_row(deeds="技" * 140_000)),
        "a.csv",
        CSV_DAMAGED,
    ),
    ("semicolons", separated(";"), "a.csv", "CSV 文件的各列是用分号隔开的，请用“CSV UTF-8（逗号分隔）”另存"),
    ("tabs", separated("\t"), "a.csv", "CSV 文件的各列是用制表符隔开的，请用“CSV UTF-8（逗号分隔）”另存"),
    ("wide commas", separated("，"), "a.csv", "CSV 文件的各列是用全角逗号隔开的，请用“CSV UTF-8（逗号分隔）”另存"),
    (
        "lone surrogate",
        partial(repacked, "xl/sharedStrings.xml", "李示例".encode(), b"&#xD800;"),
        "a.xlsx",
        "工作簿内容已损坏，无法读取，请在 Excel 或 WPS 中打开并另存后再上传",
    ),
    ("many merges", with_many_merges, "a.xlsx", "数据行中有 101 处合并单元格，请全选后取消合并，补齐各单元格再上传"),
]

GRIDS: list[tuple[str, list[list[object]], str]] = [
    ("nothing", [], "第 1 行应为表头，但它是空的，请用系统下载的空白模板填写"),
    ("blank line above", [[""], TITLES, ROW], "第 1 行应为表头，但它是空的，请用系统下载的空白模板填写"),
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
    (
        "title above",
        [["河北大工匠推荐汇总表"], ["填报单位：某市"], TITLES, ROW],
        "表头应在第 1 行，现在第 3 行，请删除上方的标题等行",
    ),
    (
        "renamed",
        [["学历层次" if title == "学历" else title for title in TITLES], ROW],
        "表头有模板中没有的列：“学历层次”；请删除这些列或改正列名",
    ),
]

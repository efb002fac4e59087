"""Opening an .xlsx package safely: what is no workbook, locked, or swells beyond measure is refused before parsing."""

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812  (it is an exception class)

from craftsman.errors import Invalid

MAX_FILE = 30 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 2000
# The reader builds the whole rectangle up to the outermost cell in memory.
MAX_CELLS = 8_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
# a cell beyond AZ99999, or written otherwise than Excel and WPS do: the sheet is then looked at more closely
_FAR_CELL = re.compile(rb'<c(?=[\s/>])(?! r="A?[A-Z][0-9]{1,5}")')
_REFERENCE = re.compile(rb'<(?:\w+:)?c(?: (?!r=)[\w:]+="[^"<>]*")* r="([A-Z]{1,3})([0-9]{1,7})"')
SAVE_AS = "请在 Excel 或 WPS 中打开后“另存为”Excel 工作簿（.xlsx），再上传"


def safe_package(content: bytes) -> bytes:
    """The same package, unpacked within bounds and stored uncompressed, so that later readers meet no surprise.

    Raises Invalid with the reason and the remedy.
    """
    if len(content) > MAX_FILE:
        raise Invalid(f"文件超过 {MAX_FILE // 1024 // 1024} MB，请删除图片等无关内容或分批上传")
    _refuse_other_formats(content)
    try:
        return _repacked(content)
    except (BadZipFile, ZlibError, EOFError, NotImplementedError) as damage:
        raise Invalid(f"文件已损坏，无法打开；{SAVE_AS}") from damage


def _refuse_other_formats(content: bytes) -> None:
    if not content:
        raise Invalid("文件是空的（0 字节），请重新选择文件")
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise Invalid("文件设有打开密码，无法读取，请取消密码后再上传")
        raise Invalid(f"这是旧版 Excel 97-2003（.xls）格式，{SAVE_AS}")
    if not content.startswith(b"PK"):
        raise Invalid(f"文件内容不是 .xlsx 工作簿（可能只改了扩展名），{SAVE_AS}")


def _repacked(content: bytes) -> bytes:
    target = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w", ZIP_STORED) as plain:
        parts = source.infolist()
        _refuse_bomb(parts, len(content))
        if "xl/workbook.xml" not in {part.filename for part in parts}:
            raise Invalid(f"这不是 Excel 工作簿（可能是其他文件改了扩展名），{SAVE_AS}")
        for name, data in _unpacked(source, parts):
            _refuse_entities(name, data)
            if b"sheetData" in data:
                _refuse_sprawl(data)
            plain.writestr(name, data)
    return target.getvalue()


def _refuse_bomb(parts: list[ZipInfo], packed: int) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise Invalid("文件设有密码，无法读取，请取消密码后再上传")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * packed:
        raise Invalid(
            f"文件解压后体积异常（约 {unpacked // 1024 // 1024} MB），已拒绝读取；请把数据复制到空白模板后再上传"
        )


def _unpacked(source: ZipFile, parts: list[ZipInfo]) -> Iterator[tuple[str, bytes]]:
    seen: set[str] = set()
    for part in parts:
        if part.filename in seen:
            raise BadZipFile
        seen.add(part.filename)
        yield part.filename, source.read(part)


def _refuse_entities(name: str, data: bytes) -> None:
    if b"<!ENTITY" in data:
        raise Invalid(f"文件的“{name}”部分含有不允许的实体声明，{SAVE_AS}")


def _refuse_sprawl(data: bytes) -> None:
    """Refuse a sheet whose outermost cells span a rectangle too large to hold."""
    if b":c" not in data and _FAR_CELL.search(data) is None:
        return
    references = _REFERENCE.findall(data)
    if len(references) != len(_CELL.findall(data)):
        raise Invalid(f"工作表的单元格缺少位置信息，无法可靠读取，{SAVE_AS}")
    width = max((column_number(letters) for letters in {letters for letters, _ in references}), default=0)
    height = max(map(int, {digits for _, digits in references}), default=0)
    if width * height > MAX_CELLS:
        raise Invalid("表格右侧或下方很远处有格式或内容，请把数据复制到空白模板后再上传")


def column_number(letters: bytes) -> int:
    """The number of a column, from 1, by its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

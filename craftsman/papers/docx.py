"""Word documents: a zip package with the entries of one, within bounds, without macros or hidden programmes."""

from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812  (it is an exception class)

from craftsman.errors import Invalid

_MOST_UNPACKED = 200 * 1024 * 1024
_MOST_RATIO = 200
_MOST_ENTRIES = 2000
_TYPES, _DOCUMENT = "[Content_Types].xml", "word/document.xml"
_OTHERS = {
    "OFD.xml": "OFD 版式文件",
    "xl/workbook.xml": "Excel 工作簿",
    "ppt/presentation.xml": "PowerPoint 演示文稿",
    "content.xml": "OpenDocument 文件",
}
_SAVE_AS = "请在 Word 或 WPS 中另存为 .docx 或 PDF 后再上传"


def check_docx(content: bytes) -> None:
    """Refuse a zip file that is no harmless, whole Word document. Raises Invalid."""
    try:
        with ZipFile(BytesIO(content)) as package:
            _check_entries(package.infolist(), len(content))
            types = package.read(_TYPES)
            _refuse_active(package.namelist(), types)
            # reading them all finds what is damaged or cut short
            damaged = package.testzip()
    except (BadZipFile, ZlibError, EOFError, NotImplementedError, ValueError, OSError) as damage:
        raise Invalid(f"文件已损坏，无法打开，{_SAVE_AS}") from damage
    if damaged is not None:
        raise Invalid(f"文件已损坏，无法打开，{_SAVE_AS}")


def _check_entries(entries: list[ZipInfo], packed: int) -> None:
    names = [entry.filename for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise Invalid("文件设有密码，无法核对，请取消密码后再上传")
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _MOST_ENTRIES or unpacked > min(_MOST_UNPACKED, _MOST_RATIO * packed):
        raise Invalid(f"文件解压后体积异常（约 {unpacked // 1024 // 1024} MB），已拒绝，{_SAVE_AS}")
    if (other := next((title for name, title in _OTHERS.items() if name in names), None)) is not None:
        raise Invalid(f"这是 {other}，不是 Word 文档，请另存为 PDF 后再上传")
    if _TYPES not in names or _DOCUMENT not in names:
        raise Invalid("这是压缩包，不是 Word 文档，请解压后逐份上传")
    if len({name.casefold() for name in names}) < len(names) or any(_leads_out(name) for name in names):
        raise Invalid(f"文件的内部结构不正常，{_SAVE_AS}")
    if min(entry.header_offset for entry in entries) != 0:
        raise Invalid(f"Word 文档前面夹带了其他内容，{_SAVE_AS}")


def _leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def _refuse_active(names: list[str], types: bytes) -> None:
    lower = [name.casefold() for name in names]
    if any(name.endswith("vbaproject.bin") for name in lower) or b"macroEnabled" in types:
        raise Invalid("Word 文档里含有宏，请另存为不带宏的 .docx 或 PDF 后再上传")
    if any("/activex/" in name for name in lower):
        raise Invalid(f"Word 文档里含有 ActiveX 控件，{_SAVE_AS}")
    if any("/embeddings/" in name and name.endswith(".bin") for name in lower):
        raise Invalid("Word 文档里嵌入了其他程序的文件，请去掉后再上传，或另存为 PDF 后再上传")

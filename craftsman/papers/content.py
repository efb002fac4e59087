"""What a file is, decided by its content alone: PDF, JPEG, PNG or Word document, and nothing else."""

import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from craftsman.errors import Invalid
from craftsman.papers.docx import check_docx
from craftsman.papers.images import check_image
from craftsman.papers.pdf import check_pdf

Media = Literal["pdf", "jpeg", "png", "docx"]

# readers of PDF look for its header in this many bytes
_PDF_SEARCH = 1024
# what people hand in by mistake, told by bytes at their place, with what to do about it
_REFUSED: tuple[tuple[int, bytes, str], ...] = (
    (0, b"MZ", "这是可执行程序，不能作为材料上传"),
    (0, b"\x7fELF", "这是可执行程序，不能作为材料上传"),
    (0, b"#!", "这是可执行脚本，不能作为材料上传"),
    (0, b"Rar!", "这是压缩包，请解压后逐份上传"),
    (0, b"7z\xbc\xaf\x27\x1c", "这是压缩包，请解压后逐份上传"),
    (0, b"\x1f\x8b", "这是压缩包，请解压后逐份上传"),
    (0, b"GIF8", "GIF 图片不能作为材料，请另存为 JPG 或 PNG 后再上传"),
    (0, b"BM", "BMP 图片不能作为材料，请另存为 JPG 或 PNG 后再上传"),
    (0, b"II*\0", "TIFF 图片不能作为材料，请另存为 JPG 或 PNG 后再上传"),
    (0, b"MM\0*", "TIFF 图片不能作为材料，请另存为 JPG 或 PNG 后再上传"),
    (8, b"WEBP", "WebP 图片不能作为材料，请另存为 JPG 或 PNG 后再上传"),
    (4, b"ftyp", "这是手机 HEIC 图片或视频，请另存为 JPG 后再上传"),
    (0, b"{\\rtf", "这是 RTF 文件，请另存为 PDF 后再上传"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"<head", b"<body")


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that papers may be: its short name, media type, the suffix its names end with, and its title."""

    media: Media
    media_type: str
    suffix: str
    title: str


PDF = FileType("pdf", "application/pdf", ".pdf", "PDF")
JPEG = FileType("jpeg", "image/jpeg", ".jpg", "JPG 图片")
PNG = FileType("png", "image/png", ".png", "PNG 图片")
DOCX = FileType(
    "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", "Word 文档（.docx）"
)
TYPES = {one.media: one for one in (PDF, JPEG, PNG, DOCX)}


def begins_as(content: bytes) -> FileType | None:
    """What the first bytes say the file is, whole or not; None for Word documents, which begin as any archive."""
    return next((one for magic, one in ((b"%PDF-", PDF), *_IMAGES) if content.startswith(magic)), None)


def recognise(content: bytes) -> FileType:
    """What the file is, whole and safe to keep. Raises Invalid with the reason and the remedy for anything else."""
    if not content:
        raise Invalid("文件是空的（0 字节），请重新选择文件")
    if content.startswith(b"PK\x03\x04"):
        check_docx(content)
        return DOCX
    if content.startswith(b"%PDF-"):
        _must_be_one_thing(content, "PDF")
        check_pdf(content)
        return PDF
    found = next((one for magic, one in _IMAGES if content.startswith(magic)), None)
    if found is None:
        raise Invalid(_why_refused(content))
    _must_be_one_thing(content, found.title)
    check_image(content, found.media)
    return found


_IMAGES = ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))


def _must_be_one_thing(content: bytes, title: str) -> None:
    """Refuse files that are one thing for one programme and another for the next."""
    if zipfile.is_zipfile(BytesIO(content)):
        raise Invalid(f"{title}里夹带了压缩包，请用原始文件重新生成后再上传")
    if b"%PDF-" in content[1:_PDF_SEARCH]:
        raise Invalid(f"{title}里夹带了 PDF，请用原始文件重新生成后再上传")


def _why_refused(content: bytes) -> str:
    head = content[:_PDF_SEARCH]
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            return "文件设有打开密码，无法核对，请取消密码后再上传"
        return "这是旧版 Office（.doc、.xls）文件，请另存为 .docx 或 PDF 后再上传"
    if b"%PDF-" in head:
        return "PDF 的文件头不在开头，前面夹带了其他内容，请重新扫描或另存为 PDF 后再上传"
    if any(mark in head.lower() for mark in _MARKUP):
        return "这是网页或 SVG 文件，不能作为材料上传，请打印为 PDF 后再上传"
    known = next((reason for place, magic, reason in _REFUSED if content.startswith(magic, place)), None)
    return known or "无法识别文件的格式；材料须为 PDF、JPG、PNG 或 Word（.docx），只改扩展名不行"

"""What a file is, is told by its content; whatever is not honest, whole and still is refused with its reason."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.errors import Invalid
from craftsman.papers.content import DOCX, JPEG, PDF, PNG, FileType, recognise
from craftsman.papers.images import MOST_PIXELS
from tests.papers.making import (
    OLE,
    docx,
    jpeg,
    locked_zip,
    package,
    packed_pdf,
    pdf,
    phone_jpeg,
    png,
    with_entry,
)

PROGRAMME = "这是可执行程序，不能作为材料上传"
ARCHIVE = "这是压缩包，请解压后逐份上传"
BY_SCAN = "请打印或扫描为普通 PDF 后再上传"
SAVE_AS = "请在 Word 或 WPS 中另存为 .docx 或 PDF 后再上传"
DAMAGED_IMAGE = "图片已损坏或不完整，无法打开，请换用原始文件"
DAMAGED = f"文件已损坏，无法打开，{SAVE_AS}"
CUT_PDF = "PDF 不完整（可能没有传完，或结尾夹带了其他内容），请重新导出后再上传"
WEB = "这是网页或 SVG 文件，不能作为材料上传，请打印为 PDF 后再上传"
UNKNOWN = "无法识别文件的格式；材料须为 PDF、JPG、PNG 或 Word（.docx），只改扩展名不行"
TIFF = "TIFF 图片不能作为材料，请另存为 JPG 或 PNG 后再上传"
SCRIPT = f"PDF 里含有脚本（JavaScript），{BY_SCAN}"
UNREADABLE = f"PDF 的内部结构无法核对，{BY_SCAN}"
BEFORE_PDF = "PDF 的文件头不在开头，前面夹带了其他内容，请重新扫描或另存为 PDF 后再上传"
ZEROS = b"\0" * 1_000_000

BAD: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "empty": (b"", "文件是空的（0 字节），请重新选择文件"),
    "windows programme": (b"MZ\x90\0" + ZEROS, PROGRAMME),
    "linux programme": (b"\x7fELF\x02\x01", PROGRAMME),
    "shell script": (b"#!/bin/sh\nrm -rf /\n", "这是可执行脚本，不能作为材料上传"),
    "rar": (b"Rar!\x1a\x07\0", ARCHIVE),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\x04", ARCHIVE),
    "gzip": (b"\x1f\x8b\x08\0", ARCHIVE),
    "gif": (b"GIF89a\x01\0\x01\0", "GIF 图片不能作为材料，请另存为 JPG 或 PNG 后再上传"),
    "bmp": (b"BM\x36\0\0\0", "BMP 图片不能作为材料，请另存为 JPG 或 PNG 后再上传"),
    "tiff": (b"II*\0\x08\0", TIFF),
    "big-endian tiff": (b"MM\0*\0\0", TIFF),
    "webp": (b"RIFF\0\0\0\0WEBPVP8 ", "WebP 图片不能作为材料，请另存为 JPG 或 PNG 后再上传"),
    "heic": (b"\0\0\0\x18ftypheic", "这是手机 HEIC 图片或视频，请另存为 JPG 后再上传"),
    "rtf": (b"{\\rtf1 hello}", "这是 RTF 文件，请另存为 PDF 后再上传"),
    "old word": (OLE + ZEROS, "这是旧版 Office（.doc、.xls）文件，请另存为 .docx 或 PDF 后再上传"),
    "word with password": (
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "文件设有打开密码，无法核对，请取消密码后再上传",
    ),
    "web page": (b"<!DOCTYPE html><html></html>", WEB),
    "web page after a blank": (b"\n  <HTML><script>alert(1)</script>", WEB),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', WEB),
    "plain text": ("姓名：某某（虚构）".encode(), UNKNOWN),
    "renamed zeros": (ZEROS, UNKNOWN),
    "zip": (package(a_txt=b"a"), "这是压缩包，不是 Word 文档，请解压后逐份上传"),
    "empty zip": (b"PK\x05\x06" + b"\0" * 18, UNKNOWN),
    "workbook": (package(xl__workbook_xml=b"<w/>"), "这是 Excel 工作簿，不是 Word 文档，请另存为 PDF 后再上传"),
    "slides": (
        package(ppt__presentation_xml=b"<p/>"),
        "这是 PowerPoint 演示文稿，不是 Word 文档，请另存为 PDF 后再上传",
    ),
    "ofd": (package(OFD_xml=b"<o/>"), "这是 OFD 版式文件，不是 Word 文档，请另存为 PDF 后再上传"),
    "cut docx": (docx()[:-200], DAMAGED),
    "damaged docx": (docx().replace(b"PK\x03\x04", b"PK\x03\x05", 2).replace(b"PK\x03\x05", b"PK\x03\x04", 1), DAMAGED),
    "docm": (
        with_entry(docx(), "word/vbaProject.bin"),
        "Word 文档里含有宏，请另存为不带宏的 .docx 或 PDF 后再上传",
    ),
    "docx with activex": (with_entry(docx(), "word/activeX/a.xml"), f"Word 文档里含有 ActiveX 控件，{SAVE_AS}"),
    "docx with a programme": (
        with_entry(docx(), "word/embeddings/oleObject1.bin"),
        "Word 文档里嵌入了其他程序的文件，请去掉后再上传，或另存为 PDF 后再上传",
    ),
    "docx that leads out": (with_entry(docx(), "../../etc/passwd"), f"文件的内部结构不正常，{SAVE_AS}"),
    "docx with two bodies": (with_entry(docx(), "word/Document.xml"), f"文件的内部结构不正常，{SAVE_AS}"),
    "docx bomb": (
        lambda: with_entry(docx(), "word/media/a.png", b"\0" * 61_000_000),
        f"文件解压后体积异常（约 58 MB），已拒绝，{SAVE_AS}",
    ),
    "docx behind an entry": (b"PK\x03\x04junk" + docx(), f"Word 文档前面夹带了其他内容，{SAVE_AS}"),
    "locked docx": (locked_zip(docx()), "文件设有密码，无法核对，请取消密码后再上传"),
    "cut pdf": (pdf()[:-30], CUT_PDF),
    "pdf with a tail": (pdf() + b"<html>" + b"x" * 3000, CUT_PDF),
    "pdf behind junk": (b"GARBAGE\n" + pdf(), BEFORE_PDF),
    "pdf behind a web page": (b"<html>" + pdf(), BEFORE_PDF),
    "pdf and zip": (pdf() + package(a_txt=b"a"), "PDF里夹带了压缩包，请用原始文件重新生成后再上传"),
    "locked pdf": (pdf(password="1"), "PDF 设有密码或权限限制，请取消后再上传"),
    "pdf with script": (pdf(action="/JavaScript"), SCRIPT),
    "pdf that starts a programme": (pdf(action="/Launch"), f"PDF 里含有启动程序的动作，{BY_SCAN}"),
    "pdf with a file": (pdf(attachment=True), f"PDF 里夹带了附件，请去掉附件后再上传，或{BY_SCAN}"),
    "pdf with an escaped name": (pdf(action="/JavaScript").replace(b"/JavaScript", b"/J#61va#53cript"), SCRIPT),
    "pdf with a packed script": (packed_pdf(b"<< /S /JavaScript /JS (a) >>"), SCRIPT),
    "pdf with an escaped packed script": (packed_pdf(b"/JavaScript ", dictionary=b"/Type /#4FbjStm"), SCRIPT),
    "pdf with an odd packing": (packed_pdf(b"", packed=b"not deflated"), UNREADABLE),
    "pdf with a hidden packing": (
        packed_pdf(b"/JavaScript ", dictionary=b"/Type /ObjStm %" + b"x" * 2000 + b"\n"),
        UNREADABLE,
    ),
    "pdf bomb": (lambda: packed_pdf(b"\0" * 60_000_000), UNREADABLE),
    "pdf with a form that sends": (
        packed_pdf(b"<< /S /SubmitForm /F (http://example.org) >>"),
        f"PDF 里含有提交数据的表单，{BY_SCAN}",
    ),
    "pdf with a film": (packed_pdf(b"/Subtype /RichMedia "), f"PDF 里含有视频或动画，{BY_SCAN}"),
    "pdf with a living form": (packed_pdf(b"/XFA [1 0 R]"), f"PDF 是动态表单，{BY_SCAN}"),
    "cut jpeg": (jpeg()[:-300], DAMAGED_IMAGE),
    "jpeg head only": (b"\xff\xd8\xff\xe0", DAMAGED_IMAGE),
    "cut png": (png()[:-30], DAMAGED_IMAGE),
    "png head only": (b"\x89PNG\r\n\x1a\n", DAMAGED_IMAGE),
    "jpeg and zip": (jpeg() + package(a_txt=b"a"), "JPG 图片里夹带了压缩包，请用原始文件重新生成后再上传"),
    "jpeg and pdf": (jpeg(comment=b"%PDF-1.4"), "JPG 图片里夹带了 PDF，请用原始文件重新生成后再上传"),
    "png bomb": (
        lambda: png(10_000, 10_000, "1"),
        f"图片有 10000×10000 像素，超过 {MOST_PIXELS // 10_000} 万像素，请缩小后再上传",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_refused_with_its_reason(name: str) -> None:
    content, reason = BAD[name]
    with pytest.raises(Invalid) as refused:
        # what takes long to make is made where it is needed, not wherever tests are gathered
        recognise(content if isinstance(content, bytes) else content())
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (pdf(), PDF),
        (packed_pdf(b"<< /Type /Catalog /OpenAction [3 0 R /Fit] /URI (http://example.org) >>"), PDF),
        (jpeg(), JPEG),
        (phone_jpeg(), JPEG),
        (jpeg() + b"\0" * 40, JPEG),
        (png(), PNG),
        (png(mode="RGBA"), PNG),
        (docx(), DOCX),
    ],
    ids=["pdf", "packed pdf", "jpeg", "phone's jpeg", "padded jpeg", "png", "transparent png", "docx"],
)
def test_good_file_is_known(content: bytes, found: FileType) -> None:
    assert recognise(content) == found


HEADS = [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", OLE]


@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=400))
def test_random_bytes_never_crash(head: bytes, rest: bytes) -> None:
    try:
        found = recognise(head + rest)
    except Invalid:
        return
    assert found in (PDF, JPEG, PNG, DOCX)


WHOLE = [pdf(), packed_pdf(b"<< /Type /Catalog >>"), phone_jpeg(413, 579), png(41, 58), docx()]


@given(data=st.data())
def test_damaged_files_never_crash(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = recognise(bytes(content))
    except Invalid:
        return
    assert found in (PDF, JPEG, PNG, DOCX)

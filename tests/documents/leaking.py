"""Files with a number hidden somewhere; the numbers are the examples of standards and belong to nobody."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import docx
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from PIL import Image
from pypdf import PdfReader, PdfWriter

from craftsman.documents.typesetting import pdfs

ID_NUMBER = "11010519491231002X"  # GB 11643-1999
MOBILE = "13800138000"
CARD = "4111111111111111"
EMAIL = "who@example.org"
MADE = datetime(2026, 4, 7, tzinfo=UTC)


def word(**hidden: str) -> bytes:
    """A Word document with a text in its body, header, comment, author or (`deleted`) tracked changes."""
    document = docx.Document()
    paragraph = document.add_paragraph("关于公示的说明")
    half = len(hidden.get("body", "")) // 2
    paragraph.add_run(hidden.get("body", "")[:half])
    paragraph.add_run(hidden.get("body", "")[half:]).bold = True
    document.sections[0].header.paragraphs[0].text = hidden.get("header", "")
    document.core_properties.author = hidden.get("author", "")
    if "comment" in hidden:
        document.add_comment(paragraph.runs, text=hidden["comment"], author="某")
    made = io.BytesIO()
    document.save(made)
    text = hidden.get("deleted", "")
    deleted = f'<w:p><w:del w:id="1" w:author="某"><w:r><w:delText>{text}</w:delText></w:r></w:del></w:p>'
    return changed(made.getvalue(), "word/document.xml", b"<w:body>", b"<w:body>" + deleted.encode())


def changed(package: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """An Office file with one part altered."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old, new) if name == part else content)
    return made.getvalue()


def workbook(**hidden: Any) -> bytes:
    """A workbook with something in a cell, a hidden sheet, a hidden column, a comment, a name or its author."""
    book = Workbook()
    sheet = book.create_sheet("名单", 0)
    sheet["B2"] = hidden.get("cell", "")
    sheet["D4"] = hidden.get("column", "")
    sheet.column_dimensions["D"].hidden = True
    if "comment" in hidden:
        sheet["A1"].comment = Comment(hidden["comment"], "某")
    if "name" in hidden:
        book.defined_names["电话"] = DefinedName("电话", attr_text=f'"{hidden["name"]}"')
    other = book["Sheet"]
    other.title, other.sheet_state = "底稿", "hidden"
    other["C3"] = hidden.get("sheet", "")
    sheet.oddHeader.center.text = hidden.get("header", "")
    book.properties.creator = hidden.get("author", "")
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def printed(text: str = "", *, title: str = "", attached: bytes = b"", note: str = "") -> bytes:
    """A PDF of two pages with a text on the second one."""
    source = f'#set text(font: "Noto Serif SC")\n公示\n#pagebreak()\n#"名单 {text}"'
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(next(pdfs([source], MADE)))))
    writer.add_metadata({"/Title": title})
    if attached:
        writer.add_attachment("a.txt", attached)
    if note:
        writer.add_outline_item(title=note, page_number=0)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def photograph(*, artist: str = "", placed: bool = False, kind: str = "JPEG") -> bytes:
    """A picture with an author in its EXIF, or the place where it was taken."""
    image, exif = Image.new("RGB", (8, 8)), Image.Exif()
    exif[0x013B] = artist
    if placed:
        exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    image.save(made, kind, exif=exif)
    return made.getvalue()


def with_picture(picture: bytes) -> bytes:
    """A Word document with a picture."""
    document = docx.Document()
    document.add_picture(io.BytesIO(picture))
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()

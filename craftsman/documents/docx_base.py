"""Builds the checked-in DOCX templates: `python -m craftsman.documents.docx_base`.

Page set-up of GB/T 9704-2012: A4, head 37 mm, binding edge 28 mm, 22 lines of 28 characters. docxtpl fills the
templates; an office may edit a copy of one in Word.
"""

from dataclasses import replace

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell  # pyright: ignore[reportPrivateUsage]  (the library gives cells no other name)

from craftsman.documents.docx_parts import (
    AFTER_SNAP,
    CENTRE,
    HEADING,
    KAI,
    LEFT,
    LINE,
    PLAIN,
    TITLE,
    Look,
    add,
    blank_page,
    dress,
    each,
    element,
    saved,
    when,
)
from craftsman.documents.typesetting import TEMPLATES

COLUMNS = (
    ("序号", 11, "{{ line.number }}"),
    ("姓名", 34, "{{ line.padded_name }}{% if line.remark | length <= 3 %}{{ line.remark }}{% endif %}"),
    ("工作单位", 43, "{{ line.unit }}"),
    ("岗位（工种）", 33, "{{ line.post }}"),
    ("推荐单位", 35, "{{ line.recommending_unit }}"),
)
KINDS = ("notice", "decision")
RED = RGBColor(0xD7, 0x00, 0x0F)
FLUSH = Look(indent=0)
LAST = Look(keep=True)
FIRST_HEADING = Look(HEADING, keep=True)
SECOND_HEADING = Look(KAI, keep=True)
HEAD = Look(TITLE, 22, CENTRE, 0, keep=True)
MARK = Look(HEADING, align=LEFT, indent=0, keep=True)
SIGNED = Look(align=CENTRE, indent=0, inside=(14, 2), keep=True)
NUMBER = Look(align=CENTRE, indent=0)


def template(kind: str) -> bytes:
    """The DOCX template of one kind (notice, decision), the same bytes on every run."""
    document = blank_page()
    if kind == "decision":
        _red_head(document)
    each(document, "line in title_lines", "line", HEAD)
    add(document, "", PLAIN)
    if kind == "decision":
        when(document, "recipients", "{{ recipients }}：", FLUSH)
    _body(document)
    _signature(document)
    _enclosure(document)
    return saved(document)


def build() -> None:
    """Write every template to its place."""
    for kind in KINDS:
        (TEMPLATES / kind / f"{kind}.docx").write_bytes(template(kind))


def _red_head(document: Document) -> None:
    """发文机关标志 35 mm below the head of the type area, 发文字号, a red rule; left out where there is no number."""
    add(document, "{%p if doc_number %}", PLAIN)
    mark = add(document, "{{ issuer }}", Look(TITLE, 44, CENTRE, 0))
    mark.paragraph_format.space_before = Mm(35)
    mark.paragraph_format.line_spacing = Pt(52)
    mark.runs[0].font.color.rgb = RED
    number = add(document, "{{ doc_number }}", NUMBER)
    number.paragraph_format.space_before = LINE * 2
    rule = element("w:pBdr")
    rule.append(element("w:bottom", val="single", sz="8", space="5", color=str(RED)))
    number.paragraph_format.element.get_or_add_pPr().insert_element_before(rule, "w:snapToGrid", *AFTER_SNAP)
    add(document, "", PLAIN)
    add(document, "", PLAIN)
    add(document, "{%p endif %}", PLAIN)


def _body(document: Document) -> None:
    """Headings stay with what follows, the last paragraph with the signature."""
    add(document, "{%p for paragraph in paragraphs %}", PLAIN)
    for condition, look in (
        ("if paragraph.level == 1", FIRST_HEADING),
        ("elif paragraph.level == 2", SECOND_HEADING),
        ("elif loop.last", LAST),
        ("else", PLAIN),
    ):
        add(document, f"{{%p {condition} %}}", PLAIN)
        add(document, "{{ paragraph.text }}", look)
    add(document, "{%p endif %}", PLAIN)
    add(document, "{%p endfor %}", PLAIN)


def _signature(document: Document) -> None:
    note = add(document, "附件：{{ list_title }}", replace(LAST, indent=-3, inside=(5, 0)))
    note.paragraph_format.space_before = LINE
    issuer = add(document, "{{ issuer }}", SIGNED)
    issuer.paragraph_format.space_before = LINE * 3
    add(document, "{{ issued_on }}", replace(SIGNED, keep=False))


def _enclosure(document: Document) -> None:
    mark = add(document, "附件", MARK)
    mark.paragraph_format.page_break_before = True
    add(document, "", PLAIN)
    each(document, "line in list_lines", "line", HEAD)
    add(document, "{%p for tier in tiers %}", PLAIN)
    title = add(document, "{{ tier.title }}", MARK)
    title.paragraph_format.space_before = LINE
    _people(document)
    add(document, "{%p endfor %}", PLAIN)


def _people(document: Document) -> None:
    """A list of fixed columns; its head repeats on every page and no row is torn in two."""
    table = document.add_table(4, len(COLUMNS), style="Table Grid")
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    _widths(table)
    _margins(table)
    for cell, (head, _, _) in zip(table.rows[0].cells, COLUMNS, strict=True):
        _fill(cell, head, Look(HEADING, 12, CENTRE, 0, keep=True))
    _fill(table.cell(1, 0), "{%tr for line in tier.lines %}", FLUSH)
    for place, (cell, (_, _, field)) in enumerate(zip(table.rows[2].cells, COLUMNS, strict=True)):
        _fill(cell, field, Look(size=12, align=CENTRE if place < 2 else LEFT, indent=0))
    _remark(table.cell(2, 1))
    _fill(table.cell(3, 0), "{%tr endfor %}", FLUSH)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))  # noqa: SLF001  (python-docx has no other way)  # pyright: ignore[reportPrivateUsage]
    table.rows[0]._tr.get_or_add_trPr().append(element("w:tblHeader"))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _widths(table: Table) -> None:
    for column, (_, width, _) in zip(table.columns, COLUMNS, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _margins(table: Table) -> None:
    """1 mm inside of each cell, left and right; 3 pt above and below."""
    margins = element("w:tblCellMar")
    for side, twips in (("top", 60), ("left", 57), ("bottom", 60), ("right", 57)):
        margins.append(element(f"w:{side}", w=str(twips), type="dxa"))
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _remark(cell: _Cell) -> None:
    """A long remark（女，回族）stands on a line of its own, so that no name is broken by it."""
    for text in ("{%p if line.remark | length > 3 %}", "{{ line.remark }}", "{%p endif %}"):
        dress(cell.add_paragraph(), text, Look(size=12, align=CENTRE, indent=0)).paragraph_format.line_spacing = Pt(18)


def _fill(cell: _Cell, text: str, look: Look) -> None:
    dress(cell.paragraphs[0], text, look).paragraph_format.line_spacing = Pt(18)


if __name__ == "__main__":
    build()

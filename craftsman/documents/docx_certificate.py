"""The certificate's DOCX template: A4 landscape in a gold frame, the code bottom left, room for a seal bottom right."""

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from craftsman.documents.docx_parts import BODY, CENTRE, LEFT, TITLE, Look, add, blank_page, dress, element, saved

RED, GOLD = RGBColor(0xA8, 0x14, 0x1C), "B08D3C"
YEAR = '{% if year | string not in honour %}{{ year }}{% if "年度" in honour %}年{% else %}年度{% endif %}{% endif %}'
WIDTHS = (32, 98, 100)


def certificate() -> bytes:
    """The template, the same bytes on every run."""
    document = blank_page()
    _page(document)
    _line(document, "证　书", TITLE, 46, 0).runs[0].font.color.rgb = RED
    name = _line(document, "{{ name }}", TITLE, 34, 5)
    courtesy = name.add_run("　同志")
    courtesy.font.size = Pt(20)
    _line(document, "{% if approval_no %}被授予{% else %}被推选为{% endif %}", BODY, 18, 3)
    _line(document, YEAR + "{{ honour }}", TITLE, 26, 3).runs[0].font.color.rgb = RED
    _line(document, "{{ text }}", BODY, 18, 4)
    _foot(document)
    return saved(document)


def _page(document: Document) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(32)
    section.top_margin, section.bottom_margin = Mm(26), Mm(16)
    section.footer_distance = Mm(8)
    document.settings.odd_and_even_pages_header_footer = False
    for footer in (section.footer, section.even_page_footer):
        for paragraph in footer.paragraphs:
            paragraph.clear()
    borders = element("w:pgBorders", offsetFrom="page")
    for side in ("top", "left", "bottom", "right"):
        borders.append(element(f"w:{side}", val="thinThickSmallGap", sz="24", space="28", color=GOLD))
    document.element.body.sectPr.insert_element_before(borders, "w:cols", "w:docGrid")


def _line(document: Document, text: str, font: str, size: int, gap: int) -> Paragraph:
    """A centred line, `gap` mm below the one before."""
    line = add(document, text, Look(font, size, CENTRE, 0))
    line.paragraph_format.line_spacing = 1.1
    line.paragraph_format.space_before = Mm(gap)
    return line


def _foot(document: Document) -> None:
    add(document, "", Look(indent=0)).paragraph_format.line_spacing = Mm(24)
    table = document.add_table(1, 3)
    table.autofit = False
    for cell, width in zip(table.rows[0].cells, WIDTHS, strict=True):
        cell.width, cell.vertical_alignment = Mm(width), WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Mm(width)
    code, told, signed = table.rows[0].cells
    dress(code.paragraphs[0], "{{ qr }}", Look(align=LEFT, indent=0)).paragraph_format.line_spacing = 1.0
    for place, text in enumerate(("扫码核验", "类别：{{ tier }}", "编号：{{ number }}")):
        line = told.add_paragraph() if place else told.paragraphs[0]
        dress(line, text, Look(size=10.5, align=LEFT, indent=0)).paragraph_format.line_spacing = Pt(16)
    for place, text in enumerate(("{{ issuer }}", "{{ issued_on | chinese_date }}")):
        line = signed.add_paragraph() if place else signed.paragraphs[0]
        dress(line, text, Look(size=18, align=CENTRE, indent=0)).paragraph_format.line_spacing = Pt(30)

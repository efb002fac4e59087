"""What the DOCX templates are put together from: page, styles and paragraphs by GB/T 9704-2012."""

import io
from dataclasses import dataclass

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, Twips
from docx.styles.style import ParagraphStyle
from docx.text.font import Font
from docx.text.paragraph import Paragraph

from craftsman.documents.archive import repacked

LINE = Twips(579)  # 225 mm / 22 = 579.8; 580 would overflow to 21 lines
CELL = 315  # twips: 16 pt drawn 5 twips closer, so that 28 characters fit 156 mm
BODY, TITLE, HEADING, KAI, FOLIO = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
AFTER_SNAP = ("w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr", "w:sectPr")
SIGNED, DAY = "署名", "成文日期"  # paragraph styles that rendering finds again
RIGHT = WD_ALIGN_PARAGRAPH.RIGHT
CENTRE, LEFT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY


@dataclass(frozen=True)
class Look:
    """How a paragraph looks; `indent` (first line) and `inside` (left, right) count 3号 characters."""

    font: str = BODY
    size: float = 16
    align: WD_ALIGN_PARAGRAPH = JUSTIFY
    indent: int = 2
    inside: tuple[int, int] = (0, 0)
    keep: bool = False


PLAIN = Look()


def blank_page() -> Document:
    """An empty document set up as the standard asks: A4, type area 156 × 225 mm, folios on the outer edge."""
    document = docx.Document()
    _page(document)
    _normal(document)
    for name in (SIGNED, DAY):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        assert isinstance(style, ParagraphStyle)
        style.base_style = document.styles["Normal"]
        style.paragraph_format.alignment = RIGHT
    return document


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(297 - 262 - 7) - Pt(7)  # the folio's strokes are 7 mm below the type area
    grid = document.element.body.sectPr.find(qn("w:docGrid"))
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE.twips))
    document.settings.odd_and_even_pages_header_footer = True
    _folio(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _folio(section.even_page_footer.paragraphs[0], LEFT)


def _normal(document: Document) -> None:
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    _face(normal.font, BODY, 16)
    normal.font.snap_to_grid = False
    normal.element.get_or_add_rPr().insert_element_before(
        element("w:spacing", val="-5"), "w:w", "w:kern", "w:position", "w:sz", "w:szCs"
    )
    layout = normal.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    layout.space_before = layout.space_after = Pt(0)
    layout.widow_control = False
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")  # line breaking by Chinese rules
    properties = normal.element.get_or_add_pPr()
    for tag in ("w:autoSpaceDE", "w:autoSpaceDN", "w:snapToGrid"):
        properties.insert_element_before(element(tag, val="0"), *AFTER_SNAP)


def _folio(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —: 4号, one character in from the outer edge."""
    paragraph.style = "Normal"
    layout = paragraph.paragraph_format
    layout.alignment, layout.line_spacing = align, Pt(14)
    layout.left_indent = layout.right_indent = Twips(CELL)
    for text in ("— ", "PAGE", " —"):
        run = paragraph.add_run("" if text == "PAGE" else text)
        _face(run.font, FOLIO, 14)
        if text == "PAGE":
            field = element("w:fldSimple", instr="PAGE")
            run.element.addprevious(field)
            run.text = "1"
            field.append(run.element)


def each(document: Document, loop: str, value: str, look: Look) -> None:
    """A paragraph for each turn of a docxtpl loop (`line in lines`)."""
    add(document, f"{{%p for {loop} %}}", PLAIN)
    add(document, f"{{{{ {value} }}}}", look)
    add(document, "{%p endfor %}", PLAIN)


def told(document: Document, paragraphs: str) -> None:
    """A body: headings stay with what follows, the last paragraph with the signature."""
    add(document, f"{{%p for paragraph in {paragraphs} %}}", PLAIN)
    for condition, look in (
        ("if paragraph.level == 1", Look(HEADING, keep=True)),
        ("elif paragraph.level == 2", Look(KAI, keep=True)),
        ("elif loop.last", Look(keep=True)),
        ("else", PLAIN),
    ):
        add(document, f"{{%p {condition} %}}", PLAIN)
        add(document, "{{ paragraph.text }}", look)
    add(document, "{%p endif %}", PLAIN)
    add(document, "{%p endfor %}", PLAIN)


def when(document: Document, condition: str, text: str, look: Look) -> None:
    """A paragraph that is there only where a docxtpl condition holds."""
    add(document, f"{{%p if {condition} %}}", PLAIN)
    add(document, text, look)
    add(document, "{%p endif %}", PLAIN)


def add(document: Document, text: str, look: Look) -> Paragraph:
    """A new paragraph at the end."""
    return dress(document.add_paragraph(), text, look)


def dress(paragraph: Paragraph, text: str, look: Look) -> Paragraph:
    """Fill a paragraph with one run of text that looks so."""
    layout = paragraph.paragraph_format
    layout.alignment, layout.keep_with_next = look.align, look.keep or None
    if look.indent:
        layout.first_line_indent = Twips(look.indent * CELL)
    if any(look.inside):
        layout.left_indent, layout.right_indent = (Twips(side * CELL) for side in look.inside)
    run = paragraph.add_run(text)
    if (look.font, look.size) != (BODY, 16):
        _face(run.font, look.font, look.size)
    return paragraph


def _face(font: Font, name: str, size: float) -> None:
    font.name, font.size = name, Pt(size)
    faces = font.element.get_or_add_rPr().get_or_add_rFonts()
    faces.set(qn("w:eastAsia"), name)


def element(tag: str, **attributes: str) -> BaseOxmlElement:
    """A WordprocessingML element; attribute names without their `w:`."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def saved(document: Document) -> bytes:
    """The file's bytes, without the library's own thumbnail."""
    package = document.part.package
    assert package is not None
    links = package.rels
    for key in [key for key, link in links.items() if link.reltype.endswith("/thumbnail")]:
        del links[key]
    made = io.BytesIO()
    document.save(made)
    return repacked(made.getvalue())

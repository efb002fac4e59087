"""Builds the checked-in DOCX templates: `python -m craftsman.documents.docx_base`.

Page set-up of GB/T 9704-2012: A4, head 37 mm, binding edge 28 mm, 22 lines of 28 characters. docxtpl fills the
templates; an office may edit a copy of one in Word.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Mm, Pt, RGBColor, Twips

from craftsman.documents.docx_certificate import certificate
from craftsman.documents.docx_parts import (
    AFTER_SNAP,
    CENTRE,
    DAY,
    HEADING,
    LEFT,
    LINE,
    PLAIN,
    RIGHT,
    SIGNED,
    TITLE,
    Look,
    add,
    blank_page,
    each,
    element,
    saved,
    told,
    when,
)
from craftsman.documents.docx_tables import form, members, people
from craftsman.documents.kinds import TEMPLATES

RED = RGBColor(0xD7, 0x00, 0x0F)
FLUSH = Look(indent=0)
LAST = Look(keep=True)
HEAD = Look(TITLE, 22, CENTRE, 0, keep=True)
MARK = Look(HEADING, align=LEFT, indent=0, keep=True)
NUMBER = Look(align=CENTRE, indent=0)
NOTE = replace(LAST, align=LEFT, indent=-3, inside=(5, 0))
WIDTH = 8844  # twips: 156 mm
SMALL = 280  # twips: one character of 4号
BEFORE_FRAME = ("w:widowControl", "w:numPr", "w:pBdr", "w:shd", "w:tabs", "w:snapToGrid", *AFTER_SNAP)


def letter(own: Callable[[Document], None] | None = None) -> bytes:
    """The template of all letters, the same bytes on every run; `own` adds what a kind has after its body."""
    document = blank_page()
    _red_head(document)
    each(document, "line in heading_lines", "line", HEAD)
    add(document, "", PLAIN)
    when(document, "recipients", "{{ recipients }}：", FLUSH)
    told(document, "paragraphs")
    if own is not None:
        own(document)
    _note(document)
    _signature(document)
    _enclosures(document)
    _imprint(document)
    return saved(document)


MADE: Mapping[str, Callable[[], bytes]] = {
    "_base/letter.docx": letter,
    "approval-form/approval-form.docx": lambda: letter(form),
    "signature-sheet/signature-sheet.docx": lambda: letter(members),
    "certificate/certificate.docx": certificate,
}


def build() -> None:
    """Write every template to its place."""
    for name, make in MADE.items():
        (TEMPLATES / name).write_bytes(make())


def _red_head(document: Document) -> None:
    """发文机关标志 35 mm below the head of the type area, 发文字号, a red rule; left out where there is no number."""
    add(document, "{%p if red_head %}", PLAIN)
    mark = add(document, "{{ signed }}", Look(TITLE, 44, CENTRE, 0))
    mark.paragraph_format.space_before = Mm(35)
    mark.paragraph_format.line_spacing = Pt(52)
    mark.runs[0].font.color.rgb = RED
    number = add(document, "{{ red_head }}", NUMBER)
    number.paragraph_format.space_before = LINE * 2
    rule = element("w:pBdr")
    rule.append(element("w:bottom", val="single", sz="8", space="5", color=str(RED)))
    number.paragraph_format.element.get_or_add_pPr().insert_element_before(rule, "w:snapToGrid", *AFTER_SNAP)
    add(document, "", PLAIN)
    add(document, "", PLAIN)
    add(document, "{%p endif %}", PLAIN)


def _note(document: Document) -> None:
    """附件说明: one line below the body; numbered where there are several, each title hanging under itself."""
    add(document, "{%p for enclosure in enclosures %}", PLAIN)
    add(document, "{%p if loop.length == 1 %}", PLAIN)
    add(document, "附件：{{ enclosure.title }}", NOTE).paragraph_format.space_before = LINE
    add(document, "{%p elif loop.first %}", PLAIN)
    first = replace(NOTE, indent=-4, inside=(6, 0))
    add(document, "附件：{{ loop.index }}.{{ enclosure.title }}", first).paragraph_format.space_before = LINE
    add(document, "{%p else %}", PLAIN)
    add(document, "{{ loop.index }}.{{ enclosure.title }}", replace(NOTE, indent=-1, inside=(6, 0)))
    add(document, "{%p endif %}", PLAIN)
    add(document, "{%p endfor %}", PLAIN)


def _signature(document: Document) -> None:
    """Name and date; how far they are set in, rendering knows. A seal needs three lines of room, else there is one."""
    add(document, "{%p if signed %}", PLAIN)
    for condition, lines in (("if sealed", 3), ("else", 1)):
        add(document, f"{{%p {condition} %}}", PLAIN)
        name = add(document, "{{ signed }}", Look(align=RIGHT, indent=0, keep=True))
        name.style, name.paragraph_format.space_before = SIGNED, LINE * lines
    add(document, "{%p endif %}", PLAIN)
    add(document, "{{ signed_on }}", Look(align=RIGHT, indent=0)).style = DAY
    add(document, "{%p endif %}", PLAIN)


def _enclosures(document: Document) -> None:
    """附件: a new page, its mark top left, the title on the third line, then text or lists."""
    add(document, "{%p for enclosure in enclosures %}", PLAIN)
    add(document, "{{ enclosure.mark }}", MARK).paragraph_format.page_break_before = True
    add(document, "", PLAIN)
    each(document, "line in enclosure.title | title_lines", "line", HEAD)
    add(document, "{%p if enclosure.paragraphs %}", PLAIN)
    add(document, "", PLAIN)
    told(document, "enclosure.paragraphs")
    add(document, "{%p endif %}", PLAIN)
    add(document, "{%p for tier in enclosure.tiers %}", PLAIN)
    add(document, "{{ tier.title }}", MARK).paragraph_format.space_before = LINE
    people(document)
    add(document, "{%p endfor %}", PLAIN)
    add(document, "{%p endfor %}", PLAIN)


def _imprint(document: Document) -> None:
    """版记: 4号 at the foot of the last page; rules as wide as the type area, 0.35 mm outside and 0.25 mm between."""
    add(document, "{%p if imprint %}", PLAIN)
    add(document, "{%p if imprint.copies_to %}", PLAIN)
    _printed(document, "抄送：{{ imprint.copies_to }}。")
    add(document, "{%p endif %}", PLAIN)
    _printed(document, "{{ imprint.printed_by }}\t{{ imprint.printed_on }}")
    add(document, "{%p endif %}", PLAIN)


def _printed(document: Document, text: str) -> None:
    line = add(document, text, Look(size=14, align=LEFT, indent=0))
    line.paragraph_format.first_line_indent = Twips(SMALL)
    line.paragraph_format.tab_stops.add_tab_stop(Twips(WIDTH - SMALL), WD_TAB_ALIGNMENT.RIGHT)
    properties = line.paragraph_format.element.get_or_add_pPr()
    frame = element(
        "w:framePr", w=str(WIDTH), hSpace="0", wrap="around", vAnchor="margin", hAnchor="margin", yAlign="bottom"
    )
    properties.insert_element_before(frame, *BEFORE_FRAME)
    rules = element("w:pBdr")
    for side, width in (("top", "8"), ("bottom", "8"), ("between", "6")):
        rules.append(element(f"w:{side}", val="single", sz=width, space="1", color="auto"))
    properties.insert_element_before(rules, "w:shd", "w:tabs", "w:snapToGrid", *AFTER_SNAP)


if __name__ == "__main__":
    build()

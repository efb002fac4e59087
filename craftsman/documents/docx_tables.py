"""Tables of the DOCX templates: lists of people, sheets to sign, forms with rooms for opinions and seals."""

from collections.abc import Sequence

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.shared import Mm, Pt
from docx.table import Table, _Cell  # pyright: ignore[reportPrivateUsage]  (the library gives cells no other name)
from docx.text.paragraph import Paragraph

from craftsman.documents.docx_parts import CENTRE, HEADING, LEFT, RIGHT, Look, dress, element

FLUSH = Look(indent=0)
PEOPLE = (
    ("序号", 11, "{{ line.number }}"),
    ("姓名", 34, "{{ line.padded_name }}{% if line.remark | length <= 3 %}{{ line.remark }}{% endif %}"),
    ("工作单位", 43, "{{ line.unit }}"),
    ("岗位（工种）", 33, "{{ line.post }}"),
    ("推荐单位", 35, "{{ line.recommending_unit }}"),
)
MEMBERS = (
    ("序号", 12, "{{ member.number }}"),
    ("姓名", 24, "{{ member.name }}"),
    ("工作单位", 44, "{{ member.unit }}"),
    ("职称（职务）", 26, "{{ member.title }}"),
    ("签字", 28, ""),
    ("日期", 22, ""),
)
FORM_WIDTHS = (26, 27, 23, 30, 23, 27)
FORM = (
    ("姓名", "name", "性别", "sex", "民族", "ethnicity"),
    ("政治面貌", "political", "学历", "education", "照片", "（贴二寸免冠照）"),
    ("工作单位", "unit", "单位性质", "unit_nature"),
    ("岗位（工种）", "post", "职务", "position", "技能等级", "skill_level"),
    ("工种年限", "years_in_trade", "主导产业", "industry", "来源渠道", "channel"),
    ("所在地", "region", "推荐序位", "{{ nominees[0].seat }}第{{ nominees[0].rank }}位"),
    ("推荐单位", "recommending_unit"),
    ("出生年月、证件号码、电话", "（由推荐单位核对证件后手工填写，系统不打印）"),
    ("主要荣誉", "honours"),
    ("主要事迹", "deeds"),
)
LONG = {"honours", "deeds"}
PLEDGE = ("本人承诺", "以上内容真实。本人签字：　　　　　　　　年　　月　　日")
LEVELS = (
    "职代会（职工大会）意见",
    "所在单位意见",
    "县（市、区）总工会意见",
    "推荐单位意见",
    "资格审查意见",
    "领导小组审定意见",
)
SEAL = "（盖章）　　　　　　　　年　　月　　日"


def people(document: Document) -> None:
    """The list of a tier; a long remark（女，回族）stands on a line of its own, so that no name is broken by it."""
    table = _listing(document, PEOPLE, "line in tier.lines", centred=2)
    for text in ("{%p if line.remark | length > 3 %}", "{{ line.remark }}", "{%p endif %}"):
        _small(table.cell(2, 1).add_paragraph(), text, Look(size=12, align=CENTRE, indent=0))


def members(document: Document) -> None:
    """A line for each member to sign on."""
    table = _listing(document, MEMBERS, "member in members", centred=6)
    table.rows[2].height, table.rows[2].height_rule = Mm(11), WD_ROW_HEIGHT_RULE.AT_LEAST


def form(document: Document) -> None:
    """推荐审批表: labels and values, long texts, then a room for each opinion and seal."""
    table = document.add_table(len(FORM) + 1 + len(LEVELS), len(FORM_WIDTHS), style="Table Grid")
    _set_up(table, FORM_WIDTHS)
    for place, row in enumerate(FORM):
        _row(table, place, row)
    for place, (name, text) in enumerate((PLEDGE, *((level, SEAL) for level in LEVELS)), start=len(FORM)):
        _label(table.cell(place, 0), name)
        room = table.cell(place, 1).merge(table.cell(place, 5))
        _fill(room, text, Look(size=12, align=RIGHT, indent=0))
        room.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
        table.rows[place].height, table.rows[place].height_rule = Mm(24), WD_ROW_HEIGHT_RULE.AT_LEAST
        _whole(table, place)


def _row(table: Table, place: int, row: Sequence[str]) -> None:
    """Six cells, or fewer, of which the first value fills the room."""
    spare = len(FORM_WIDTHS) - len(row)
    values = {1: 1 + spare}
    at = 0
    for number, text in enumerate(row):
        last = at + (values.get(number, 1) - 1)
        cell = table.cell(place, at)
        cell = cell.merge(table.cell(place, last)) if last > at else cell
        at = last + 1
        if number % 2 == 0:
            _label(cell, text)
        else:
            shown = text if not text.isascii() or "{" in text else f"{{{{ nominees[0].{text} }}}}"
            _fill(cell, shown, Look(size=12, align=LEFT if text in LONG else CENTRE, indent=0))


def _label(cell: _Cell, text: str) -> None:
    _fill(cell, text, Look(HEADING, 12, CENTRE, 0))


def _listing(document: Document, columns: Sequence[tuple[str, int, str]], loop: str, *, centred: int) -> Table:
    """A list of fixed columns; its head repeats on every page and no row is torn in two."""
    table = document.add_table(4, len(columns), style="Table Grid")
    _set_up(table, [width for _, width, _ in columns])
    for cell, (head, _, _) in zip(table.rows[0].cells, columns, strict=True):
        _fill(cell, head, Look(HEADING, 12, CENTRE, 0, keep=True))
    _fill(table.cell(1, 0), f"{{%tr for {loop} %}}", FLUSH)
    for place, (cell, (_, _, field)) in enumerate(zip(table.rows[2].cells, columns, strict=True)):
        _fill(cell, field, Look(size=12, align=CENTRE if place < centred else LEFT, indent=0))
    _fill(table.cell(3, 0), "{%tr endfor %}", FLUSH)
    for place in range(len(table.rows)):
        _whole(table, place)
    table.rows[0]._tr.get_or_add_trPr().append(element("w:tblHeader"))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return table


def _whole(table: Table, place: int) -> None:
    table.rows[place]._tr.get_or_add_trPr().append(element("w:cantSplit"))  # noqa: SLF001  (python-docx has no other way)  # pyright: ignore[reportPrivateUsage]


def _set_up(table: Table, widths: Sequence[int]) -> None:
    """Fixed widths in mm; 1 mm inside of each cell, left and right, and 3 pt above and below."""
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    margins = element("w:tblCellMar")
    for side, twips in (("top", 60), ("left", 57), ("bottom", 60), ("right", 57)):
        margins.append(element(f"w:{side}", w=str(twips), type="dxa"))
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _fill(cell: _Cell, text: str, look: Look) -> None:
    _small(cell.paragraphs[0], text, look)


def _small(paragraph: Paragraph, text: str, look: Look) -> None:
    dress(paragraph, text, look).paragraph_format.line_spacing = Pt(18)

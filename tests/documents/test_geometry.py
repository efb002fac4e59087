"""GB/T 9704-2012 measured on the pages: as Typst sets the PDF, and as LibreOffice sets the DOCX."""

import io
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import docx
import pytest

from craftsman.documents import render
from craftsman.documents.contexts import Decision
from craftsman.documents.docx_parts import DAY, SIGNED
from craftsman.documents.typesetting import pdfs
from tests.documents.make_documents import MADE_AT, make_decision

MM = 72 / 25.4
PITCH = 225 * MM / 22
CELL = 156 / 28
LONG = make_decision(paragraphs=("测" * 1400, "末段。"), approval_no="某表〔2026〕1号")
LINE = re.compile(r'<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</line>', re.DOTALL)


@dataclass
class Line:
    """A line as set, in mm from the page's left and top; `middle` is that of its characters."""

    left: float
    right: float
    middle: float
    text: str


@pytest.fixture(scope="module", params=["typst", "office"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[list[Line]]:
    """The same long decision by both ways, each page as its lines."""
    if not shutil.which("pdftotext"):
        pytest.skip("needs pdftotext (poppler-utils) on PATH")
    return lines_of(by_typst(LONG) if request.param == "typst" else by_office(LONG, tmp_path_factory.mktemp("office")))


def by_typst(decision: Decision) -> bytes:
    return render.decision_pdf(decision, MADE_AT)


def by_office(decision: Decision, folder: Path) -> bytes:
    if not shutil.which("soffice"):
        pytest.skip("needs LibreOffice (soffice) on PATH")
    (folder / "d.docx").write_bytes(render.decision_docx(decision))
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "d.docx"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=180)
    return (folder / "d.pdf").read_bytes()


def lines_of(content: bytes) -> list[list[Line]]:
    command = ["pdftotext", "-bbox-layout", "-", "-"]
    told = subprocess.run(command, input=content, check=True, capture_output=True).stdout.decode()
    return [[line(found) for found in LINE.finditer(page)] for page in told.split("<page ")[1:]]


def line(found: re.Match[str]) -> Line:
    left, top, right, bottom = (float(side) / MM for side in found.groups()[:4])
    return Line(left, right, (top + bottom) / 2, re.sub(r"<[^>]*>|\s", "", found[5]))


def full(page: list[Line]) -> list[Line]:
    """The lines of the body."""
    return [one for one in page if one.text.startswith("测")]


def folio(page: list[Line]) -> Line:
    return max(page, key=lambda one: one.middle)


def test_page_holds_22_lines_of_28(pages: list[list[Line]]) -> None:
    assert [len(one.text) for one in full(pages[1])] == [28] * 22


def test_lines_stand_a_22nd_apart(pages: list[list[Line]]) -> None:
    body = full(pages[1])
    assert (body[-1].middle - body[0].middle) / 21 * MM == pytest.approx(PITCH, abs=0.05)


def test_binding_edge_is_28_mm(pages: list[list[Line]]) -> None:
    assert min(one.left for one in full(pages[1])) == pytest.approx(28, abs=0.2)


def test_lines_are_156_mm_wide(pages: list[list[Line]]) -> None:
    assert max(one.right for one in full(pages[1])) == pytest.approx(28 + 156, abs=0.5)


def test_head_is_37_mm(pages: list[list[Line]]) -> None:
    """The first line's middle is half a pitch below the head, give or take the stand-in font's own middle."""
    assert full(pages[1])[0].middle == pytest.approx(37 + PITCH / 2 / MM, abs=1.7)


def test_paragraphs_begin_two_in(pages: list[list[Line]]) -> None:
    first = next(one for one in pages[0] if one.text.startswith("测"))
    assert (first.left - 28) / CELL == pytest.approx(2, abs=0.05)


def test_folios_stand_on_outer_edges(pages: list[list[Line]]) -> None:
    odd, even = folio(pages[0]), folio(pages[1])
    assert (odd.text, even.text) == ("—1—", "—2—")
    edges = (184 - odd.right, even.left - 28)
    assert edges == (pytest.approx(CELL, abs=0.4), pytest.approx(CELL, abs=0.4))


def test_folios_stand_7_mm_below(pages: list[list[Line]]) -> None:
    assert [folio(page).middle for page in pages[:2]] == [pytest.approx(262 + 7, abs=1.2)] * 2


def test_enclosures_begin_at_the_head(pages: list[list[Line]]) -> None:
    page = next(page for page in pages if page[0].text == "附件")
    assert page[0].left == pytest.approx(28, abs=0.2)
    assert (page[1].middle - page[0].middle) * MM == pytest.approx(2 * PITCH, abs=2.5)  # stand-in fonts differ


def test_imprint_ends_the_type_area(pages: list[list[Line]]) -> None:
    printed = next(one for one in reversed(pages[-1]) if "印发" in one.text)
    assert printed.middle == pytest.approx(262 - PITCH / 2 / MM, abs=2.5)


@pytest.mark.parametrize(("sealed", "edge", "offset"), [("true", 4, 0), ("false", 2, 2)])
def test_signatures_stand_by_the_standard(sealed: str, edge: int, offset: int) -> None:
    """Under a seal the name is centred above the date, which ends four in; else the date begins two after the name."""
    if not shutil.which("pdftotext"):
        pytest.skip("needs pdftotext (poppler-utils) on PATH")
    signed = f'#signature("某某省某某部委员会", "2026年4月7日", sealed: {sealed})'
    source = f'#import "/_base/official.typ": *\n#show: official\n{signed}'
    name, day = lines_of(next(pdfs([source], MADE_AT)))[0][:2]
    if offset:
        found = (184 - name.right, day.left - name.left)
    else:
        found = (184 - day.right, (day.left + day.right - name.left - name.right) / 2)
    assert [side / CELL for side in found] == [pytest.approx(edge, abs=0.15), pytest.approx(offset, abs=0.15)]


def test_docx_signature_is_set_in() -> None:
    made = docx.Document(io.BytesIO(render.decision_docx(make_decision())))
    indents = {
        one.text: one.paragraph_format.right_indent
        for one in made.paragraphs
        if one.style and one.style.name in (SIGNED, DAY)
    }
    assert {text: round((indent or 0) / 635 / 315, 2) for text, indent in indents.items()} == {
        "某省总工会": 4.75,
        "2026年4月27日": 4.0,
    }


def test_docx_headings_change_their_face() -> None:
    made = render.decision_docx(make_decision(paragraphs=("一、总则", "（一）范围", "正文。")))
    faces = {one.text: one.runs[0].font.name for one in docx.Document(io.BytesIO(made)).paragraphs if one.runs}
    assert [faces[text] for text in ("一、总则", "（一）范围", "正文。")] == ["黑体", "楷体_GB2312", None]

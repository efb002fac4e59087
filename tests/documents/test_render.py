import io
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from craftsman.documents import render
from craftsman.documents.contexts import Tier
from craftsman.errors import Refused
from tests.documents.make_documents import (
    MADE_AT,
    make_certificate,
    make_decision,
    make_explanation,
    make_line,
    make_notice,
    make_tiers,
)
from tests.documents.reading import bare, docx_text, html_text, pdf_text

INJECTIONS = (
    "#panic()",
    "{{7*7}}",
    "{% raw %}",
    "<script>alert(1)</script>",
    '"); #panic("',
    "\\u{41}",
    "$x$ *b* _i_ @a",
)
FORMS: dict[str, Callable[[], bytes]] = {
    "notice.html": lambda: render.notice_html(make_notice()),
    "notice.pdf": lambda: render.notice_pdf(make_notice(), MADE_AT),
    "notice.docx": lambda: render.notice_docx(make_notice()),
    "decision.html": lambda: render.decision_html(make_decision()),
    "decision.pdf": lambda: render.decision_pdf(make_decision(), MADE_AT),
    "decision.docx": lambda: render.decision_docx(make_decision()),
    "certificate.pdf": lambda: render.certificate_pdf(make_certificate(), MADE_AT),
    "scores.xlsx": lambda: render.score_explanation_xlsx(make_explanation()),
}


@pytest.mark.parametrize("form", FORMS)
def test_same_input_gives_same_bytes(form: str) -> None:
    first = FORMS[form]()
    time.sleep(1.1 if form.endswith("x") else 0)  # zip dates have two-second steps, XML dates one
    assert FORMS[form]() == first


def test_notice_says_same_in_every_form() -> None:
    notice = make_notice()
    said = html_text(render.notice_html(notice))
    assert (pdf_text(render.notice_pdf(notice, MADE_AT)), docx_text(render.notice_docx(notice))) == (said, said)


@pytest.mark.parametrize("number", ["某工发〔2026〕12号", None])
def test_decision_says_same_in_every_form(number: str | None) -> None:
    decision = make_decision(doc_number=number)
    said = html_text(render.decision_html(decision))
    assert (pdf_text(render.decision_pdf(decision, MADE_AT)), docx_text(render.decision_docx(decision))) == (said, said)


def test_red_head_needs_a_number() -> None:
    assert html_text(render.decision_html(make_decision(doc_number=None))).startswith("关于发布2026年度")


@pytest.mark.parametrize("text", INJECTIONS)
def test_injected_markup_stays_plain_text(text: str) -> None:
    notice = make_notice(basis=(text,), tiers=(Tier(text, (make_line(name=text, unit=text),)),))
    found = (
        html_text(render.notice_html(notice)),
        pdf_text(render.notice_pdf(notice, MADE_AT)),
        docx_text(render.notice_docx(notice)),
    )
    assert [said.count(bare(text)) for said in found] == [4, 4, 4]


def test_html_holds_no_injected_element() -> None:
    page = render.notice_html(make_notice(procedure="<script>alert(1)</script>"))
    assert b"<script" not in page


@pytest.mark.parametrize("text", INJECTIONS)
def test_certificate_prints_names_literally(text: str) -> None:
    made = render.certificate_pdf(make_certificate(name=text), MADE_AT)
    assert bare(text) in pdf_text(made)


def test_control_characters_break_no_form() -> None:
    notice = make_notice(procedure="甲\a乙\f丙\t丁")
    assert "甲乙丙丁" in docx_text(render.notice_docx(notice))


def test_unknown_character_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="“王𠮷”中的“𠮷”（U\\+20BB7）"):
        render.certificate_pdf(make_certificate(name="王𠮷"), MADE_AT)


def test_pdf_is_a4_and_pdf_a() -> None:
    made = render.notice_pdf(make_notice(), MADE_AT)
    pages = PdfReader(io.BytesIO(made)).pages
    sizes = {(round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4)) for page in pages}
    assert (sizes, b"<pdfaid:part>2</pdfaid:part>" in made) == ({(210, 297)}, True)


def test_page_holds_22_lines_of_28() -> None:
    long = make_notice(basis=("测" * 1300,))
    second = PdfReader(io.BytesIO(render.notice_pdf(long, MADE_AT))).pages[1].extract_text().splitlines()
    assert [len(line) for line in second[:-1]] == [28] * 22


def test_pages_carry_folios() -> None:
    reader = PdfReader(io.BytesIO(render.notice_pdf(make_notice(), MADE_AT)))
    assert [page.extract_text().splitlines()[-1].split() for page in reader.pages] == [
        ["—", str(number), "—"] for number in (1, 2, 3)
    ]


def test_titles_stand_in_second_size() -> None:
    sizes: dict[str, float] = {}

    def visit(text: str, _user: Any, matrix: list[float], _font: Any, size: float) -> None:
        sizes.setdefault(text.strip()[:2], size * abs(matrix[0]))

    PdfReader(io.BytesIO(render.notice_pdf(make_notice(), MADE_AT))).pages[0].extract_text(visitor_text=visit)
    assert (round(sizes["关于"]), round(sizes["根据"])) == (22, 16)


def test_docx_is_set_up_by_standard() -> None:
    section = docx.Document(io.BytesIO(render.notice_docx(make_notice()))).sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins if margin is not None] == [37, 35, 28, 26]


def test_docx_tells_nothing_of_author() -> None:
    made = render.notice_docx(make_notice())
    properties = docx.Document(io.BytesIO(made)).core_properties
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    told = (properties.author, properties.last_modified_by, properties.title, properties.created)
    assert (told, "docProps/thumbnail.jpeg" in names) == (("", "", "", None), False)


def test_docx_lists_padded_names() -> None:
    table = docx.Document(io.BytesIO(render.notice_docx(make_notice()))).tables[0]
    names = [row.cells[1].text.replace("\n", "") for row in table.rows]
    assert names == ["姓名", "李\u3000样", "阿某某·某某提", "欧阳样例（女）"]


def test_long_lists_repeat_their_head() -> None:
    made = render.notice_pdf(make_notice(tiers=make_tiers(30)), MADE_AT)
    heads = [page.extract_text().count("推荐单位") for page in PdfReader(io.BytesIO(made)).pages]
    assert heads == [0, 0, 1, 1, 1]


def test_signature_never_stands_alone() -> None:
    for length in range(200, 560, 30):
        notice = make_decision(doc_number=None, paragraphs=("测" * length, "末" * 60))
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(render.decision_pdf(notice, MADE_AT))).pages]
        signed = next(page for page in pages if "2026年4月27日" in page)
        assert "末" in signed


def test_certificates_come_in_order() -> None:
    wanted = [make_certificate(serial) for serial in range(1, 6)]
    texts = [pdf_text(made) for made in render.certificates(wanted, MADE_AT)]
    assert [certificate.number in text for certificate, text in zip(wanted, texts, strict=True)] == [True] * 5


def test_batch_equals_single_certificates() -> None:
    wanted = [make_certificate(serial) for serial in range(1, 4)]
    assert list(render.certificates(wanted, MADE_AT)) == [render.certificate_pdf(one, MADE_AT) for one in wanted]


def test_thirty_certificates_take_seconds() -> None:
    started = time.monotonic()
    made = list(render.certificates(map(make_certificate, range(30)), MADE_AT))
    assert (len(made), time.monotonic() - started < 4) == (30, True)


def test_certificate_fits_one_landscape_page() -> None:
    long = make_certificate(
        name="阿某某·某某提·某某某某", honour="某省非常非常长的称号全称示例大工匠年度人物（特别发布）"
    )
    pages = PdfReader(io.BytesIO(render.certificate_pdf(long, MADE_AT))).pages
    assert [(round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4)) for page in pages] == [
        (297, 210)
    ]


def test_certificate_code_reads_back(tmp_path: Path) -> None:
    if not (shutil.which("zbarimg") and shutil.which("pdftoppm")):
        pytest.skip("needs zbarimg and pdftoppm on PATH")
    certificate = make_certificate()
    (tmp_path / "c.pdf").write_bytes(render.certificate_pdf(certificate, MADE_AT))
    subprocess.run(["pdftoppm", "-png", "-r", "100", "c.pdf", "c"], cwd=tmp_path, check=True)
    read = subprocess.run(["zbarimg", "-q", "--raw", "c-1.png"], cwd=tmp_path, check=True, capture_output=True)
    assert read.stdout.decode().strip() == certificate.verify_url


def test_office_opens_the_docx(tmp_path: Path) -> None:
    if not shutil.which("soffice"):
        pytest.skip("needs LibreOffice (soffice) on PATH")
    (tmp_path / "d.docx").write_bytes(render.decision_docx(make_decision()))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "d.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    pages = [bare(page.extract_text()) for page in PdfReader(tmp_path / "d.pdf").pages]
    assert [page[:2] for page in pages] == ["某省", "希望", "附件"]


def test_replaced_notice_keeps_its_own_list() -> None:
    notice = replace(make_notice(), title="关于甲乙人选的公示")
    assert "甲乙人选名单" in html_text(render.notice_html(notice))

"""Every kind of document, and one more that is nothing but a folder; all people are fictitious."""

import io
import shutil
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from openpyxl import load_workbook

from craftsman.documents.facts import Context, field_names, visible
from craftsman.documents.kinds import TEMPLATES, forms, kind_of, names
from craftsman.documents.render import rendered
from craftsman.errors import Invalid, NotFound, Refused
from models import Person
from tests.documents.make_documents import (
    MADE_AT,
    make_certificate,
    make_decision,
    make_nominee,
    make_notice,
    make_paper,
)
from tests.documents.reading import bare, docx_text, html_text, pdf_text

KINDS = [
    "approval-form",
    "certificate",
    "circular",
    "decision",
    "minutes",
    "notice",
    "notice-report",
    "objection-reply",
    "press-release",
    "signature-sheet",
    "substitute-notice",
    "summary",
    "unit-notice",
]
TEXTS = [kind for kind in KINDS if kind != "summary"]


def context_of(kind: str) -> Context:
    own: dict[str, Context] = {
        "notice": make_notice(),
        "substitute-notice": make_notice(resolution="某次会议决议"),
        "decision": make_decision(approval_no="某表〔2026〕1号"),
        "circular": make_decision(),
        "certificate": make_certificate(),
    }
    return own.get(kind, make_paper())


def made(kind: str, context: Context | None = None, folder: Path = TEMPLATES) -> dict[str, bytes]:
    return rendered(kind_of(kind, folder), context or context_of(kind), MADE_AT, folder)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """The templates with room for another kind."""
    return Path(shutil.copytree(TEMPLATES, tmp_path / "documents"))


def add_kind(shelf: Path, wording: str, settings: str = 'title = "感谢信"') -> None:
    (shelf / "thanks").mkdir()
    (shelf / "thanks" / "kind.toml").write_text(settings, encoding="utf-8")
    (shelf / "thanks" / "wording.txt").write_text(wording, encoding="utf-8")


def test_every_kind_has_its_folder() -> None:
    assert names() == KINDS


@pytest.mark.parametrize("kind", TEXTS)
def test_texts_have_three_forms(kind: str) -> None:
    assert forms(kind_of(kind)) == ("html", "docx", "pdf")


@pytest.mark.parametrize("kind", sorted({*TEXTS} - {"certificate"}))
def test_forms_say_the_same(kind: str) -> None:
    files = made(kind)
    said = html_text(files["html"])
    assert (pdf_text(files["pdf"]), docx_text(files["docx"])) == (said, said)


def test_certificates_say_the_same() -> None:
    """The order of their corners differs."""
    files = made("certificate")
    said = Counter(html_text(files["html"]))
    assert (Counter(pdf_text(files["pdf"])), Counter(docx_text(files["docx"]))) == (said, said)


@pytest.mark.parametrize("kind", KINDS)
def test_same_round_gives_same_bytes(kind: str) -> None:
    first = made(kind)
    time.sleep(1.1 if kind in ("summary", "certificate") else 0)
    assert made(kind) == first


def test_new_kind_is_a_folder(shelf: Path) -> None:
    add_kind(shelf, "一、致谢\n感谢{{ organiser }}对{{ honour }}的支持。\n")
    files = made("thanks", folder=shelf)
    said = "感谢信一、致谢感谢某省总工会对2026年某省大工匠年度人物的支持。某省总工会2026年4月27日"
    assert (html_text(files["html"]), pdf_text(files["pdf"]), docx_text(files["docx"])) == (said, said, said)


def test_enclosures_are_numbered(shelf: Path) -> None:
    enclosures = 'enclosures = [{ title = "名单" }, { title = "说明", wording = "more.txt" }]'
    add_kind(shelf, "见附件。", f'title = "函"\nsealed = false\n{enclosures}')
    (shelf / "thanks" / "more.txt").write_text("说明如下。", encoding="utf-8")
    said = html_text(made("thanks", folder=shelf)["html"])
    assert [part in said for part in ("附件：1.名单2.说明", "附件1名单", "附件2说明说明如下。")] == [True] * 3
    assert pdf_text(made("thanks", folder=shelf)["pdf"]) == said


def test_imprint_names_copies(shelf: Path) -> None:
    add_kind(shelf, "正文。", 'title = "函"\nimprint = { printed_by = "某办公室", copies_to = "某市总工会" }')
    files = made("thanks", folder=shelf)
    said = html_text(files["html"])
    assert said.endswith("抄送：某市总工会。某办公室2026年4月27日印发")
    assert (pdf_text(files["pdf"]), docx_text(files["docx"])) == (said, said)


@pytest.mark.parametrize("field", ["id_number", "nominees[0].phone", "nominees[0].born", "nominees[0].id_cipher"])
def test_templates_reach_no_personal_number(shelf: Path, field: str) -> None:
    add_kind(shelf, "{{ " + field + " }}")
    with pytest.raises(UndefinedError):
        made("thanks", folder=shelf)


@pytest.mark.parametrize("code", ["{{ ''.__class__.__mro__ }}", "{{ organiser.__init__.__globals__ }}"])
def test_wordings_run_in_a_sandbox(shelf: Path, code: str) -> None:
    add_kind(shelf, code)
    with pytest.raises(Exception, match=r"unsafe|undefined|has no"):
        made("thanks", folder=shelf)


def test_rows_of_tables_are_refused() -> None:
    person = Person(
        round_id=1,
        name="某",
        sex="1",
        ethnicity="01",
        born="",
        id_index="",
        id_cipher="",
        birth_cipher="",
        phone_cipher="",
    )
    with pytest.raises(TypeError, match="Person"):
        visible(make_paper(nominees=(person,)))


def test_only_the_office_has_a_telephone() -> None:
    numbered = {kind for kind, fields in field_names().items() if fields & {"phone", "supervision_phone"}}
    private = {
        field for fields in field_names().values() for field in fields if field.startswith(("id_", "birth", "born"))
    }
    assert (numbered, private) == ({"Notice", "Office"}, set())


def test_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(NotFound, match=r"没有“\.\./mail”这种文件；现有：approval-form、"):
        kind_of("../mail")


def test_wrong_kind_file_is_told(shelf: Path) -> None:
    add_kind(shelf, "", 'titel = "错字"')
    with pytest.raises(Invalid, match=r"thanks/kind\.toml 有误"):
        kind_of("thanks", shelf)


def test_summary_lists_named_columns() -> None:
    sheet = load_workbook(io.BytesIO(made("summary")["xlsx"])).worksheets[0]
    assert [cell.value for cell in sheet[3]][:4] == [1, "2026-XX-0001", "李样", "男"]


def test_summary_columns_are_allow_listed(shelf: Path) -> None:
    settings = 'title = "表"\ncolumns = [{ head = "电话", field = "phone" }]'
    add_kind(shelf, "", settings)
    with pytest.raises(Invalid, match="phone"):
        made("thanks", folder=shelf)


@pytest.mark.parametrize("text", ["#panic()", "{{7*7}}", '"); #panic("', "<script>alert(1)</script>", "$x$ *b* @a"])
def test_markup_in_names_stays_text(text: str) -> None:
    files = made("approval-form", make_paper(nominees=(make_nominee(name=text),)))
    said = (html_text(files["html"]), pdf_text(files["pdf"]), docx_text(files["docx"]))
    assert [bare(text) in one for one in said] == [True] * 3


@pytest.mark.parametrize(
    "number", ["某工发[2026]12号", "某工发〔2026〕012号", "某工发〔2026〕第12号", "某工发〔26〕12号"]
)
def test_document_numbers_follow_the_standard(number: str) -> None:
    with pytest.raises(Refused, match="发文字号"):
        make_decision(doc_number=number)


def test_substitutes_rest_on_a_resolution() -> None:
    assert "递补依据：某次会议决议。" in html_text(made("substitute-notice")["html"])


def test_pending_objections_stop_the_report() -> None:
    paper = make_paper()
    assert paper.term is not None
    term = type(paper.term)("公示", date(2026, 4, 7), date(2026, 4, 14), 5, natural=False, filed=1, pending=1)
    assert "待办结后再行审定" in html_text(made("notice-report", make_paper(term=term))["html"])

"""Documents made of a round; all people are fictitious."""

import io
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from craftsman.actions.acting import Actor
from craftsman.actions.documents import document_bytes, documents_of
from craftsman.actions.paperwork import Wanted, make_document
from craftsman.actions.ties import TieIn, declare_tie
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Nomination, Organisation, Person, Round, TieKind
from tests.actions.balloting import opened_ballot, vote
from tests.actions.judging import opened_scoring, panels
from tests.actions.make_announced import posted_round
from tests.actions.make_noticed import Noticed, at
from tests.actions.opened import book, counts, open_intake, person, row, take_in
from tests.documents.reading import html_text, pdf_text
from tests.driver import drive
from tests.factories import NOW, act_of, close_stage, make_account

DAY = date(2026, 4, 27)


def make(place: Workplace, who: Actor, round_: Round, *asked: str, day: date = DAY) -> dict[str, bytes]:
    """Make a document of a kind, about a subject; its files by name."""
    kind, subject = (*asked, "")[:2]
    with transaction(place.engine) as session:
        kept = make_document(session, act_of(place, who), round_.key, Wanted(kind, subject, day))
        return {one.file_name: document_bytes(place, one) for one in kept}


def whole_text(files: dict[str, bytes]) -> str:
    """What all forms say, and a workbook's parts."""
    told: list[str] = []
    for name, content in files.items():
        if name.endswith((".docx", ".xlsx")):
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                told += [parts.read(part).decode(errors="replace") for part in parts.namelist()]
        else:
            told.append(pdf_text(content) if name.endswith(".pdf") else content.decode())
    return "\n".join(told)


def text(files: dict[str, bytes]) -> str:
    return html_text(next(content for name, content in files.items() if name.endswith(".html")))


@pytest.fixture
def noticed(place: Workplace) -> Noticed:
    """A notice posted on 14 April; its five working days end on the 21st."""
    return posted_round(place, "2026-04-14")


def of_noticed(noticed: Noticed, kind: str, subject: str = "", day: date = DAY) -> dict[str, bytes]:
    return make(noticed.place, noticed.staff, noticed.round, kind, subject, day=day)


def test_report_counts_objections(noticed: Noticed) -> None:
    noticed.now = at("2026-04-15")
    noticed.rule(noticed.object_to("丁样"), upheld=False)
    noticed.object_to("高富")
    said = text(of_noticed(noticed, "notice-report"))
    assert "公示期内收到异议2件：不予受理0件，核查后不成立1件、成立0件，尚在办理1件。" in said


def test_report_waits_for_the_end(noticed: Noticed) -> None:
    with pytest.raises(Refused, match="期满之后才能出具"):
        of_noticed(noticed, "notice-report", day=date(2026, 4, 21))


def test_reply_waits_for_the_ruling(noticed: Noticed) -> None:
    noticed.now = at("2026-04-15")
    receipt = noticed.object_to("丁样").receipt_no
    with pytest.raises(Refused, match="尚未办结，不能答复"):
        of_noticed(noticed, "objection-reply", receipt)


def test_reply_never_names_who_objected(noticed: Noticed) -> None:
    noticed.now = at("2026-04-15")
    objection = noticed.object_to("丁样")
    noticed.rule(objection, upheld=True)
    said = text(of_noticed(noticed, "objection-reply", objection.receipt_no))
    assert ("异议成立" in said, "丁样" in said, "反映人样" in said) == (True, True, False)


def test_same_document_is_no_new_version(noticed: Noticed) -> None:
    assert of_noticed(noticed, "notice-report") == of_noticed(noticed, "notice-report")
    with reading(noticed.place.engine) as session:
        made = [one for one in documents_of(session, noticed.round_id) if one.kind == "notice-report"]
        assert [(one.version, one.public) for one in made] == [(1, False)] * 3


def test_release_needs_a_list(noticed: Noticed) -> None:
    with pytest.raises(Refused, match="还没有名单，不能生成新闻通稿"):
        of_noticed(noticed, "press-release")


@pytest.mark.parametrize("kind", ["notice", "decision", "certificate"])
def test_issued_kinds_are_not_made_apart(noticed: Noticed, kind: str) -> None:
    with pytest.raises(Refused, match="不能另行制作"):
        of_noticed(noticed, kind)


@pytest.mark.parametrize(
    ("kind", "subject", "told"),
    [
        ("approval-form", "2026-none", "没有申报"),
        ("unit-notice", "nowhere", "没有推荐单位"),
        ("objection-reply", "none", "没有异议"),
        ("notice-report", "9", "没有第 9 份公示"),
        ("poem", "", "没有“poem”这种文件"),
    ],
)
def test_unknown_subjects_are_told(noticed: Noticed, kind: str, subject: str, told: str) -> None:
    with pytest.raises(NotFound, match=told):
        of_noticed(noticed, kind, subject)


def test_kinds_ask_what_they_are_about(noticed: Noticed) -> None:
    with pytest.raises(Invalid, match="推荐审批表是关于什么的：申报编号"):
        of_noticed(noticed, "approval-form")


def test_only_staff_make_documents(noticed: Noticed) -> None:
    with pytest.raises(Forbidden):
        make(noticed.place, noticed.verifier, noticed.round, "summary")


def test_personal_data_stops_a_document(noticed: Noticed) -> None:
    with transaction(noticed.place.engine) as session:
        case = session.exec(select(Nomination)).first()
        assert case is not None
        case.details = {"deeds": "联系电话13800000001。"}
        case_no = case.case_no
    with pytest.raises(Refused, match="个人信息"):
        of_noticed(noticed, "approval-form", case_no)


def test_missing_glyph_stops_a_document(noticed: Noticed) -> None:
    with transaction(noticed.place.engine) as session:
        case = session.exec(select(Nomination)).first()
        assert case is not None
        session.get_one(Person, case.person_id).name = "王𠮷"
        case_no = case.case_no
    with pytest.raises(Refused, match="“王𠮷”中的“𠮷”"):
        of_noticed(noticed, "approval-form", case_no)
    with reading(noticed.place.engine) as session:
        assert [one.kind for one in documents_of(session, noticed.round_id) if one.kind == "approval-form"] == []


def test_history_tells_which_fonts_stood_in(noticed: Noticed) -> None:
    of_noticed(noticed, "notice-report")
    with reading(noticed.place.engine) as session:
        bodies = session.exec(
            select(AuditEvent.body).where(AuditEvent.act == "document.issued").order_by(col(AuditEvent.seq))
        ).all()
    assert '"仿宋_GB2312":"Noto Serif SC"' in bodies[-1]


def test_no_personal_number_reaches_a_document(place: Workplace) -> None:
    """Real rows of a workbook, whose ID numbers, telephones and birth days are kept encrypted."""
    round_ = open_intake(place)
    staff = person(place, "staff", "staff")
    rows = [row(number) for number in (1, 2)]
    assert counts(take_in(place, round_, staff, book(*rows))) == (2, 0, 0, 0)
    with reading(place.engine) as session:
        cases = session.exec(select(Nomination.case_no, Organisation.code).join(Organisation)).all()
    said = "".join(
        whole_text(make(place, staff, round_, *asked))
        for asked in (("approval-form", cases[0][0]), ("unit-notice", cases[0][1]), ("summary",))
    )
    private = [str(one[key]) for one in rows for key in ("id_number", "phone")]
    days = [f"{number[6:10]}{between}{number[10:12]}" for number in private[::2] for between in ("-", "年", "")]
    assert [number for number in (*private, *days) if number in said] == []
    assert [word in said for word in (str(rows[0]["name"]), "技艺精湛，带徒有方。", "大学专科")] == [True] * 3


def test_minutes_tell_the_sealed_ballot(place: Workplace) -> None:
    round_ = opened_ballot(place, cases=4, members=3)
    for member in (1, 2, 3):
        vote(place, round_, member, 1, 2, 3)
    with transaction(place.engine) as session:
        staff = make_account(session, "staff", "staff")
    with pytest.raises(Refused, match="尚未封存"):
        make(place, staff, round_, "minutes", "ballot")
    close_stage(place, round_, "ballot", staff)
    drive(place, round_.key, NOW)
    said = text(make(place, staff, round_, "minutes", "ballot"))
    assert "发出选票3张，收回3张，其中有效票3张、无效票0张、弃权票0张。" in said
    assert ("建议3名人选" in said, "递补人选按以下顺序" in said) == (True, False)


def test_signature_sheet_lists_the_judges(place: Workplace) -> None:
    round_ = opened_scoring(place)
    with transaction(place.engine) as session:
        staff = make_account(session, "staff", "staff")
    judges = {login for panel in panels(place, round_).values() for login in panel}
    said = text(make(place, staff, round_, "signature-sheet", "score"))
    assert f"人数：{len(judges)}人" in said


def test_unit_notice_is_the_units_own(noticed: Noticed) -> None:
    with reading(noticed.place.engine) as session:
        unit = session.exec(select(Organisation).join(Nomination)).first()
        assert unit is not None
        said = text(of_noticed(noticed, "unit-notice", unit.code))
    assert (f"受理单位：{unit.name}" in said, "拟推荐11名人选" in said) == (True, True)


def test_whoever_must_recuse_makes_none(noticed: Noticed) -> None:
    with transaction(noticed.place.engine) as session:
        told = TieIn(TieKind.KINSHIP, "姻亲", noticed.people["丁样"])
        declare_tie(session, noticed.act(noticed.staff), noticed.round_id, told)
    with pytest.raises(Forbidden, match="由其他工作人员制作"):
        of_noticed(noticed, "summary")


def test_new_folder_is_made_like_any_kind(noticed: Noticed, tmp_path: Path) -> None:
    shelf = Path(shutil.copytree(noticed.place.settings.templates_dir / "documents", tmp_path / "t" / "documents"))
    (shelf / "thanks").mkdir()
    (shelf / "thanks" / "kind.toml").write_text('title = "感谢信"', encoding="utf-8")
    (shelf / "thanks" / "wording.txt").write_text("感谢各单位。", encoding="utf-8")
    noticed.place = replace(
        noticed.place, settings=noticed.place.settings.model_copy(update={"templates_dir": tmp_path / "t"})
    )
    files = of_noticed(noticed, "thanks")
    assert [name.rpartition(".")[2] for name in files] == ["html", "docx", "pdf"]

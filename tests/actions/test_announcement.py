"""The announcement: what was publicised is announced, numbered, certified and told."""

import io

import pytest
from pypdf import PdfReader
from sqlmodel import col, select

from craftsman.actions import announcement, certificates
from craftsman.actions.announcement import awards_of
from craftsman.actions.documents import XLSX, document_bytes
from craftsman.actions.kinds.announce import AnnounceWork
from craftsman.actions.stages import StageView
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.documents.leaks import text_lines
from craftsman.documents.scan import personal_data, public_text_docx, public_text_html
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.rules.certificates import certificate_number
from craftsman.store.engine import reading, transaction
from models import AwardStatus, Message, Person, RoundStatus, StageStatus
from tests.actions.make_announced import CRAFTSMEN, GREAT, announced, first_number, kept, posted_round, substituted
from tests.actions.make_noticed import Noticed, at
from tests.driver import drive
from tests.factories import make_programme


def names_of(noticed: Noticed) -> list[tuple[str, str]]:
    with reading(noticed.place.engine) as session:
        awards = awards_of(session, noticed.round_id)
        people = announcement.awarded_people(session, awards)
    return [(award.tier, one.person.name) for award, one in zip(awards, people, strict=True)]


def announce_view(noticed: Noticed) -> StageView:
    with reading(noticed.place.engine) as session:
        return stage_by_key(session, noticed.round_id, "announce")


def test_announcing_finishes_the_round(place: Workplace) -> None:
    noticed = announced(place)
    view = announce_view(noticed)
    assert (view.run.status, view.round.status) == (StageStatus.PASSED, RoundStatus.FINISHED)
    assert noticed.statuses() == dict.fromkeys([*GREAT, *CRAFTSMEN], "awarded") | {
        "林样": "stopped",
        "田样富": "stopped",
    }


def test_awards_follow_the_list(place: Workplace) -> None:
    noticed = announced(place)
    assert names_of(noticed) == [*(("great", name) for name in GREAT), *(("craftsman", name) for name in CRAFTSMEN)]


def test_numbers_follow_the_list(place: Workplace) -> None:
    noticed = announced(place)
    with reading(place.engine) as session:
        numbers = [award.certificate_no for award in awards_of(session, noticed.round_id)]
    assert numbers == [
        *(certificate_number("HBDGJ", 2026, "A", place) for place in range(1, 6)),
        *(certificate_number("HBDGJ", 2026, "B", place) for place in range(1, 5)),
    ]


def test_awards_bear_the_planned_day(place: Workplace) -> None:
    noticed = announced(place)
    with reading(place.engine) as session:
        assert {str(award.awarded_on) for award in awards_of(session, noticed.round_id)} == {"2026-04-27"}


def test_substitute_is_announced_in_place(place: Workplace) -> None:
    noticed = substituted(place)
    great = ["丁样", "文小样", "林样", "欧阳少样", "洪少样"]
    assert [name for tier, name in names_of(noticed) if tier == "great"] == great
    assert (noticed.statuses()["王小样"], noticed.statuses()["林样"]) == ("cancelled", "awarded")


def test_decision_names_the_list(place: Workplace) -> None:
    noticed = substituted(place)
    html, docx, pdf = (document_bytes(place, row) for row in kept(noticed, "decision"))
    texts = [
        public_text_html(html),
        public_text_docx(docx),
        "".join(PdfReader(io.BytesIO(pdf)).pages[-1].extract_text()),
    ]
    bare = [text.replace("\u3000", "").replace("\n", "") for text in texts]
    assert [[name for _, name in names_of(noticed) if name not in text] for text in bare] == [[], [], []]
    assert ["王小样" in text for text in bare] == [False, False, False]


def test_decision_is_public_and_clean(place: Workplace) -> None:
    noticed = announced(place)
    rows = kept(noticed, "decision")
    assert {row.public for row in rows} == {True}
    assert rows[0].file_name == "关于发布2026年河北大工匠年度人物名单的通报.html"
    assert personal_data(public_text_html(document_bytes(place, rows[0]))) == []


def test_everybody_gets_a_certificate(place: Workplace) -> None:
    noticed = announced(place)
    rows = kept(noticed, "certificate")
    with reading(place.engine) as session:
        assert [row.subject for row in rows] == [a.certificate_no for a in awards_of(session, noticed.round_id)]
    assert {row.public for row in rows} == {False}


def test_pieces_done_again_change_nothing(place: Workplace) -> None:
    noticed = announced(place)
    with transaction(place.engine) as session:
        view = stage_by_key(session, noticed.round_id, "announce")
        work = AnnounceWork()
        pieces = work.batches(session, view)
        done = [work.work(session, noticed.act(), view, piece) for piece in pieces]
    assert pieces == ["awards", "decision", "certificates-001", "letters"]
    assert done == [0, 9, 0, 0]
    assert {row.version for row in kept(noticed, "decision")} == {1}


def test_open_case_stops_the_announcement(place: Workplace) -> None:
    """Past the gate's obstacles, as after a repair in the database."""
    noticed = posted_round(place)
    noticed.close("2026-04-21")
    with transaction(place.engine) as session:
        stage = stage_by_key(session, noticed.round_id, "notice").run
        stage.status = StageStatus.OPEN
    noticed.now = at("2026-04-15")
    noticed.object_to("丁样")
    with transaction(place.engine) as session:
        stage_by_key(session, noticed.round_id, "notice").run.status = StageStatus.AWAITING
    with pytest.raises(Refused, match="签批的条件尚未具备") as refused:
        noticed.sign()
    assert refused.value.details[-1] == "没有未办结的异议：异议 YY-2026-0001 尚未办结"


def test_changed_name_stops_the_announcement(place: Workplace) -> None:
    noticed = posted_round(place)
    noticed.close("2026-04-21")
    with transaction(place.engine) as session:
        session.exec(select(Person).where(Person.name == "丁样")).one().name = "丁大样"
    with pytest.raises(Refused) as refused:
        noticed.sign()
    case_no = noticed.people["丁样"]
    assert refused.value.details == (f"“丁样”（{case_no}）在拟发布名单中写作“丁大样”，没有更正决议。",)


def test_letters_go_once(place: Workplace) -> None:
    noticed = announced(place)
    drive(place, noticed.round.key, noticed.now)
    query = select(Message.letter, Message.context).where(col(Message.letter).in_(["award", "regret"]))
    with reading(place.engine) as session:
        letters = session.exec(query.order_by(col(Message.id))).all()
    assert [letter for letter, _ in letters] == ["award"] * 9 + ["regret"]
    assert (letters[0][1]["nominee_name"], letters[0][1]["approval_no"]) == ("丁样", "")
    assert (letters[-1][1]["names"], letters[-1][1]["count"]) == (["林样", "田样富"], 2)


def test_certificate_is_found_by_number(place: Workplace) -> None:
    announced(place)
    with reading(place.engine) as session:
        found = certificates.check_certificate(session, first_number().lower())
    assert (found.number, found.status, found.name, found.year) == (first_number(), AwardStatus.VALID, "丁*", 2026)


def test_typing_error_is_no_unknown_number(place: Workplace) -> None:
    announced(place)
    with reading(place.engine) as session:
        with pytest.raises(Invalid, match="校验位不符"):
            certificates.check_certificate(session, first_number().replace("001", "002"))
        with pytest.raises(NotFound, match="没有这个编号"):
            certificates.check_certificate(session, certificate_number("HBDGJ", 2026, "A", 99))


def test_unscored_round_has_no_explanation(place: Workplace) -> None:
    assert [row.media_type for row in kept(announced(place), "score-explanation") if row.media_type == XLSX] == []


HONOURING = ("表彰", "授予")


def said_words(noticed: Noticed) -> dict[str, set[str]]:
    """Which of the reserved words stand in the issued papers, by file name; names of regulations aside."""
    return {
        row.file_name: {word for word in HONOURING if word in "".join(text_lines(document_bytes(noticed.place, row)))}
        for row in [*kept(noticed, "decision"), *kept(noticed, "certificate")[:1]]
    }


def test_unapproved_honours_are_only_announced(place: Workplace) -> None:
    noticed = announced(place)
    assert set(said_words(noticed)) >= {
        f"关于发布2026年河北大工匠年度人物名单的通报.{end}" for end in ("html", "docx", "pdf")
    }
    assert list(said_words(noticed).values()) == [set[str]()] * 4


def test_approved_honours_are_conferred(place: Workplace) -> None:
    programme = make_programme()
    plan = programme.plan.model_copy(update={"approval_no": "虚构批准〔2026〕1号"})
    noticed = announced(place, programme.model_copy(update={"plan": plan}))
    assert list(said_words(noticed).values()) == [{"表彰"}] * 3 + [{"授予"}]
    assert kept(noticed, "decision")[0].file_name == "关于表彰2026年河北大工匠年度人物的决定.html"


def test_unapproved_wording_is_refused(place: Workplace) -> None:
    programme = make_programme()
    *others, last = programme.rules.stages
    stage = last.model_copy(update={"paragraphs": ("经研究，决定授予下列同志称号。",)})
    rules = programme.rules.model_copy(update={"stages": (*others, stage)})
    with pytest.raises(Refused, match="文稿中不得使用“授予”字样"):
        announced(place, programme.model_copy(update={"rules": rules}))


def test_blank_approval_is_none() -> None:
    plan = make_programme().plan
    assert type(plan).model_validate(plan.model_dump() | {"approval_no": "  "}).approval_no == ""

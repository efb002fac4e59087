"""The public notice: its list, its period, its documents, and when it may close."""

from datetime import date

import pytest
from sqlmodel import col, select

from craftsman.actions import notice
from craftsman.actions.documents import document_bytes, documents_of
from craftsman.actions.lists import people_of
from craftsman.actions.stages import request_close
from craftsman.actions.workplace import Workplace
from craftsman.documents.scan import personal_data, public_text_docx, public_text_html
from craftsman.errors import Forbidden, Refused
from craftsman.programme.programme import Programme
from craftsman.store.engine import reading, transaction
from models import Message, Nomination, NoticeStatus, Person, StageStatus
from tests.actions.make_announced import posted_round
from tests.actions.make_noticed import CRAFTSMEN, GREAT, Noticed, at, make_noticed
from tests.driver import drive
from tests.factories import make_programme

# docs/domain: five working days, the posting day not counted, and counted
PERIODS = [
    ("2026-02-12", False, "2026-02-26"),
    ("2026-04-20", False, "2026-04-27"),
    ("2026-04-27", False, "2026-05-07"),
    ("2026-09-18", False, "2026-09-24"),
    ("2026-09-30", True, "2026-10-12"),
]


def names_on(noticed: Noticed, number: int = 1) -> list[str]:
    chosen = noticed.notices()[number - 1]
    with reading(noticed.place.engine) as session:
        return [one.person.name for one in people_of(session, chosen)]


def noticed_programme(**terms: bool) -> Programme:
    """The real rules with other terms of the notice."""
    programme = make_programme()
    stages = tuple(
        stage.model_copy(update=terms) if stage.kind == "notice" else stage for stage in programme.rules.stages
    )
    return programme.model_copy(update={"rules": programme.rules.model_copy(update={"stages": stages})})


def test_opening_drafts_the_list(place: Workplace) -> None:
    noticed = make_noticed(place)
    assert [(row.number, row.status) for row in noticed.notices()] == [(1, NoticeStatus.DRAFT)]
    assert noticed.statuses() == dict.fromkeys([*GREAT, *CRAFTSMEN], "proposed") | {
        "林样": "reserve",
        "田样富": "reserve",
    }


def test_list_is_in_stroke_order(place: Workplace) -> None:
    great = ["丁样", "王小样", "文小样", "欧阳少样", "洪少样"]
    assert names_on(make_noticed(place)) == [*great, "李一样", "李大样", "高富", "高大富"]


def test_verifier_is_asked_to_post(place: Workplace) -> None:
    make_noticed(place)
    with reading(place.engine) as session:
        letters = session.exec(select(Message.letter, Message.recipient)).all()
    assert list(letters) == [("reminder", "verifier@example.org")]


@pytest.mark.parametrize(("posted", "counted", "last"), PERIODS)
def test_period_follows_the_calendar(place: Workplace, posted: str, counted: bool, last: str) -> None:
    noticed = make_noticed(place, noticed_programme(count_posting_day=counted), day=posted)
    made = noticed.post(posted)
    assert (made.starts_on, made.ends_on) == (date.fromisoformat(posted), date.fromisoformat(last))


def test_natural_days_are_told_as_such(place: Workplace) -> None:
    noticed = make_noticed(place, noticed_programme(natural_days=True))
    noticed.now = at("2026-04-13")
    with reading(place.engine) as session:
        act = noticed.act(noticed.verifier)
        text = public_text_html(notice.render_notice(session, act, noticed.notices()[0].id or 0).html)
    assert "2026年4月13日至2026年4月20日，共5个自然日。" in text
    assert "其中4月13日不计入公示期限。" in text
    assert "公示期最后一日为休息日，顺延至4月20日。" in text


def test_explanation_accounts_for_every_day(place: Workplace) -> None:
    made = make_noticed(place).post("2026-04-13")
    assert made.explanation == [
        "2026年4月13日（周一） 不计 起始日不计入",
        "2026年4月14日（周二） 第1天 工作日",
        "2026年4月15日（周三） 第2天 工作日",
        "2026年4月16日（周四） 第3天 工作日",
        "2026年4月17日（周五） 第4天 工作日",
        "2026年4月18日（周六） 不计 周六休息",
        "2026年4月19日（周日） 不计 周日休息",
        "2026年4月20日（周一） 第5天 工作日",
    ]


def test_only_verifiers_post(place: Workplace) -> None:
    noticed = make_noticed(place)
    with transaction(place.engine) as session, pytest.raises(Forbidden):
        notice.post_notice(session, noticed.act(noticed.staff), noticed.notices()[0].id or 0)


def test_nothing_is_posted_twice(place: Workplace) -> None:
    noticed = posted_round(place)
    with pytest.raises(Refused, match="现为“公示中”"):
        noticed.post("2026-04-14")


def test_yesterdays_rendering_is_stale(place: Workplace) -> None:
    noticed = make_noticed(place)
    first = noticed.notices()[0].id or 0
    with reading(place.engine) as session:
        forms = notice.render_notice(session, noticed.act(), first)
    noticed.now = at("2026-04-14")
    with transaction(place.engine) as session, pytest.raises(Refused, match="重新生成"):
        notice.post_notice(session, noticed.act(noticed.verifier), first, forms)


def test_changed_name_stops_the_posting(place: Workplace) -> None:
    noticed = make_noticed(place)
    with transaction(place.engine) as session:
        session.exec(select(Person).where(Person.name == "王小样")).one().name = "王大样"
    with pytest.raises(Refused, match="与冻结时不一致"):
        noticed.post("2026-04-13")


def test_personal_number_stops_the_posting(place: Workplace) -> None:
    noticed = make_noticed(place)
    with transaction(place.engine) as session:
        session.exec(select(Nomination).order_by(col(Nomination.id))).first().post = "焊工 13900001234"  # type: ignore[union-attr]
    with pytest.raises(Refused, match="个人信息"):
        noticed.post("2026-04-13")


def test_documents_are_public_and_clean(place: Workplace) -> None:
    noticed = posted_round(place)
    with reading(place.engine) as session:
        kept = documents_of(session, noticed.round_id, public_only=True)
        html, docx, pdf = (document_bytes(place, row) for row in kept)
        session.expunge_all()
    assert [row.file_name for row in kept] == [
        f"关于2026年河北大工匠年度人物拟入选人员的公示.{suffix}" for suffix in ("html", "docx", "pdf")
    ]
    texts = [public_text_html(html), public_text_docx(docx)]
    office = make_programme().rules.office
    assert [personal_data(text, (office.email,)) for text in texts] == [[], []]
    assert all(name in texts[0] for name in GREAT if len(name) > 2)
    assert pdf.startswith(b"%PDF")


def test_units_are_told_of_posting(place: Workplace) -> None:
    posted_round(place)
    with reading(place.engine) as session:
        told = session.exec(select(Message.context).where(Message.letter == "notice-posted")).one()
    assert (told["starts_on"], told["ends_on"]) == ("2026年4月13日", "2026年4月20日")


def test_running_period_cannot_close(place: Workplace) -> None:
    noticed = posted_round(place)
    noticed.now = at("2026-04-20", 23)
    with transaction(place.engine) as session, pytest.raises(Refused, match="不能结束") as refused:
        request_close(session, noticed.act(noticed.staff), noticed.run_id)
    assert refused.value.details == (
        "《关于2026年河北大工匠年度人物拟入选人员的公示》的公示期到2026年4月20日止（含当日），次日起方可结束。",
    )


def test_unposted_notice_cannot_close(place: Workplace) -> None:
    noticed = make_noticed(place)
    with transaction(place.engine) as session, pytest.raises(Refused) as refused:
        request_close(session, noticed.act(noticed.staff), noticed.run_id)
    assert refused.value.details == (
        "《关于2026年河北大工匠年度人物拟入选人员的公示》尚未发布，请复核人员核对后发布。",
    )


def test_notice_closes_itself_next_day(place: Workplace) -> None:
    noticed = posted_round(place)
    assert noticed.close("2026-04-20") == []
    assert noticed.close("2026-04-21") == [f"{noticed.round.key}/notice"]
    assert noticed.stage() == StageStatus.AWAITING
    assert [row.status for row in noticed.notices()] == [NoticeStatus.OVER]


def test_opening_again_drafts_nothing(place: Workplace) -> None:
    noticed = make_noticed(place)
    drive(place, noticed.round.key, noticed.now)
    assert len(noticed.notices()) == 1

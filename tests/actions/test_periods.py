"""What moves the end of a period: outages, corrections; and the slip that waits for it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from craftsman.actions import notice
from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.clearance import print_clearance
from craftsman.actions.invariants import notices_are_as_posted
from craftsman.actions.list_places import give_place
from craftsman.actions.lists import people_of
from craftsman.actions.notice_correction import correct_notice
from craftsman.actions.outages import confirm_outage, outages_of, portal_seen, report_outage
from craftsman.actions.workplace import Workplace
from craftsman.documents.scan import public_text_html
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import AuditEvent, NoticeStatus, Person
from tests.actions.make_announced import posted_round
from tests.actions.make_noticed import Noticed, at, make_noticed
from tests.audit.bundled import wrong_with


def posted(place: Workplace) -> Noticed:
    noticed = posted_round(place)
    noticed.now = at("2026-04-17", 12)
    return noticed


def report(noticed: Noticed, began: tuple[str, int], ended: tuple[str, int]) -> int:
    with transaction(noticed.place.engine) as session:
        act, number = noticed.act(noticed.staff), noticed.notices()[0].id or 0
        row = report_outage(session, act, number, began_at=at(*began), ended_at=at(*ended), reason="机房停电")
        return row.id or 0


def confirm(noticed: Noticed, number: int) -> date | None:
    with transaction(noticed.place.engine) as session:
        return confirm_outage(session, noticed.act(noticed.verifier), number).ends_on


def test_outage_prolongs_once_confirmed(place: Workplace) -> None:
    noticed = posted(place)
    number = report(noticed, ("2026-04-15", 9), ("2026-04-15", 14))
    assert noticed.notices()[0].ends_on == date(2026, 4, 20)
    assert confirm(noticed, number) == date(2026, 4, 21)
    assert noticed.notices()[0].explanation[2] == "2026年4月15日（周三） 不计 公示页面中断5小时（机房停电）"
    with reading(place.engine) as session:
        row = outages_of(session, noticed.notices()[0].id or 0)[0]
    assert (row.ends_before, row.ends_after) == (date(2026, 4, 20), date(2026, 4, 21))


def test_prolonged_notice_closes_later(place: Workplace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noticed = posted(place)
    confirm(noticed, report(noticed, ("2026-04-15", 9), ("2026-04-15", 14)))
    assert noticed.close("2026-04-21") == []
    assert noticed.close("2026-04-22") == [f"{noticed.round.key}/notice"]
    with reading(place.engine) as session:
        assert list(notices_are_as_posted(session)) == []
    assert wrong_with(place, tmp_path, capsys) == []


def test_outage_over_midnight_costs_both_days(place: Workplace) -> None:
    noticed = posted(place)
    assert confirm(noticed, report(noticed, ("2026-04-14", 22), ("2026-04-15", 4))) == date(2026, 4, 22)
    assert confirm(noticed, report(noticed, ("2026-04-16", 1), ("2026-04-16", 7))) == date(2026, 4, 23)


def test_nobody_confirms_their_own_outage(place: Workplace) -> None:
    noticed = posted(place)
    number = report(noticed, ("2026-04-15", 9), ("2026-04-15", 14))
    with transaction(place.engine) as session, pytest.raises(Forbidden, match="须由两人办理"):
        confirm_outage(session, noticed.act(noticed.staff), number)
    confirm(noticed, number)
    with pytest.raises(Refused, match="已经确认"):
        confirm(noticed, number)


@pytest.mark.parametrize(
    ("began", "ended", "told"),
    [
        (("2026-04-15", 9), ("2026-04-15", 13), "中断不超过 4 小时的，不延长公示期限"),
        (("2026-04-15", 9), ("2026-04-15", 9), "起止时间有误"),
        (("2026-04-13", 8), ("2026-04-13", 20), "起止时间有误"),
        (("2026-04-17", 6), ("2026-04-17", 13), "起止时间有误"),
    ],
)
def test_outages_that_cannot_matter(
    place: Workplace, began: tuple[str, int], ended: tuple[str, int], told: str
) -> None:
    noticed = posted(place)
    with pytest.raises(Refused, match=told):
        report(noticed, began, ended)


def beat(noticed: Noticed, day: str, hour: int) -> int:
    with transaction(noticed.place.engine) as session:
        return len(portal_seen(session, Act(SYSTEM, at(day, hour), noticed.place)))


def test_portal_sees_its_own_silence(place: Workplace) -> None:
    noticed = posted(place)
    assert beat(noticed, "2026-04-14", 8) == 0
    assert beat(noticed, "2026-04-14", 12) == 0
    assert beat(noticed, "2026-04-14", 18) == 1
    assert noticed.notices()[0].ends_on == date(2026, 4, 21)
    assert noticed.notices()[0].explanation[1] == "2026年4月14日（周二） 不计 公示页面中断6小时（服务中断）"
    with reading(place.engine) as session:
        last = session.exec(select(AuditEvent.act).order_by(col(AuditEvent.seq).desc())).first()
    assert last == "notice.prolonged"


def test_silence_before_the_posting_is_none(place: Workplace) -> None:
    noticed = posted(place)
    assert (beat(noticed, "2026-04-01", 8), beat(noticed, "2026-04-13", 12)) == (0, 0)


def correct(noticed: Noticed, number: int = 1, reason: str = "一名人选的姓名有误") -> int:
    with transaction(noticed.place.engine) as session:
        notice_id = noticed.notices()[number - 1].id or 0
        return correct_notice(session, noticed.act(noticed.staff), notice_id, reason=reason).number


def rename(noticed: Noticed, name: str, new: str) -> None:
    with transaction(noticed.place.engine) as session:
        session.exec(select(Person).where(Person.name == name)).one().name = new
    noticed.people[new] = noticed.people.pop(name)


def test_correction_runs_a_full_period(place: Workplace) -> None:
    noticed = posted(place)
    rename(noticed, "丁样", "丁小样")
    assert correct(noticed) == 2
    first, second = noticed.notices()
    assert (first.status, second.replaces, second.title) == (
        NoticeStatus.POSTED,
        first.id,
        "关于2026年河北大工匠年度人物拟入选人员（更正）的公示",
    )
    assert noticed.post("2026-04-17").ends_on == date(2026, 4, 24)
    assert [row.status for row in noticed.notices()] == [NoticeStatus.REPLACED, NoticeStatus.POSTED]
    assert noticed.close("2026-04-21") == []
    assert noticed.close("2026-04-25") == [f"{noticed.round.key}/notice"]
    noticed.sign()
    assert noticed.statuses()["丁小样"] == "awarded"


def test_corrected_notice_names_the_old_one(place: Workplace) -> None:
    noticed = posted(place)
    correct(noticed)
    with reading(place.engine) as session:
        act = noticed.act(noticed.verifier)
        text = public_text_html(notice.render_notice(session, act, noticed.notices()[1].id or 0).html)
    told = "《关于2026年河北大工匠年度人物拟入选人员的公示》一名人选的姓名有误，现予更正并重新公示，公示期限重新计算。"
    assert told in text


def test_correction_is_drafted_once(place: Workplace) -> None:
    noticed = posted(place)
    correct(noticed)
    with pytest.raises(Refused, match="更正稿已经拟定"):
        correct(noticed)
    assert correct(noticed, 2) == 3
    assert [(row.status.value, row.replaces) for row in noticed.notices()] == [
        ("posted", None),
        ("replaced", 1),
        ("draft", 1),
    ]
    noticed.post("2026-04-17")
    with pytest.raises(Refused, match="现为“已更正，另行公示”"):
        correct(noticed)
    assert correct(noticed, 3) == 4
    assert noticed.notices()[3].title == "关于2026年河北大工匠年度人物拟入选人员（第2次更正）的公示"
    with reading(place.engine) as session:
        assert list(notices_are_as_posted(session)) == []


def test_correction_leaves_out_the_cancelled(place: Workplace) -> None:
    noticed = posted(place)
    noticed.rule(noticed.object_to("王小样"), upheld=True)
    correct(noticed)
    with reading(place.engine) as session:
        names = [one.person.name for one in people_of(session, noticed.notices()[1])]
    assert (len(names), "王小样" in names) == (8, False)
    noticed.promote()
    assert noticed.notices()[2].title == "关于2026年河北大工匠年度人物递补人选（第1批）的公示"
    assert noticed.notices()[2].resolution == "领导小组第2次会议决议（组〔2026〕2号）"


def test_replaced_notice_takes_no_objection(place: Workplace) -> None:
    noticed = posted(place)
    correct(noticed)
    noticed.post("2026-04-17")
    with pytest.raises(Refused, match="已经更正并重新公示"):
        noticed.object_to("王小样", number=1)
    assert noticed.object_to("王小样", number=2).receipt_no == "YY-2026-0001"


def test_place_by_hand_moves_a_name(place: Workplace) -> None:
    noticed = make_noticed(place)
    with transaction(place.engine) as session, pytest.raises(Invalid, match="笔画表中没有"):
        give(noticed, session, "\U00030f00样")
    with transaction(place.engine) as session:
        give(noticed, session, "龚样")
    correct(noticed)
    with reading(place.engine) as session:
        names = [one.person.name for one in people_of(session, noticed.notices()[1])]
    assert names[:5] == ["王小样", "文小样", "欧阳少样", "洪少样", "丁样"]


def give(noticed: Noticed, session: notice.Session, like: str) -> None:
    act = noticed.act(noticed.staff)
    give_place(session, act, noticed.round.key, noticed.people["丁样"], like=like, reason="本人用字")


def slip(noticed: Noticed, number: int = 1) -> str:
    with transaction(noticed.place.engine) as session:
        notice_id = noticed.notices()[number - 1].id or 0
        return print_clearance(session, noticed.act(noticed.staff), notice_id)[1].decode()


def test_slip_waits_for_the_prolonged_end(place: Workplace) -> None:
    noticed = posted(place)
    confirm(noticed, report(noticed, ("2026-04-15", 9), ("2026-04-15", 14)))
    noticed.now = at("2026-04-21", 23)
    with pytest.raises(Refused, match="公示期到2026年4月21日止（含当日），次日起方可出具"):
        slip(noticed)
    noticed.now += timedelta(hours=1)
    assert "公示期间未收到异议" in slip(noticed)


def test_slip_tells_dismissed_objections(place: Workplace) -> None:
    noticed = posted(place)
    filed = noticed.object_to("王小样")
    noticed.now = at("2026-04-21")
    with pytest.raises(Refused, match="还有 1 件异议尚未办结"):
        slip(noticed)
    noticed.rule(filed, upheld=False)
    assert "公示期间收到异议 1 件，其中不予受理 0 件，经核查不成立 1 件，均已办结" in slip(noticed)


def test_slip_is_refused_where_one_fell(place: Workplace) -> None:
    noticed = posted(place)
    noticed.rule(noticed.object_to("王小样"), upheld=True)
    noticed.now = at("2026-04-21")
    with pytest.raises(Refused, match="有异议成立或暂缓"):
        slip(noticed)


def test_draft_has_no_slip(place: Workplace) -> None:
    with pytest.raises(Refused, match="尚未发布"):
        slip(make_noticed(place))

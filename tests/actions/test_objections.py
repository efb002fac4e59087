"""Objections and substitutes: filed by real name within the period, ruled on, and what follows from them."""

from datetime import date

import pytest
from sqlmodel import select

from craftsman.actions import objection_cases, objections, substitutes
from craftsman.actions.acting import Actor
from craftsman.actions.lists import people_of
from craftsman.actions.stages import request_close
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.store.engine import reading, transaction
from models import (
    AuditEvent,
    Nomination,
    NoticeStatus,
    Objection,
    ObjectionStatus,
    ObjectorRecord,
    StageEntry,
    StageRun,
    StageStatus,
)
from tests.actions.make_announced import posted_round
from tests.actions.make_noticed import Noticed, at, make_noticed
from tests.factories import make_account

FORM = {
    "grounds": "所述专利并非其本人完成，请核查。",
    "objector_name": "反映人样",
    "contact": "某市某路",
    "kind": "person",
}


def file(noticed: Noticed, **changes: object) -> str:
    fields = {"case_no": noticed.people["王小样"], **FORM, **changes}
    last = noticed.notices()[-1].id or 0
    with transaction(noticed.place.engine) as session:
        return objections.file_objection(session, noticed.act(), last, **fields).receipt_no  # type: ignore[arg-type]


def promote(noticed: Noticed, resolution: str = "领导小组第2次会议决议") -> None:
    noticed.promote(resolution)


def obstacles(noticed: Noticed) -> tuple[str, ...]:
    run_id = noticed.run_id
    with transaction(noticed.place.engine) as session, pytest.raises(Refused, match="还不能结束") as refused:
        request_close(session, noticed.act(noticed.staff), run_id)
    return refused.value.details


def posted(place: Workplace) -> Noticed:
    return posted_round(place)


def cancelled(place: Workplace, name: str = "王小样") -> Noticed:
    noticed = posted(place)
    noticed.now = at("2026-04-15")
    noticed.rule(noticed.object_to(name), upheld=True)
    return noticed


def test_receipts_are_numbered_in_order(place: Workplace) -> None:
    noticed = posted(place)
    assert [file(noticed), file(noticed)] == ["YY-2026-0001", "YY-2026-0002"]


def test_objector_is_kept_encrypted(place: Workplace) -> None:
    noticed = posted(place)
    file(noticed)
    with transaction(place.engine) as session:
        kept = session.exec(select(ObjectorRecord)).one()
        assert "反映人样".encode().hex() not in kept.cipher
        found = objections.objector_of(session, noticed.act(noticed.staff), kept.objection_id)
    assert (found.kind, found.name, found.contact) == ("person", "反映人样", "某市某路")


def concerned(noticed: Noticed, role: str) -> Actor:
    """Somebody with a role who works where 王小样 works."""
    with transaction(noticed.place.engine) as session:
        query = select(Nomination.uscc).where(Nomination.case_no == noticed.people["王小样"])
        return make_account(session, f"colleague-{role}", role, uscc=session.exec(query).one())


def test_colleague_does_not_learn_objector(place: Workplace) -> None:
    noticed = posted(place)
    filed = noticed.object_to("王小样")
    act = noticed.act(concerned(noticed, "staff"))
    with transaction(place.engine) as session, pytest.raises(Forbidden, match="您须回避"):
        objections.objector_of(session, act, filed.id or 0)


def test_colleague_rules_on_no_objection(place: Workplace) -> None:
    noticed = posted(place)
    filed = noticed.object_to("王小样")
    act = noticed.act(concerned(noticed, "verifier"))
    with transaction(place.engine) as session, pytest.raises(Forbidden, match="您须回避"):
        objection_cases.refuse_objection(session, act, filed.id or 0, refusal="no_facts", reason="不属实")
    with transaction(place.engine) as session:
        objection_cases.accept_objection(session, noticed.act(noticed.staff), filed.id or 0)
    with transaction(place.engine) as session, pytest.raises(Forbidden, match="您须回避"):
        objection_cases.decide_objection(session, act, filed.id or 0, verdict="dismissed", ruling="不属实")


def test_history_names_no_objector(place: Workplace) -> None:
    noticed = posted(place)
    file(noticed)
    with reading(place.engine) as session:
        bodies = session.exec(select(AuditEvent.body)).all()
    assert [body for body in bodies if "反映人样" in body or "某市某路" in body or "王小样" in body] == []


@pytest.mark.parametrize(
    "changes", [{"objector_name": " "}, {"contact": ""}, {"grounds": "\n"}, {"contact": "长" * 90}, {"grounds": "\0"}]
)
def test_incomplete_objections_are_invalid(place: Workplace, changes: dict[str, object]) -> None:
    noticed = posted(place)
    with pytest.raises(Invalid):
        file(noticed, **changes)


def test_objection_needs_a_posted_notice(place: Workplace) -> None:
    with pytest.raises(Refused, match="公示尚未发布"):
        file(make_noticed(place))


def test_last_day_still_takes_objections(place: Workplace) -> None:
    noticed = posted(place)
    noticed.now = at("2026-04-20", 23)
    assert file(noticed) == "YY-2026-0001"
    noticed.now = at("2026-04-21", 0)
    with pytest.raises(Refused, match="须在公示期内"):
        file(noticed)


def test_letters_count_by_postmark(place: Workplace) -> None:
    noticed = posted(place)
    noticed.now = at("2026-04-22")
    last = noticed.notices()[-1].id or 0
    fields = {"case_no": noticed.people["王小样"], **FORM, "postmarked_on": date(2026, 4, 20)}
    with transaction(place.engine) as session:
        act = noticed.act(noticed.staff)
        assert objections.file_objection(session, act, last, **fields).receipt_no == "YY-2026-0001"  # type: ignore[arg-type]


def test_unknown_name_is_not_found(place: Workplace) -> None:
    noticed = posted(place)
    with pytest.raises(NotFound):
        file(noticed, case_no=noticed.people["林样"])
    with pytest.raises(NotFound):
        file(noticed, case_no="\0")


def test_staff_do_not_rule(place: Workplace) -> None:
    noticed = posted(place)
    filed = noticed.object_to("王小样")
    with transaction(place.engine) as session, pytest.raises(Forbidden):
        objection_cases.decide_objection(
            session, noticed.act(noticed.staff), filed.id or 0, verdict="upheld", ruling="成立"
        )


def test_ruling_follows_acceptance(place: Workplace) -> None:
    noticed = posted(place)
    filed = noticed.object_to("王小样")
    with (
        transaction(place.engine) as session,
        pytest.raises(Refused, match="现为“已登记，待受理”，不能变为“异议成立”；请核对现在的状态"),
    ):
        objection_cases.decide_objection(
            session, noticed.act(noticed.verifier), filed.id or 0, verdict="upheld", ruling="成立"
        )


def test_refusal_needs_a_reason(place: Workplace) -> None:
    noticed = posted(place)
    filed = noticed.object_to("王小样")
    act = noticed.act(noticed.staff)
    with transaction(place.engine) as session, pytest.raises(Invalid):
        objection_cases.refuse_objection(session, act, filed.id or 0, refusal="no_facts", reason=" ")
    with transaction(place.engine) as session:
        objection_cases.refuse_objection(session, act, filed.id or 0, refusal="no_facts", reason="未提供可核查的线索")
        assert session.exec(select(Objection.status)).one() == ObjectionStatus.REFUSED


def test_open_objection_holds_the_closing(place: Workplace) -> None:
    noticed = posted(place)
    noticed.object_to("王小样")
    assert noticed.close("2026-04-21") == []
    assert obstacles(noticed) == ("异议 YY-2026-0001 尚未办结，请先核查并作出结论。",)


def test_dismissed_objection_changes_nothing(place: Workplace) -> None:
    noticed = posted(place)
    noticed.rule(noticed.object_to("王小样"), upheld=False)
    noticed.close("2026-04-21")
    assert (noticed.stage(), noticed.statuses()["王小样"]) == (StageStatus.AWAITING, "proposed")


def test_upheld_objection_cancels_the_nomination(place: Workplace) -> None:
    assert cancelled(place).statuses()["王小样"] == "cancelled"


def test_vacancy_holds_the_closing(place: Workplace) -> None:
    noticed = cancelled(place)
    noticed.now = at("2026-04-21")
    assert obstacles(noticed) == ("有 1 个名额空缺：请依决议递补，或依决议确定空缺。",)


def test_first_reserve_takes_the_place(place: Workplace) -> None:
    noticed = cancelled(place)
    promote(noticed)
    second = noticed.notices()[1]
    assert (second.number, second.status, second.resolution) == (
        2,
        NoticeStatus.DRAFT,
        "领导小组第2次会议决议（组〔2026〕2号）",
    )
    with reading(place.engine) as session:
        assert [(one.tier, one.person.name) for one in people_of(session, second)] == [("great", "林样")]
    assert (noticed.statuses()["林样"], noticed.statuses()["田样富"]) == ("proposed", "reserve")


def test_highest_vacancy_is_filled_first(place: Workplace) -> None:
    noticed = cancelled(place, "高富")
    noticed.rule(noticed.object_to("丁样"), upheld=True)
    promote(noticed)
    promote(noticed)
    with reading(place.engine) as session:
        tiers = [one.tier for row in noticed.notices()[1:] for one in people_of(session, row)]
    assert tiers == ["great", "craftsman"]


def only_for_the_first_tier(noticed: Noticed, *names: str) -> None:
    """Let these reserves be past winners of the second tier."""
    with transaction(noticed.place.engine) as session:
        run = session.exec(select(StageRun).where(StageRun.kind == "screen")).one()
        for name in names:
            case = session.exec(select(Nomination).where(Nomination.case_no == noticed.people[name])).one()
            entry = StageEntry(stage_run_id=run.id or 0, nomination_id=case.id or 0, detail={"only": "great"})
            session.add(entry)


def test_past_winner_is_no_substitute_below(place: Workplace) -> None:
    noticed = cancelled(place, "高富")
    only_for_the_first_tier(noticed, "林样")
    promote(noticed)
    assert (noticed.statuses()["林样"], noticed.statuses()["田样富"]) == ("reserve", "proposed")
    noticed.rule(noticed.object_to("丁样"), upheld=True)
    promote(noticed)
    assert noticed.statuses()["林样"] == "proposed"


def test_seat_stays_empty_when_none_may_take_it(place: Workplace) -> None:
    noticed = cancelled(place, "高富")
    only_for_the_first_tier(noticed, "林样", "田样富")
    with pytest.raises(Refused) as refusal:
        promote(noticed)
    assert refusal.value.reason == "余下的递补人选都不能递补，空缺的名额只能空缺："
    barred = [noticed.people[name] for name in ("林样", "田样富")]
    assert refusal.value.details == tuple(f"{number}：此前已获该等次荣誉，只能参评更高等次" for number in barred)


def test_no_vacancy_no_substitute(place: Workplace) -> None:
    noticed = cancelled(place)
    promote(noticed)
    with pytest.raises(Refused, match="没有空缺"):
        promote(noticed)


def test_substitution_rests_on_resolution(place: Workplace) -> None:
    noticed = cancelled(place)
    with pytest.raises(Invalid, match="决议"):
        promote(noticed, " ")


def test_reserves_run_out(place: Workplace) -> None:
    noticed = cancelled(place)
    for name in ("丁样", "高富"):
        noticed.rule(noticed.object_to(name), upheld=True)
    promote(noticed)
    promote(noticed)
    with pytest.raises(Refused, match="已经用完"):
        promote(noticed)


def test_substitute_has_its_own_period(place: Workplace) -> None:
    noticed = cancelled(place)
    promote(noticed)
    second = noticed.post("2026-04-20")
    assert second.ends_on == date(2026, 4, 27)
    noticed.now = at("2026-04-21")
    title = "关于2026年河北大工匠年度人物递补人选（第1批）的公示"
    assert obstacles(noticed) == (f"《{title}》的公示期到2026年4月27日止（含当日），次日起方可结束。",)
    assert noticed.close("2026-04-28") == [f"{noticed.round.key}/notice"]


def test_substitute_can_be_objected_to(place: Workplace) -> None:
    noticed = cancelled(place)
    promote(noticed)
    noticed.post("2026-04-20")
    noticed.rule(noticed.object_to("林样", number=2), upheld=True)
    promote(noticed)
    assert noticed.statuses()["田样富"] == "proposed"


def test_place_can_stay_empty(place: Workplace) -> None:
    noticed = cancelled(place)
    run_id = noticed.run_id
    with transaction(place.engine) as session:
        act = noticed.act(noticed.verifier)
        assert substitutes.leave_empty(session, act, run_id, resolution="领导小组第2次会议决议") == 1
    assert noticed.close("2026-04-21") == [f"{noticed.round.key}/notice"]


def test_sealed_list_tells_why(place: Workplace) -> None:
    noticed = cancelled(place)
    promote(noticed)
    noticed.post("2026-04-20")
    noticed.close("2026-04-28")
    noticed.sign()
    found = noticed.outcomes()
    assert found["王小样"] == ("stop", "great", "公示期间异议成立（YY-2026-0001），取消资格")
    assert found["林样"] == ("advance", "great", "")
    assert found["田样富"] == ("stop", None, "递补未启用")
    assert noticed.statuses()["田样富"] == "stopped"

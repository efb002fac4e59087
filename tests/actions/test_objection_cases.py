"""Objections between filing and ruling: acceptance, investigators, deadlines, report, 暂缓, answer, reminders."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from craftsman.actions import objection_cases as handling
from craftsman.actions import objections
from craftsman.actions.acting import Actor
from craftsman.actions.investigators import assign_investigators, investigators_of
from craftsman.actions.objection_desk import Line, objection_desk
from craftsman.actions.objection_letters import remind_of_objections
from craftsman.actions.workplace import Workplace
from craftsman.clock import until
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.mail.recipients import reached
from craftsman.store.engine import reading, transaction
from models import Investigator, Message, Nomination, Objection
from tests.actions.make_announced import posted_round
from tests.actions.make_noticed import Noticed, at
from tests.factories import make_account

NAME = "王小样"


def posted(place: Workplace) -> Noticed:
    return posted_round(place)


def accepted(place: Workplace) -> tuple[Noticed, int]:
    noticed = posted(place)
    filed = noticed.object_to(NAME)
    noticed.accept(filed)
    return noticed, filed.id or 0


def kept(noticed: Noticed, number: int) -> Objection:
    with reading(noticed.place.engine) as session:
        found = session.get_one(Objection, number)
        session.expunge(found)
    return found


def desk(noticed: Noticed, actor: Actor) -> list[Line]:
    with reading(noticed.place.engine) as session:
        return objection_desk(session, noticed.act(actor), noticed.round.key)[1]


def account(noticed: Noticed, login: str, role: str, **changes: object) -> Actor:
    with transaction(noticed.place.engine) as session:
        return make_account(session, login, role, **changes)  # type: ignore[arg-type]


def file_as(noticed: Noticed, actor: Actor, kind: objections.Kind, **changes: str) -> int:
    fields = {"grounds": "2024年申报的专利并非其本人完成。", **changes}
    with transaction(noticed.place.engine) as session:
        notice_id = noticed.notices()[0].id or 0
        case_no = noticed.people[NAME]
        filed = objections.file_objection(session, noticed.act(actor), notice_id, case_no=case_no, kind=kind, **fields)  # type: ignore[arg-type]
        return filed.id or 0


def test_deadlines_count_working_days(place: Workplace) -> None:
    noticed = posted(place)
    noticed.now = at("2026-04-17")
    filed = noticed.object_to(NAME)
    noticed.accept(filed)
    found = kept(noticed, filed.id or 0)
    assert (until(found.accept_by), until(found.investigate_by)) == ("2026-04-21 24:00", "2026-05-06 24:00")


def test_unit_needs_its_seal(place: Workplace) -> None:
    noticed = posted(place)
    number = file_as(noticed, noticed.staff, "unit", objector_name="示例公司（虚构）", contact="示例路1号")
    with transaction(place.engine) as session, pytest.raises(Refused) as refused:
        handling.accept_objection(session, noticed.act(noticed.staff), number)
    assert refused.value.details == ("以单位名义提出，未加盖公章：收到盖章材料后，请注明已见公章再受理。",)
    with transaction(place.engine) as session:
        handling.accept_objection(session, noticed.act(noticed.staff), number, seal_seen=True)
    assert kept(noticed, number).status == "accepted"


def test_anonymous_one_is_logged_and_screened(place: Workplace) -> None:
    noticed = posted(place)
    with pytest.raises(Forbidden):
        file_as(noticed, account(noticed, "outsider", "expert"), "anonymous")
    with pytest.raises(Invalid, match="匿名反映不填姓名"):
        file_as(noticed, noticed.staff, "anonymous", objector_name="某某")
    number = file_as(noticed, noticed.staff, "anonymous")
    assert [line.clues for line in desk(noticed, noticed.staff)] == [{"时间": ("2024年",)}]
    with transaction(place.engine) as session, pytest.raises(Refused, match="不符合受理条件"):
        handling.accept_objection(session, noticed.act(noticed.staff), number)
    with transaction(place.engine) as session, pytest.raises(Refused, match="没有反映人信息"):
        objections.objector_of(session, noticed.act(noticed.staff), number)
    with transaction(place.engine) as session:
        handling.accept_objection(session, noticed.act(noticed.staff), number, clues="可查2024年专利登记")
    assert kept(noticed, number).clues == "可查2024年专利登记"


@pytest.mark.parametrize("changes", [{"ground": "none"}, {"email": "nowhere"}, {"email": "a@b.example, c@d.example"}])
def test_wrong_fields_are_invalid(place: Workplace, changes: dict[str, str]) -> None:
    noticed = posted(place)
    with pytest.raises(Invalid):
        file_as(noticed, noticed.staff, "person", objector_name="反映人样", contact="某路", **changes)


def assign(noticed: Noticed, number: int, *logins: str) -> None:
    with transaction(noticed.place.engine) as session:
        assign_investigators(session, noticed.act(noticed.staff), number, logins)


def test_two_investigators_at_least(place: Workplace) -> None:
    noticed, number = accepted(place)
    with pytest.raises(Invalid, match="2 人以上"):
        assign(noticed, number, "staff", "staff")
    account(noticed, "judge", "judge")
    with pytest.raises(Invalid, match="不能承担核查：judge"):
        assign(noticed, number, "staff", "judge")


def test_nobody_from_the_recommending_unit(place: Workplace) -> None:
    noticed, number = accepted(place)
    with reading(place.engine) as session:
        query = select(Nomination).where(Nomination.case_no == noticed.people[NAME])
        nomination = session.exec(query).one()
        unit, uscc = nomination.organisation_id, nomination.uscc
    account(noticed, "sent", "discipline", organisation_id=unit)
    account(noticed, "colleague", "discipline", uscc=uscc)
    with pytest.raises(Refused) as refused:
        assign(noticed, number, "sent", "colleague", "staff")
    assert refused.value.details == (
        "sent：核查人员来自推荐单位",
        "colleague：核查人员与候选人在同一单位",
    )
    able = [one.login for line in desk(noticed, noticed.staff) for one in line.able]
    assert able == ["opener", "staff", "verifier"]


def test_replaced_investigator_stays_in_history(place: Workplace) -> None:
    noticed, number = accepted(place)
    assert len(noticed.investigators[0].grants) == 1
    assign(noticed, number, "check1", "check2")
    assign(noticed, number, "check2", "staff")
    with reading(place.engine) as session:
        assert len(investigators_of(session, number)) == 2
        rows = session.exec(select(Investigator).order_by(col(Investigator.id))).all()
        assert [row.released_at is None for row in rows] == [False, True, True]


def test_extension_is_given_once(place: Workplace) -> None:
    noticed, number = accepted(place)
    act = noticed.act(noticed.verifier)
    with transaction(place.engine) as session:
        handling.extend_investigation(session, act, number, reason="当事人出差")
    assert until(kept(noticed, number).investigate_by) == "2026-05-07 24:00"
    with transaction(place.engine) as session, pytest.raises(Refused, match="只能延长一次"):
        handling.extend_investigation(session, act, number, reason="再等等")


def test_extension_comes_before_the_deadline(place: Workplace) -> None:
    noticed, number = accepted(place)
    noticed.now = at("2026-05-01")
    with transaction(place.engine) as session, pytest.raises(Refused, match="期限已满"):
        handling.extend_investigation(session, noticed.act(noticed.verifier), number, reason="忘了")


def decide(noticed: Noticed, number: int, verdict: handling.Verdict, actor: Actor | None = None) -> None:
    with transaction(noticed.place.engine) as session:
        act = noticed.act(actor or noticed.verifier)
        handling.decide_objection(session, act, number, verdict=verdict, ruling="已核查。")


def test_ruling_rests_on_signed_report(place: Workplace) -> None:
    noticed, number = accepted(place)
    with pytest.raises(Refused, match="尚无核查报告"):
        decide(noticed, number, "dismissed")
    first, _ = noticed.investigators
    assign(noticed, number, "check1", "check2")
    with transaction(place.engine) as session, pytest.raises(Forbidden, match="不是这件异议的核查人员"):
        handling.file_report(session, noticed.act(noticed.staff), number, report="查清")
    with transaction(place.engine) as session:
        handling.file_report(session, noticed.act(first), number, report="查清")
    with pytest.raises(Refused, match="还有 1 人未签署"):
        decide(noticed, number, "dismissed")
    with transaction(place.engine) as session, pytest.raises(Refused, match="无需再签"):
        handling.sign_report(session, noticed.act(first), number)


def test_changed_report_is_signed_anew(place: Workplace) -> None:
    noticed, number = accepted(place)
    noticed.investigate(kept(noticed, number))
    with transaction(place.engine) as session:
        handling.file_report(session, noticed.act(noticed.investigators[0]), number, report="补充查证")
    with pytest.raises(Refused, match="还有 1 人未签署"):
        decide(noticed, number, "dismissed")


def test_investigators_do_not_rule(place: Workplace) -> None:
    noticed, number = accepted(place)
    second = account(noticed, "checker2", "verifier")
    assign(noticed, number, "staff", "checker2")
    with pytest.raises(Forbidden, match="核查人员不得作出结论"):
        decide(noticed, number, "dismissed", second)


def test_overdue_case_may_be_deferred(place: Workplace) -> None:
    noticed, number = accepted(place)
    with pytest.raises(Refused, match="尚无核查报告"):
        decide(noticed, number, "deferred")
    noticed.now = at("2026-04-28")
    decide(noticed, number, "deferred")
    assert noticed.statuses()[NAME] == "deferred"
    noticed.promote()
    noticed.post("2026-04-28")
    noticed.close("2026-05-09")
    assert noticed.outcomes()[NAME] == ("stop", "great", "公示期间的异议（YY-2026-0001）未能查清，暂缓命名")


def test_answer_is_sealed_in_the_outbox(place: Workplace) -> None:
    noticed = posted(place)
    number = file_as(
        noticed, noticed.staff, "person", objector_name="反映人样", contact="某路", email="who@example.org"
    )
    with transaction(place.engine) as session:
        act = noticed.act(noticed.staff)
        handling.refuse_objection(session, act, number, refusal="settled", reason="上年已经查明")
    with reading(place.engine) as session:
        letter = session.exec(select(Message).where(Message.letter == "objection-ruling")).one()
    assert "who@example.org" not in (letter.recipient, letter.recipient_name, letter.recipient_cipher)
    assert reached(letter, place.secrets) == ("反映人样", "who@example.org")
    assert (letter.context["decision"], letter.context["ruling"]) == ("不予受理", "上年已经查明")


def reminded(noticed: Noticed) -> list[str]:
    with transaction(noticed.place.engine) as session:
        before = set(session.exec(select(Message.id)).all())
        remind_of_objections(session, noticed.act(), before=timedelta(days=1))
        letters = session.exec(select(Message).order_by(col(Message.id))).all()
        return [f"{one.recipient}：{one.context['matter']}" for one in letters if one.id not in before]


def test_deadlines_are_reminded_of(place: Workplace) -> None:
    noticed = posted(place)
    filed = noticed.object_to(NAME)
    assert reminded(noticed) == []
    noticed.now = at("2026-04-15")
    told = "1 件异议（YY-2026-0001）待办理"
    assert reminded(noticed) == [f"opener@example.org：{told}", f"staff@example.org：{told}"]
    assert reminded(noticed) == []
    noticed.accept(filed)
    assert len(noticed.investigators[0].grants) == 1
    assign(noticed, filed.id or 0, "check1", "check2")
    noticed.now = at("2026-04-30")
    late = f"{told}，已经逾期"
    people = ("check1", "check2", "verifier")
    assert reminded(noticed) == [f"{login}@example.org：{late}" for login in people]


def test_recused_are_not_reminded(place: Workplace) -> None:
    noticed = posted(place)
    with reading(place.engine) as session:
        uscc = session.exec(select(Nomination.uscc).where(Nomination.case_no == noticed.people[NAME])).one()
    account(noticed, "colleague", "staff", uscc=uscc)
    noticed.object_to(NAME)
    noticed.now = at("2026-04-16")
    assert [line for line in reminded(noticed) if line.startswith("colleague")] == []
    assert desk(noticed, account(noticed, "other", "staff", uscc=uscc)) == []


def test_desk_puts_the_urgent_first(place: Workplace) -> None:
    noticed = posted(place)
    first, second = noticed.object_to(NAME), noticed.object_to("丁样")
    noticed.accept(first)
    noticed.now = at("2026-04-16")
    told = [(line.objection.receipt_no, line.late) for line in desk(noticed, noticed.staff)]
    assert told == [(second.receipt_no, True), (first.receipt_no, False)]


def test_letters_count_by_postmark_in_the_test(place: Workplace) -> None:
    noticed = posted(place)
    noticed.now = at("2026-04-22")
    with transaction(place.engine) as session:
        filed = objections.file_objection(
            session,
            noticed.act(noticed.staff),
            noticed.notices()[0].id or 0,
            case_no=noticed.people[NAME],
            kind="person",
            grounds="专利并非其本人完成，请核查。",
            objector_name="反映人样",
            contact="某路",
            postmarked_on=date(2026, 4, 17),
        )
        session.flush()
        number = filed.id or 0
    with transaction(place.engine) as session:
        handling.accept_objection(session, noticed.act(noticed.staff), number)
    assert kept(noticed, number).status == "accepted"

"""Leads: filed with consent, routed, adopted by the unit of the same person, or not, with a reason."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from craftsman.actions import leads
from craftsman.actions.acting import SYSTEM, Actor
from craftsman.actions.lead_letters import remind_of_leads
from craftsman.actions.leads import ChannelLine, LeadIn
from craftsman.actions.provenance import channels_of
from craftsman.actions.stages import request_close
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Lead, LeadStatus, Message, NominationStatus, Round
from tests.actions.opened import open_intake, person, unit_id
from tests.factories import NOW, act_of, make_nomination, make_round

LEAD = LeadIn(
    "media", "某 零一", "虚构机械（集团）有限公司", "带头攻克焊接难题。", "记者某乙 13800000000", consent=True
)


def file(place: Workplace, round_: Round, lead: LeadIn = LEAD) -> str:
    with transaction(place.engine) as session:
        return leads.file_lead(session, act_of(place), round_.key, lead)


def route(place: Workplace, staff: Actor, receipt: str, unit: str) -> None:
    with transaction(place.engine) as session:
        leads.route_lead(session, act_of(place, staff), receipt, unit)


def adopt(place: Workplace, actor: Actor, receipt: str, case_no: str) -> None:
    with transaction(place.engine) as session:
        leads.adopt_lead(session, act_of(place, actor), receipt, case_no)


def nominated(place: Workplace, round_: Round, **changes: object) -> str:
    with transaction(place.engine) as session:
        columns = {"unit": "虚构机械(集团)有限公司", "organisation_id": unit_id(session, "tangshan"), **changes}
        nomination = make_nomination(session, round_, 1, **columns)
        return nomination.case_no


def status(place: Workplace, receipt: str) -> LeadStatus:
    with reading(place.engine) as session:
        return leads.lead_by_receipt(session, receipt).status


def test_receipts_count_up(place: Workplace) -> None:
    round_ = open_intake(place)
    assert [file(place, round_), file(place, round_)] == ["XS-2026-0001", "XS-2026-0002"]


def test_contact_is_kept_sealed(place: Workplace) -> None:
    receipt = file(place, open_intake(place))
    with reading(place.engine) as session:
        lead = leads.lead_by_receipt(session, receipt)
        bodies = session.exec(select(AuditEvent.body)).all()
    assert leads.contact_of(place.secrets, lead) == LEAD.contact
    assert "13800000000" not in lead.contact_cipher + "".join(bodies)


@pytest.mark.parametrize(
    "changes",
    [
        {"consent": False},
        {"channel": "union"},
        {"channel": "rumour"},
        {"name": " "},
        {"unit": ""},
        {"summary": "长" * 501},
        {"summary": "字\x00"},
        {"contact": "号" * 51},
    ],
)
def test_incomplete_lead_is_refused(place: Workplace, changes: dict[str, object]) -> None:
    round_ = open_intake(place)
    with pytest.raises(Invalid):
        file(place, round_, replace(LEAD, **changes))  # pyright: ignore[reportArgumentType]


def test_longest_contact_fits(place: Workplace) -> None:
    round_ = open_intake(place)
    assert file(place, round_, replace(LEAD, contact="号" * 50)) == "XS-2026-0001"


def test_leads_wait_for_intake(place: Workplace) -> None:
    round_ = make_round(place)
    with pytest.raises(Refused, match="不在开放时间"):
        file(place, round_)


def test_unit_adopts_routed_lead(place: Workplace) -> None:
    round_ = open_intake(place)
    staff, reporter = person(place, "staff", "staff"), person(place, "reporter", "reporter", unit="tangshan")
    receipt, case_no = file(place, round_, replace(LEAD, name="某0 01")), nominated(place, round_)
    route(place, staff, receipt, "tangshan")
    adopt(place, reporter, receipt, case_no)
    with reading(place.engine) as session:
        ways = list(channels_of(session, round_.id or 0).values())
        told = session.exec(select(AuditEvent.act).where(AuditEvent.subject == receipt).order_by(col(AuditEvent.seq)))
        assert list(told.all()) == ["lead.filed", "lead.routed", "lead.adopted"]
    assert (status(place, receipt), ways) == (LeadStatus.ADOPTED, [frozenset({"media"})])


def test_another_person_is_not_adopted(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    receipt, case_no = file(place, round_), nominated(place, round_)
    with pytest.raises(Refused, match="不一致"):
        adopt(place, staff, receipt, case_no)


def test_another_unit_is_not_adopted(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    receipt, case_no = file(place, round_, replace(LEAD, name="某001")), nominated(place, round_)
    route(place, staff, receipt, "handan")
    with pytest.raises(Refused, match="不是线索所转交的推荐单位"):
        adopt(place, staff, receipt, case_no)


@pytest.mark.parametrize("roles", [("reporter",), ("expert",)])
def test_others_lead_is_not_decided(place: Workplace, roles: tuple[str, ...]) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    stranger = person(place, "stranger", *roles, unit="handan")
    receipt = file(place, round_)
    route(place, staff, receipt, "tangshan")
    with pytest.raises(Forbidden), transaction(place.engine) as session:
        leads.reject_lead(session, act_of(place, stranger), receipt, "不属实")


def test_only_office_routes(place: Workplace) -> None:
    reporter = person_after_opening(place)
    with pytest.raises(Forbidden):
        route(place, reporter, "XS-2026-0001", "tangshan")


def person_after_opening(place: Workplace) -> Actor:
    file(place, open_intake(place))
    return person(place, "reporter", "reporter", unit="tangshan")


def test_rejection_needs_a_reason(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    receipt = file(place, round_)
    with pytest.raises(Invalid), transaction(place.engine) as session:
        leads.reject_lead(session, act_of(place, staff), receipt, " ")


def test_decided_lead_stays_decided(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    receipt = file(place, round_)
    with transaction(place.engine) as session:
        leads.reject_lead(session, act_of(place, staff), receipt, "与事实不符")
    with pytest.raises(Refused), transaction(place.engine) as session:
        leads.reject_lead(session, act_of(place, staff), receipt, "再次")
    assert status(place, receipt) == LeadStatus.REJECTED


def test_undecided_leads_keep_intake_open(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    nominated(place, round_)
    file(place, round_)
    with pytest.raises(Refused) as refusal, transaction(place.engine) as session:
        request_close(session, act_of(place, staff), stage_by_key(session, round_.id or 0, "intake").run_id)
    assert refusal.value.details == ("有 1 条线索尚未采纳或不采纳，请推荐单位先作决定。",)


def test_report_counts_each_channel(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    case_no = nominated(place, round_, status=NominationStatus.AWARDED)
    for name in ("某001", "某002"):
        receipt = file(place, round_, replace(LEAD, name=name))
        if name == "某001":
            adopt(place, staff, receipt, case_no)
    with reading(place.engine) as session:
        lines = leads.channel_report(session, round_.id or 0)
    counted = {line.key: line for line in lines}
    assert list(counted) == ["union", "media", "worker"]
    assert counted["media"] == ChannelLine("media", "媒体访", 2, 1, 1, 0, 0, 1)
    assert counted["worker"] == ChannelLine("worker", "职工推", 0, 0, 0, 0, 0, 0)


def test_system_decides_no_lead(place: Workplace) -> None:
    receipt = file(place, open_intake(place))
    with pytest.raises(Forbidden), transaction(place.engine) as session:
        leads.reject_lead(session, act_of(place, SYSTEM), receipt, "自动")
    with reading(place.engine) as session:
        assert session.exec(select(Lead.reason)).one() == ""


def release(place: Workplace, actor: Actor, receipt: str) -> None:
    with transaction(place.engine) as session:
        leads.undo_adoption(session, act_of(place, actor), receipt, reason="同名不同人")


def ways(place: Workplace, round_: Round) -> list[frozenset[str]]:
    with reading(place.engine) as session:
        return list(channels_of(session, round_.id or 0).values())


def test_adoption_can_be_taken_back(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    receipt, case_no = file(place, round_, replace(LEAD, name="某001")), nominated(place, round_)
    adopt(place, staff, receipt, case_no)
    release(place, staff, receipt)
    assert (status(place, receipt), ways(place, round_)) == (LeadStatus.FILED, [])
    adopt(place, staff, receipt, case_no)
    assert (status(place, receipt), ways(place, round_)) == (LeadStatus.ADOPTED, [frozenset({"media"})])


def test_only_adopted_leads_are_released(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    receipt = file(place, round_)
    with pytest.raises(Refused) as refusal:
        release(place, staff, receipt)
    assert refusal.value.reason == "线索 XS-2026-0001 没有被采纳，不能撤销采纳。"


PHONE = "13900001234"
PERSONAL = "里有身份证号码、手机号码等个人信息，请删去；联系方式只填在“联系人及电话”一处。"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"phone": "0311-85550125"}, "手机号码应为11位数字、以13至19开头，不带空格、横线和区号"),
        ({"links": ("javascript:alert(1)",)}, "报道链接须以 http:// 或 https:// 开头，不超过 300 字。"),
        ({"links": ("https://news.example.org/1",) * 6}, "报道链接不得超过 5 条。"),
        ({"relation": "亲" * 21}, "与被推荐人的关系不得超过 20 字。"),
        ({"relation": "同\x00事"}, "与被推荐人的关系含有不能使用的字符。"),
        ({"name": "张😀"}, "姓名中有“😀”，请只填与身份证一致的姓名，不加数字、符号和说明。"),
        ({"summary": f"电话{PHONE}。"}, f"事迹摘要{PERSONAL}"),
        ({"summary": "身份证11010519491231002X"}, f"事迹摘要{PERSONAL}"),
        ({"links": (f"https://news.example.org/{PHONE}",)}, f"报道链接{PERSONAL}"),
    ],
)
def test_wrong_detail_of_lead_is_told(place: Workplace, changes: dict[str, object], line: str) -> None:
    round_ = open_intake(place)
    with pytest.raises(Invalid) as refusal:
        file(place, round_, replace(LEAD, **changes))  # pyright: ignore[reportArgumentType]
    assert refusal.value.details == (line,)


def test_same_lead_is_filed_once(place: Workplace) -> None:
    round_ = open_intake(place)
    receipt = file(place, round_, replace(LEAD, phone=PHONE))
    with pytest.raises(Refused) as refusal:
        file(place, round_, replace(LEAD, phone=PHONE, name="某　零一"))
    assert refusal.value.reason == f"您已提交过这条线索，回执编号 {receipt}，请勿重复提交。"
    assert file(place, round_, replace(LEAD, phone="13900001235")) == "XS-2026-0002"


def test_phone_is_kept_sealed(place: Workplace) -> None:
    round_ = open_intake(place)
    file(place, round_, replace(LEAD, phone="１３９００００１２３４"))
    with reading(place.engine) as session:
        lead = session.exec(select(Lead)).one()
        bodies = "".join(session.exec(select(AuditEvent.body)).all())
    assert lead.phone_index == leads.phone_index(place.secrets, round_.key, PHONE)
    assert leads.contact_of(place.secrets, lead).endswith(PHONE)
    assert PHONE not in f"{lead.model_dump()}{bodies}"


def test_decision_is_due_in_working_days(place: Workplace) -> None:
    receipt = file(place, open_intake(place))
    with reading(place.engine) as session:
        lead = leads.lead_by_receipt(session, receipt)
    # filed on Monday, 1 September 2025; the tenth working day after it ends with 15 September
    assert NOW.date().isoformat() == "2025-09-01"
    assert lead.decide_by == datetime.fromisoformat("2025-09-16T00:00:00+08:00")


def late(place: Workplace, days: float) -> datetime:
    return NOW + timedelta(days=days)


def test_late_decision_is_marked(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    first, second = file(place, round_), file(place, round_, replace(LEAD, name="某002"))
    for receipt, days in ((first, 14), (second, 15)):
        with transaction(place.engine) as session:
            leads.reject_lead(session, act_of(place, staff, now=late(place, days)), receipt, "不属实")
    with reading(place.engine) as session:
        query = select(AuditEvent.body).where(AuditEvent.act == "lead.rejected").order_by(col(AuditEvent.seq))
        bodies = session.exec(query).all()
    assert [json.loads(body)["facts"]["late"] for body in bodies] == [False, True]


def test_unit_is_told_of_its_lead(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    receipt = file(place, round_)
    for unit in ("tangshan", "tangshan", "handan"):
        route(place, staff, receipt, unit)
    with reading(place.engine) as session:
        letters = session.exec(select(Message).order_by(col(Message.id))).all()
    assert [one.recipient for one in letters] == ["tangshan@union.example.org", "handan@union.example.org"]
    assert letters[0].context["matter"] == f"线索 {receipt} 已转交贵单位，请决定是否采纳"
    assert letters[0].context["deadline"] == "2025年9月15日"
    assert "某" not in str(letters[0].context["matter"])


def test_leads_near_their_deadline_are_told_daily(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    first = file(place, round_)
    file(place, round_, replace(LEAD, name="某002"))
    route(place, staff, first, "tangshan")

    def remind(days: float) -> int:
        with transaction(place.engine) as session:
            return remind_of_leads(session, act_of(place, now=late(place, days)), before=timedelta(days=2))

    # one letter to the unit of the first, one to each of the office's two for the second
    assert [remind(days) for days in (10, 14, 14, 15)] == [0, 3, 0, 3]


def test_office_adopts_on_reserved_seat(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    with transaction(place.engine) as session:
        office = unit_id(session, "office")
    case_no = nominated(place, round_, organisation_id=office)
    run_id = 0
    with reading(place.engine) as session:
        run_id = stage_by_key(session, round_.id or 0, "intake").run_id
    with pytest.raises(Refused) as refusal, transaction(place.engine) as session:
        request_close(session, act_of(place, staff), run_id)
    assert refusal.value.details == (f"预留名额只用于采纳的线索：{case_no} 没有采纳的线索，请先采纳，或撤回这些申报。",)
    receipt = file(place, round_, replace(LEAD, name="某001"))
    route(place, staff, receipt, "office")
    adopt(place, staff, receipt, case_no)
    with transaction(place.engine) as session:
        request_close(session, act_of(place, staff), run_id)

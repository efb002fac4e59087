"""Leads: filed with consent, routed, adopted by the unit of the same person, or not, with a reason."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from craftsman.actions import leads
from craftsman.actions.acting import SYSTEM, Actor
from craftsman.actions.leads import ChannelLine, LeadIn
from craftsman.actions.stages import request_close
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Lead, LeadStatus, NominationChannel, NominationStatus, Round
from tests.actions.opened import open_intake, person, unit_id
from tests.factories import act_of, make_nomination, make_round

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
        ways = session.exec(select(NominationChannel.channel, NominationChannel.source)).all()
        told = session.exec(select(AuditEvent.act).where(AuditEvent.subject == receipt).order_by(col(AuditEvent.seq)))
        assert list(told.all()) == ["lead.filed", "lead.routed", "lead.adopted"]
    assert (status(place, receipt), ways) == (LeadStatus.ADOPTED, [("media", receipt)])


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

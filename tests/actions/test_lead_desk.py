"""Leads at the desk, and the answer to who filed them, on both databases; all fictitious."""

from dataclasses import replace
from datetime import timedelta

import pytest

from craftsman.actions.lead_desk import lead_contact, lead_desk, lead_page, waiting_leads
from craftsman.actions.lead_status import UNKNOWN, lead_status
from craftsman.actions.leads import file_lead, route_lead
from craftsman.actions.merges import merge_leads
from craftsman.actions.workplace import Workplace
from craftsman.errors import NotFound
from craftsman.store.engine import reading, transaction
from models import LeadStatus, Round
from tests.actions.opened import open_intake, person
from tests.actions.test_leads import LEAD
from tests.factories import NOW, act_of

FIRST = replace(LEAD, phone="13800000001")
SECOND = replace(LEAD, phone="13800000002")


def filed(place: Workplace, round_: Round) -> list[str]:
    with transaction(place.engine) as session:
        return [file_lead(session, act_of(place), round_.key, lead) for lead in (FIRST, SECOND)]


def test_phone_and_receipt_open_a_lead(place: Workplace) -> None:
    round_ = open_intake(place)
    receipt, _ = filed(place, round_)
    with reading(place.engine) as session:
        answer = lead_status(session, act_of(place), receipt, FIRST.phone)
    assert (answer.receipt_no, answer.status, answer.unit, answer.merged) == (receipt, LeadStatus.FILED, "", False)


@pytest.mark.parametrize("phone", ["13800000002", "", "某"])
def test_other_phones_open_nothing(place: Workplace, phone: str) -> None:
    receipt, _ = filed(place, open_intake(place))
    with reading(place.engine) as session, pytest.raises(NotFound, match=UNKNOWN):
        lead_status(session, act_of(place), receipt, phone)


def test_merged_lead_answers_as_kept(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    kept, merged = filed(place, round_)
    with transaction(place.engine) as session:
        merge_leads(session, act_of(place, staff), kept, merged, reason="同一人")
    with reading(place.engine) as session:
        answer = lead_status(session, act_of(place), merged, SECOND.phone)
    assert (answer.receipt_no, answer.status, answer.merged) == (merged, LeadStatus.FILED, True)


def test_desk_is_cut_by_unit(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    reporter = person(place, "reporter", "reporter", unit="tangshan")
    _, second = filed(place, round_)
    with transaction(place.engine) as session:
        route_lead(session, act_of(place, staff), second, "tangshan")
    with reading(place.engine) as session:
        seen = {
            actor.login: [line.lead.receipt_no for line in lead_desk(session, act_of(place, actor), round_.key)[1]]
            for actor in (staff, reporter)
        }
        waiting = waiting_leads(session, [round_.id or 0])
    assert seen == {"staff": ["XS-2026-0001", "XS-2026-0002"], "reporter": ["XS-2026-0002"]}
    assert {lead.unit for lead in waiting} == {None, reporter.organisation_id}


def test_deadline_passed_is_overdue(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    receipt, _ = filed(place, round_)
    late = NOW + timedelta(days=30)
    with reading(place.engine) as session:
        seen = [lead_page(session, act_of(place, staff, now), round_.key, receipt).line.overdue for now in (NOW, late)]
    assert seen == [False, True]


def test_contact_is_opened_on_record(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    receipt, _ = filed(place, round_)
    with transaction(place.engine) as session:
        _, contact = lead_contact(session, act_of(place, staff), round_.key, receipt)
    assert contact == f"{FIRST.contact} {FIRST.phone}"

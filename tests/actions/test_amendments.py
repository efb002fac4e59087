"""After the notice a list changes by resolutions of two people, and by nothing else."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader
from sqlmodel import col, select

from craftsman.actions import amendments, certificates
from craftsman.actions.announcement import awards_of
from craftsman.actions.documents import document_bytes
from craftsman.actions.invariants import awards_are_as_recorded
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.rules.certificates import certificate_number
from craftsman.store.engine import reading, transaction
from models import AmendmentKind, AuditEvent, AwardStatus
from tests.actions.make_announced import amend, announced, first_number, kept, posted_round, propose, recuse
from tests.actions.make_noticed import Noticed

NAME, REISSUE, REVOKE = AmendmentKind.NAME, AmendmentKind.REISSUE, AmendmentKind.REVOKE
# five were numbered in the first tier
REISSUED = certificate_number("HBDGJ", 2026, "A", 6)


def status_of(noticed: Noticed, number: str) -> AwardStatus:
    with reading(noticed.place.engine) as session:
        return certificates.check_certificate(session, number).status


def acts(noticed: Noticed, name: str) -> list[str]:
    with reading(noticed.place.engine) as session:
        query = select(AuditEvent.act).where(AuditEvent.subject == noticed.people[name]).order_by(col(AuditEvent.seq))
        return [act for act in session.exec(query).all() if act.startswith(("amendment", "award"))]


def test_reissue_voids_the_old_number(place: Workplace) -> None:
    noticed = announced(place)
    amend(noticed, "丁样", REISSUE)
    assert (status_of(noticed, first_number()), status_of(noticed, REISSUED)) == (
        AwardStatus.REISSUED,
        AwardStatus.VALID,
    )
    assert kept(noticed, "certificate")[-1].subject == REISSUED
    assert acts(noticed, "丁样") == ["award.recorded", "amendment.proposed", "amendment.confirmed", "award.reissued"]
    with reading(place.engine) as session:
        assert list(awards_are_as_recorded(session)) == []


def test_revocation_keeps_its_history(place: Workplace) -> None:
    noticed = announced(place)
    amend(noticed, "丁样", REVOKE, resolution="弄虚作假，依决定撤销")
    assert status_of(noticed, first_number()) == AwardStatus.REVOKED
    assert noticed.statuses()["丁样"] == "revoked"
    with reading(place.engine) as session:
        first = awards_of(session, noticed.round_id)[0]
        assert list(awards_are_as_recorded(session)) == []
    assert (first.status, first.reason) == (AwardStatus.REVOKED, "弄虚作假，依决定撤销")
    assert acts(noticed, "丁样") == ["award.recorded", "amendment.proposed", "amendment.confirmed", "award.revoked"]
    with transaction(place.engine) as session:
        awards_of(session, noticed.round_id)[0].status = AwardStatus.VALID
        session.flush()
        assert [line.partition("：")[0] for line in awards_are_as_recorded(session)] == [
            f"证书 {noticed.people['丁样']}"
        ] * 2


def test_reissued_certificate_can_be_revoked(place: Workplace) -> None:
    noticed = announced(place)
    amend(noticed, "丁样", REISSUE)
    amend(noticed, "丁样", REVOKE)
    assert [status_of(noticed, number) for number in (first_number(), REISSUED)] == [
        AwardStatus.REISSUED,
        AwardStatus.REVOKED,
    ]


def test_corrected_name_stands_on_the_new_certificate(place: Workplace) -> None:
    noticed = announced(place)
    amend(noticed, "丁样", NAME, name=" 丁 大样")
    amend(noticed, "丁样", REISSUE)
    pdf = document_bytes(place, kept(noticed, "certificate")[-1])
    assert "丁大样" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_nobody_confirms_their_own(place: Workplace) -> None:
    noticed = announced(place)
    number = propose(noticed, "丁样", REVOKE)
    both = noticed.act(noticed.staff)
    with transaction(place.engine) as session, pytest.raises(Forbidden, match="没有办理此事项的权限"):
        amendments.confirm_amendment(session, both, number)
    held = noticed.staff.grants | {("verifier", None)}
    noticed.staff = replace(noticed.staff, grants=held)
    both = noticed.act(noticed.staff)
    with transaction(place.engine) as session, pytest.raises(Forbidden, match="撤销称号须由两人办理"):
        amendments.confirm_amendment(session, both, number)
    assert status_of(noticed, first_number()) == AwardStatus.VALID


def test_withdrawn_proposals_do_nothing(place: Workplace) -> None:
    noticed = announced(place)
    number = propose(noticed, "丁样", REVOKE)
    with pytest.raises(Refused, match=f"有第 {number} 号变更待确认"):
        propose(noticed, "丁样", REISSUE)
    with transaction(place.engine) as session:
        amendments.withdraw_amendment(session, noticed.act(noticed.staff), number)
    with transaction(place.engine) as session, pytest.raises(Refused, match="已经办结"):
        amendments.confirm_amendment(session, noticed.act(noticed.verifier), number)
    assert status_of(noticed, first_number()) == AwardStatus.VALID


def test_amendments_rest_on_something(place: Workplace) -> None:
    noticed = announced(place)
    with pytest.raises(Invalid, match="请写明撤销称号所依据的决议或事由"):
        propose(noticed, "丁样", REVOKE, resolution=" ")
    with pytest.raises(Invalid, match="与现在的相同"):
        propose(noticed, "丁样", NAME, name="丁样")
    with pytest.raises(Invalid, match="姓名中有"):
        propose(noticed, "丁样", NAME, name="丁样1")
    with pytest.raises(Refused, match="没有有效的证书"):
        propose(noticed, "林样", REISSUE)
    with pytest.raises(Refused, match="没有公示过"):
        propose(noticed, "林样", NAME, name="林大样")
    with transaction(place.engine) as session, pytest.raises(NotFound, match="没有第 9 号变更"):
        amendments.confirm_amendment(session, noticed.act(noticed.verifier), 9)


def test_corrected_name_lets_the_announcement_go_on(place: Workplace) -> None:
    noticed = posted_round(place)
    noticed.close("2026-04-21")
    amend(noticed, "丁样", NAME, name="丁大样")
    noticed.sign()
    assert noticed.statuses()["丁大样"] == "awarded"


def test_staff_list_amendments(place: Workplace) -> None:
    noticed = announced(place)
    amend(noticed, "丁样", REISSUE)
    with reading(place.engine) as session:
        found = amendments.amendments_of(session, noticed.act(noticed.staff), noticed.round.key)
        assert [(row.kind, case_no) for row, case_no in found] == [(REISSUE, noticed.people["丁样"])]


def test_recused_people_neither_see_nor_amend(place: Workplace) -> None:
    noticed = announced(place)
    amend(noticed, "丁样", REISSUE)
    recuse(noticed, noticed.staff, "丁样")
    with reading(place.engine) as session:
        assert amendments.amendments_of(session, noticed.act(noticed.staff), noticed.round.key) == []
    with pytest.raises(Forbidden, match="您须回避申报"):
        propose(noticed, "丁样", REVOKE)
    propose(noticed, "王小样", REVOKE)

"""Erasing somebody takes key, ciphers and files, by two people; all people are fictitious."""

from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.attachments import fetch_paper
from craftsman.actions.erasing import GONE_NAME
from craftsman.actions.erasures import Receipt, ask_erasure, confirm_erasure, erasures_of, forget, sweep
from craftsman.actions.form_drafts import keep_fields
from craftsman.actions.lead_filing import LeadIn, contact_of, file_lead
from craftsman.actions.leads import reject_lead
from craftsman.actions.paper_entry import hand_in_paper
from craftsman.actions.people import phone_of
from craftsman.actions.verification import check_history
from craftsman.actions.withdrawal import restore_nomination, withdraw_nomination
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.papers.handing_in import HandedIn
from craftsman.store.engine import reading, transaction
from models import Assignment, Attachment, AuditEvent, FormDraft, Lead, Nomination, Person, ScoreDraft, StageRun
from tests.actions.opened import book, open_intake, person, row, take_in
from tests.factories import act_of
from tests.papers.making import pdf

FIRST, SECOND = "2026-tangshan-0001", "2026-tangshan-0002"


class Office:
    """An open intake with two nominees who handed the same paper in; the first was withdrawn."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self.round = open_intake(place)
        self.staff = act_of(place, person(place, "staff", "staff"))
        self.verifier = act_of(place, person(place, "verifier", "verifier"))
        take_in(place, self.round, self.staff.actor, book(row(1), row(2)))
        for case_no in (FIRST, SECOND):
            with transaction(place.engine) as session:
                told = HandedIn(case_no, "certificate", "证书.pdf", pdf(), f"虚构-{case_no}")
                hand_in_paper(session, self.staff, self.round.key, told)
        with transaction(place.engine) as session:
            withdraw_nomination(session, self.staff, FIRST, reason="本人不再参评")

    def ask(self, number: str = FIRST, kind: str = "person", by: Act | None = None) -> int:
        """Ask for an erasure, by default by the staff."""
        with transaction(self.place.engine) as session:
            return ask_erasure(session, by or self.staff, kind, number, reason="本人书面请求（虚构）")

    def confirm(self, number: int, by: Act | None = None) -> Receipt:
        """Confirm an erasure, by default by the verifier."""
        with transaction(self.place.engine) as session:
            return confirm_erasure(session, by or self.verifier, number)

    def sweep(self) -> int:
        """Take the files off the disk."""
        with transaction(self.place.engine) as session:
            return sweep(session, self.verifier)

    def files(self) -> list[Path]:
        """All files of the vault."""
        return [path for path in self.place.settings.vault_dir.rglob("*") if path.is_file()]

    def person(self, case_no: str = FIRST) -> Person:
        """The person of a case."""
        with reading(self.place.engine) as session:
            return session.exec(select(Person).join(Nomination).where(Nomination.case_no == case_no)).one()


@pytest.fixture
def office(place: Workplace) -> Office:
    """The office."""
    return Office(place)


def test_erased_person_cannot_be_opened(office: Office) -> None:
    before = office.person()
    receipt = office.confirm(office.ask())
    gone = office.person()
    assert (gone.data_key, gone.id_cipher, gone.birth_cipher, gone.phone_cipher, gone.born) == ("", "", "", "", "")
    assert (gone.name, gone.id_index, gone.erased_at is None) == (GONE_NAME, f"erased-{gone.id}", False)
    with pytest.raises(Refused, match="已依法删除"):
        phone_of(office.place.secrets, gone)
    # a copy of the ciphers without the key is noise
    before.data_key = ""
    with pytest.raises(Refused, match="已依法删除"):
        phone_of(office.place.secrets, before)
    with reading(office.place.engine) as session:
        found = session.exec(select(AuditEvent.subject, AuditEvent.act).where(AuditEvent.seq == receipt.seq)).one()
    assert found == (FIRST, "erasure.done")


def test_files_go_and_others_stay(office: Office) -> None:
    assert len(office.files()) == 2
    assert (office.confirm(office.ask()).files, office.sweep(), office.sweep()) == (1, 1, 0)
    assert len(office.files()) == 1
    with transaction(office.place.engine) as session:
        assert fetch_paper(session, office.staff, 2).content == pdf()
        with pytest.raises(Refused, match="已依法删除"):
            fetch_paper(session, office.staff, 1)
    with reading(office.place.engine) as session:
        rows = session.exec(select(Attachment.file_name, Attachment.number).order_by(col(Attachment.id))).all()
    assert rows == [(GONE_NAME, ""), ("证书.pdf", f"虚构-{SECOND}")]


def test_drafts_about_them_go_too(office: Office) -> None:
    """What colleagues typed and did not hand in, where it bears their number; other drafts stay."""
    drafts = {
        f"/rounds/{office.round.key}/nominations/{FIRST}/amendments": [("name", "某某")],
        "/leads": [("deeds", f"其电话 {row(1)['phone']}")],
        "/objections": [("case_no", SECOND)],
    }
    with transaction(office.place.engine) as session:
        for form, fields in drafts.items():
            keep_fields(session, office.staff, form, fields, page=form)
        for case_no in (FIRST, SECOND):
            _begun_sheet(session, office, case_no)
    receipt = office.confirm(office.ask())
    with reading(office.place.engine) as session:
        kept = session.exec(select(FormDraft.form).where(FormDraft.fields_cipher != "")).all()
        told = session.exec(select(AuditEvent.body).where(AuditEvent.seq == receipt.seq)).one()
        comments = session.exec(select(ScoreDraft.comment_cipher).order_by(col(ScoreDraft.id))).all()
    assert (list(kept), '"drafts":2' in told, list(comments)) == (["/objections"], True, ["", "sealed"])


def _begun_sheet(session: Session, office: Office, case_no: str) -> None:
    nomination = session.exec(select(Nomination).where(Nomination.case_no == case_no)).one()
    run_id = session.exec(select(StageRun.id)).first() or 0
    given = Assignment(stage_run_id=run_id, nomination_id=nomination.id or 0, account_id=office.staff.actor.account)
    session.add(given)
    session.flush()
    session.add(ScoreDraft(assignment_id=given.id or 0, marks={}, comment_cipher="sealed", saved_at=office.staff.now))


def test_history_holds_after_erasure(office: Office) -> None:
    office.confirm(office.ask())
    office.sweep()
    forget(office.staff)
    with reading(office.place.engine) as session:
        assert check_history(session, office.place).problems == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_of_them_is_left_on_disk(office: Office) -> None:
    """The wrapped key is neither in the database's file nor in its write-ahead log."""
    path = Path(office.place.engine.url.database or "")
    key = office.person().data_key.encode()
    files = [*path.parent.glob(f"{path.name}*")]
    assert any(key in one.read_bytes() for one in files)
    office.confirm(office.ask())
    forget(office.staff)
    assert not any(key in one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


def test_running_round_needs_its_people(office: Office) -> None:
    with pytest.raises(Refused, match="评选尚未结束"):
        office.ask(SECOND)


def test_nobody_erases_alone(office: Office) -> None:
    number = office.ask()
    both = act_of(office.place, person(office.place, "both", "staff", "verifier"))
    with pytest.raises(Forbidden):
        office.confirm(number, office.staff)
    office.confirm(number)
    with transaction(office.place.engine) as session:
        withdraw_nomination(session, office.staff, SECOND, reason="本人不再参评")
    with pytest.raises(Forbidden, match="不能自己确认"):
        office.confirm(office.ask(SECOND, by=both), both)


def test_same_request_is_made_once(office: Office) -> None:
    number = office.ask()
    with pytest.raises(Refused, match="第 1 号删除申请"):
        office.ask()
    office.confirm(number)
    with pytest.raises(Refused, match="此前已经删除"):
        office.ask()
    with pytest.raises(Refused, match="已经办理"):
        office.confirm(number)


def test_restored_before_confirmation_stays(office: Office) -> None:
    number = office.ask()
    with transaction(office.place.engine) as session:
        restore_nomination(session, office.staff, FIRST, reason="误撤")
    with pytest.raises(Refused, match="评选尚未结束"):
        office.confirm(number)


def test_erased_nomination_is_not_restored(office: Office) -> None:
    office.confirm(office.ask())
    with transaction(office.place.engine) as session, pytest.raises(Refused, match="不能恢复"):
        restore_nomination(session, office.staff, FIRST, reason="误撤")


def test_erased_person_may_come_again(office: Office) -> None:
    office.confirm(office.ask())
    report = take_in(office.place, office.round, office.staff.actor, book(row(1)))
    assert (report.created, report.refused) == (1, 0)


def test_contact_of_a_lead_goes(office: Office) -> None:
    with transaction(office.place.engine) as session:
        told = LeadIn(
            "media", "某零一", "虚构机械厂", "带头攻克焊接难题。", "记者某乙", consent=True, phone="13800000001"
        )
        receipt = file_lead(session, office.staff, office.round.key, told)
    with pytest.raises(Refused, match="尚未办结"):
        office.ask(receipt, "lead")
    with transaction(office.place.engine) as session:
        reject_lead(session, office.staff, receipt, reason="不符合条件")
    office.confirm(office.ask(receipt, "lead"))
    with reading(office.place.engine) as session:
        lead = session.exec(select(Lead)).one()
    with pytest.raises(Refused, match="已依法删除"):
        contact_of(office.place.secrets, lead)


def test_requests_are_listed(office: Office) -> None:
    office.confirm(office.ask())
    auditor = act_of(office.place, person(office.place, "auditor", "auditor"))
    with reading(office.place.engine) as session:
        rows = [(one.subject, who) for one, who in erasures_of(session, auditor)]
        assert erasures_of(session, auditor, waiting=True) == []
    assert rows == [(FIRST, office.staff.actor.name)]


def test_unknown_kind_is_told(office: Office) -> None:
    with pytest.raises(NotFound, match="没有“dog”这一类"):
        office.ask(FIRST, "dog")

"""Papers of nominations: who may hand them in and while when, what takes whose place, and what is left of a crash."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from craftsman.actions import paper_entry
from craftsman.actions.acting import Actor
from craftsman.actions.attachments import PaperFile, attachment_kinds, fetch_paper, papers_of, withdraw_paper
from craftsman.actions.paper_cases import DONE_WITH, INTAKE_OVER, MERGED, NOT_YOURS, is_seen
from craftsman.actions.paper_entry import MOST_PAPERS, add_papers, hand_in_paper
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.papers.handing_in import HandedIn, ReadyPaper, ready_paper
from craftsman.store.engine import reading, transaction
from models import Attachment, AuditEvent, Nomination, NominationStatus, Round, StageRun, StageStatus
from tests.actions.opened import book, open_intake, person, row, take_in
from tests.factories import act_of, make_programme
from tests.papers.making import jpeg, pdf, phone_jpeg

FIRST, SECOND = "2026-tangshan-0001", "2026-tangshan-0002"
PAPERS = {paper.kind: paper for paper in make_programme().rules.stages[0].papers}  # pyright: ignore[reportAttributeAccessIssue]


class Office:
    """An open intake with two nominations of one unit; and the people around it, each with a role."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self.round: Round = open_intake(place)
        self.staff = person(place, "staff", "staff")
        self.reporter = person(place, "tangshan", "reporter", unit="tangshan")
        take_in(place, self.round, self.staff, book(row(1), row(2)))

    def hand_in(self, content: bytes, kind: str = "certificate", by: Actor | None = None, **changes: str) -> str:
        """Hand one file in, by default by the unit's reporter."""
        told = {"case_no": FIRST, "file_name": "证书.pdf", "number": "", **changes}
        with transaction(self.place.engine) as session:
            act = act_of(self.place, by or self.reporter)
            return hand_in_paper(session, act, self.round.key, HandedIn(kind=kind, content=content, **told))

    def add(self, papers: Sequence[ReadyPaper], *, dry_run: bool = False) -> list[Any]:
        """Hand many in at once."""
        with transaction(self.place.engine) as session:
            return [*add_papers(session, act_of(self.place, self.reporter), self.round.key, papers, dry_run=dry_run)]

    def fetch(self, paper_id: int, by: Actor | None = None) -> PaperFile:
        """Read a paper."""
        with transaction(self.place.engine) as session:
            return fetch_paper(session, act_of(self.place, by or self.reporter), paper_id)

    def withdraw(self, paper_id: int, reason: str = "传错了人", by: Actor | None = None) -> None:
        """Take a paper back."""
        with transaction(self.place.engine) as session:
            withdraw_paper(session, act_of(self.place, by or self.reporter), paper_id, reason)

    def rows(self) -> list[Attachment]:
        """All papers there ever were."""
        with reading(self.place.engine) as session:
            return list(session.exec(select(Attachment).order_by(col(Attachment.id))).all())

    def in_force(self) -> list[tuple[str, str]]:
        """Kind and number of the papers in force."""
        return [(one.kind, one.number) for one in self.rows() if one.withdrawn_at is None]

    def told(self) -> list[tuple[str, str]]:
        """Acts on papers in the history, with their subjects."""
        query = select(AuditEvent.act, AuditEvent.subject).where(col(AuditEvent.act).startswith("paper."))
        with reading(self.place.engine) as session:
            return list(session.exec(query.order_by(col(AuditEvent.seq))).all())

    def set(self, status: NominationStatus, intake: StageStatus = StageStatus.OPEN) -> None:
        """Put the first nomination and the intake into a state."""
        with transaction(self.place.engine) as session:
            nomination = session.exec(select(Nomination).where(Nomination.case_no == FIRST)).one()
            run = session.exec(select(StageRun).where(StageRun.key == "intake")).one()
            nomination.status, run.status = status, intake
            session.add_all([nomination, run])


@pytest.fixture
def office(place: Workplace) -> Office:
    return Office(place)


def ready(content: bytes, kind: str = "certificate", case_no: str = FIRST, number: str = "") -> ReadyPaper:
    return ready_paper(HandedIn(case_no, kind, f"{kind}.pdf", content, number), PAPERS[kind])


def scan(number: int) -> bytes:
    """One of many different scans."""
    return pdf().replace(b"%%EOF", b"%% scan " + str(number).encode() + b"\n%%EOF")


def test_paper_comes_back_as_it_was(office: Office) -> None:
    assert office.hand_in(pdf(), number="S1") == "added"
    (kept,) = office.rows()
    assert office.fetch(kept.id or 0) == PaperFile(pdf(), "证书.pdf", "application/pdf")
    assert (kept.number, kept.account_id, kept.size) == ("S1", office.reporter.account_id, len(pdf()))
    assert office.told() == [("paper.added", FIRST), ("paper.read", FIRST)]


def test_photo_is_kept_without_its_place(office: Office) -> None:
    office.hand_in(phone_jpeg(), "photo", file_name="IMG_20250901.HEIC")
    (kept,) = office.rows()
    assert kept.source_sha256 == hashlib.sha256(phone_jpeg()).hexdigest()
    assert (office.fetch(kept.id or 0).file_name, b"Exif" in office.fetch(kept.id or 0).content) == (
        "IMG_20250901.jpg",
        False,
    )


def test_nothing_lies_readable_on_disk(office: Office) -> None:
    office.hand_in(pdf())
    files = [path for path in office.place.settings.data_dir.rglob("*") if path.is_file()]
    assert [path for path in files if b"%PDF" in path.read_bytes()] == []


def test_same_file_changes_nothing(office: Office) -> None:
    office.hand_in(pdf(), number="S1")
    assert (office.hand_in(pdf()), office.hand_in(pdf(), number="S1")) == ("unchanged", "unchanged")
    assert (len(office.rows()), len(office.told())) == (1, 1)


def test_another_number_corrects_the_former(office: Office) -> None:
    office.hand_in(pdf(), number="S1")
    assert office.hand_in(pdf(), number="S2") == "replaced"
    assert office.in_force() == [("certificate", "S2")]


def test_single_paper_takes_the_formers_place(office: Office) -> None:
    office.hand_in(jpeg(), "photo")
    assert office.hand_in(jpeg(450, 620), "photo") == "replaced"
    first, second = office.rows()
    assert (first.withdrawn_reason, second.withdrawn_at) == ("由新文件替换", None)
    assert office.told() == [("paper.added", FIRST), ("paper.withdrawn", FIRST), ("paper.added", FIRST)]


def test_several_certificates_stand_together(office: Office) -> None:
    assert office.add([ready(scan(1)), ready(scan(2)), ready(scan(1))]) == ["added", "added", "unchanged"]
    assert len(office.in_force()) == 2


def test_one_fault_keeps_all_out(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        office.add([ready(scan(1)), ready(scan(2), case_no="2026-baoding-0001")])
    assert refused.value.details == (f"2026-baoding-0001：{NOT_YOURS}",)
    assert (office.rows(), list(office.place.settings.vault_dir.rglob("*"))) == ([], [])


def test_two_photos_at_once_are_refused(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        office.add([ready(jpeg(), "photo"), ready(jpeg(450, 620), "photo")])
    assert refused.value.details == (f"{FIRST}：“照片”只留一份，却交来 2 份，请只交一份",)


def test_case_takes_so_many_papers(office: Office) -> None:
    office.add([ready(scan(number)) for number in range(MOST_PAPERS)])
    with pytest.raises(Refused) as refused:
        office.add([ready(scan(MOST_PAPERS))])
    assert refused.value.details == (f"{FIRST}：材料共 61 份，超过 60 份，请合并扫描或先撤回多余的",)


def test_dry_run_leaves_nothing(office: Office) -> None:
    assert office.add([ready(scan(1))], dry_run=True) == ["added"]
    assert (office.rows(), office.told(), office.place.settings.vault_dir.exists()) == ([], [], False)


def test_unknown_kind_tells_the_kinds(office: Office) -> None:
    with pytest.raises(NotFound, match="没有材料“diary”；可交：照片（photo）、技能等级证书（certificate）、"):
        office.hand_in(pdf(), "diary")


def test_kind_may_be_named_by_title(office: Office) -> None:
    office.hand_in(pdf(), "单位公示件")
    assert office.in_force() == [("notice_paper", "")]


STATES = [
    (NominationStatus.IN_REVIEW, StageStatus.OPEN, ""),
    (NominationStatus.RETURNED, StageStatus.OPEN, ""),
    (NominationStatus.RETURNED, StageStatus.PASSED, ""),
    (NominationStatus.IN_REVIEW, StageStatus.AWAITING, INTAKE_OVER),
    (NominationStatus.IN_REVIEW, StageStatus.PASSED, INTAKE_OVER),
    (NominationStatus.STOPPED, StageStatus.PASSED, DONE_WITH),
    (NominationStatus.AWARDED, StageStatus.PASSED, DONE_WITH),
    (NominationStatus.MERGED, StageStatus.OPEN, MERGED),
]


@pytest.mark.parametrize(("status", "intake", "reason"), STATES)
def test_papers_change_when_rows_do(office: Office, status: NominationStatus, intake: StageStatus, reason: str) -> None:
    office.hand_in(scan(1))
    office.set(status, intake)
    if not reason:
        assert office.hand_in(scan(2)) == "added"
        office.withdraw(1)
        assert len(office.in_force()) == 1
        return
    with pytest.raises(Refused) as refused:
        office.hand_in(scan(2))
    assert refused.value.details == (f"{FIRST}：{reason}",)
    with pytest.raises(Refused, match=f"{FIRST}：{reason}。"):
        office.withdraw(1)
    assert len(office.in_force()) == 1


WHO = {
    # role: may hand in, may read
    "staff": (True, True),
    "verifier": (False, True),
    "auditor": (False, True),
    "discipline": (False, True),
    "expert": (False, False),
    "judge": (False, False),
    "committee": (False, False),
    "leader": (False, False),
    "admin": (False, False),
}


@pytest.mark.parametrize("role", WHO)
def test_roles_hand_in_and_read(office: Office, role: str) -> None:
    office.hand_in(scan(1))
    who = person(office.place, f"some-{role}", role)
    hands_in, reads = WHO[role]
    deeds = [lambda: office.hand_in(scan(2), by=who), lambda: office.withdraw(1, by=who)]
    reading_deeds = [lambda: office.fetch(1, who), lambda: listed(office, who)]
    for deed, may in [*((deed, hands_in) for deed in deeds), *((deed, reads) for deed in reading_deeds)]:
        if may:
            deed()
        else:
            with pytest.raises(Forbidden):
                deed()


def listed(office: Office, who: Actor, **options: bool) -> list[tuple[str, str]]:
    with reading(office.place.engine) as session:
        found = papers_of(session, act_of(office.place, who), office.round.key, FIRST, **options)
    return [(title, one.file_name) for title, one in found]


def test_other_units_see_nothing(office: Office) -> None:
    office.hand_in(pdf())
    other = person(office.place, "baoding", "reporter", unit="baoding")
    with pytest.raises(Refused) as refused:
        office.hand_in(scan(2), by=other)
    assert refused.value.details == (f"{FIRST}：{NOT_YOURS}",)
    for deed in (lambda: office.fetch(1, other), lambda: office.withdraw(1, by=other), lambda: listed(office, other)):
        with pytest.raises(NotFound):
            deed()
    assert office.told() == [("paper.added", FIRST)]


def test_list_follows_the_programme(office: Office) -> None:
    office.hand_in(pdf(), "notice_paper", file_name="公示.pdf")
    office.hand_in(scan(1), file_name="一.pdf")
    office.hand_in(jpeg(), "photo", file_name="照.jpg")
    office.withdraw(2)
    assert listed(office, office.reporter) == [("照片", "照.jpg"), ("单位公示件", "公示.pdf")]
    assert listed(office, office.staff, withdrawn=True)[1] == ("技能等级证书", "一.pdf")


def test_withdrawn_paper_stays(office: Office) -> None:
    office.hand_in(pdf())
    office.withdraw(1, " 传错了人 ")
    (kept,) = office.rows()
    assert (kept.withdrawn_reason, office.fetch(1).content) == ("传错了人", pdf())
    with pytest.raises(Refused, match="此前已撤回"):
        office.withdraw(1)
    with reading(office.place.engine) as session:
        assert attachment_kinds(session, [kept.nomination_id]) == {}


@pytest.mark.parametrize("reason", ["", "  ", "长" * 501])
def test_withdrawal_needs_a_reason(office: Office, reason: str) -> None:
    office.hand_in(pdf())
    with pytest.raises(Invalid, match="请写明撤回的理由"):
        office.withdraw(1, reason)


def test_crash_leaves_no_row_without_file(office: Office) -> None:
    def cut(_session: Session, _rows: Sequence[Attachment]) -> None:
        raise KeyboardInterrupt

    with patch.object(paper_entry, "insert_rows", cut), pytest.raises(KeyboardInterrupt):
        office.hand_in(pdf())
    left = [path for path in office.place.settings.vault_dir.rglob("*") if path.is_file()]
    assert (office.rows(), office.told(), len(left)) == ([], [], 1)
    assert office.hand_in(pdf()) == "added"
    assert office.fetch(office.rows()[0].id or 0).content == pdf()


def test_full_disk_leaves_no_row(office: Office) -> None:
    def full(_path: Path, _content: bytes) -> str:
        raise OSError(28, "No space left on device")

    with patch("craftsman.store.vault.write_atomically", full), pytest.raises(OSError, match="No space"):
        office.hand_in(pdf())
    assert (office.rows(), office.told()) == ([], [])


def test_statements_do_not_grow_with_papers(office: Office) -> None:
    counted: list[int] = []
    for papers in (
        [ready(scan(0))],
        [ready(scan(one), case_no=case) for one in range(1, 20) for case in (FIRST, SECOND)],
    ):
        sent: list[str] = []

        def note(*told: Any, sent: list[str] = sent) -> None:
            sent.append(told[2])

        event.listen(office.place.engine, "before_cursor_execute", note)
        office.add(papers)
        event.remove(office.place.engine, "before_cursor_execute", note)
        counted.append(len(sent))
    assert counted[0] == counted[1]


def test_history_tells_digests_only(office: Office) -> None:
    office.hand_in(pdf(), number="S0000130123", file_name="某某的证书.pdf")
    with reading(office.place.engine) as session:
        body = session.exec(select(AuditEvent.body).where(AuditEvent.act == "paper.added")).one()
    assert (hashlib.sha256(pdf()).hexdigest() in body, "S0000130123" in body, "某某的证书" in body) == (
        True,
        False,
        False,
    )


def test_nobodys_reporter_owns_no_case(office: Office) -> None:
    unbound = person(office.place, "unbound", "reporter")
    assert not is_seen(act_of(office.place, unbound), Nomination.model_construct(round_id=1, organisation_id=None))

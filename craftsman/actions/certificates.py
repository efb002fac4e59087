"""Certificates: issued in batches, checked by anyone by their number, revoked by a ruling."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.announcement import announce_stage, awarded_people, awards_of, honour_title, issuing_instant
from craftsman.actions.documents import PDF, Paper, documents_of, keep_documents
from craftsman.actions.doors import check_move, move_nominations
from craftsman.actions.letters import take_back
from craftsman.actions.lists import Listed
from craftsman.actions.reasons import written
from craftsman.actions.views import StageView, read_programme
from craftsman.audit.log import Entry
from craftsman.documents.contexts import Certificate
from craftsman.documents.render import certificates
from craftsman.errors import NotFound
from craftsman.rules.certificates import read_certificate_number
from models import Award, AwardStatus, Nomination, NominationStatus, Person, Round
from models.award import AWARD_MOVES

BATCH = 20
KIND = "certificate"
ANNOUNCED = frozenset({NominationStatus.AWARDED, NominationStatus.REVOKED})


@dataclass(frozen=True, slots=True)
class CertificateView:
    """What anyone may know of a certificate; `name` shows its first character only."""

    number: str
    status: AwardStatus
    name: str
    honour: str
    tier: str
    year: int
    issuer: str
    awarded_on: date


def batch_names(count: int) -> list[str]:
    """Names of the batches that so many certificates are rendered in."""
    return [f"certificates-{number:03d}" for number in range(1, -(-count // BATCH) + 1)]


def issue_certificates(session: Session, act: Act, view: StageView, batch: str) -> int:
    """Render and keep the certificates of a batch that are not kept yet; returns how many."""
    start = (int(batch.rpartition("-")[2]) - 1) * BATCH
    awards = awards_of(session, view.round_id)[start : start + BATCH]
    kept = {row.subject for row in documents_of(session, view.round_id) if row.kind == KIND}
    missing = [award for award in awards if award.certificate_no not in kept]
    if not missing:
        return 0
    people = awarded_people(session, missing)
    texts = [_certificate(act, view, award, one) for award, one in zip(missing, people, strict=True)]
    papers = [
        Paper(KIND, text.number, f"证书 {text.number}.pdf", PDF, content)
        for text, content in zip(texts, certificates(texts, issuing_instant(texts[0].issued_on)), strict=True)
    ]
    return len(keep_documents(session, act, view.round_id, papers))


def check_certificate(session: Session, number: str) -> CertificateView:
    """What a certificate number stands for; open to anyone.

    Invalid when the number is mistyped (its check character does not fit), NotFound when there is no such certificate
    or it is not announced yet.
    """
    award, nomination = _award(session, number)
    if nomination.status not in ANNOUNCED:
        raise _unknown()
    name = session.get_one(Person, nomination.person_id).name
    programme = read_programme(session.get_one(Round, award.round_id).programme)
    tier = next(tier for tier in programme.rules.tiers if tier.key == award.tier)
    return CertificateView(
        number=award.certificate_no,
        status=award.status,
        name=masked(name),
        honour=honour_title(programme),
        tier=tier.title,
        year=programme.plan.year,
        issuer=programme.rules.organiser,
        awarded_on=award.awarded_on,
    )


def revoke_award(session: Session, act: Act, number: str, reason: str) -> None:
    """Withdraw an honour (§10, 14): the certificate's check tells it, the history keeps it."""
    award, nomination = _award(session, number)
    act.must("award.revoke", award.round_id)
    grounds = written(reason, "撤销称号的依据和理由")
    check_move(AWARD_MOVES, award.status, AwardStatus.REVOKED, f"证书 {award.certificate_no} ")
    award.status, award.reason = AwardStatus.REVOKED, grounds
    session.add(award)
    moved = move_nominations(session, [nomination], NominationStatus.REVOKED)
    facts = {"certificate": award.certificate_no}
    record(session, act, award.round_id, [Entry("award.revoked", case_no, facts) for case_no in moved])
    take_back(session, act, award.round_id, {"award"}, moved)


def masked(name: str) -> str:
    """The first character of a name and a star for each other: 张**."""
    return name[0] + "*" * (len(name) - 1)


def _award(session: Session, number: str) -> tuple[Award, Nomination]:
    printed = read_certificate_number(number)
    query = select(Award, Nomination).join(Nomination, col(Nomination.id) == Award.nomination_id)
    found = session.exec(query.where(Award.certificate_no == printed)).first()
    if found is None:
        raise _unknown()
    return found


def _unknown() -> NotFound:
    return NotFound("没有这个编号的证书；编号本身无误，请核对证书是否由本活动颁发。")


def _certificate(act: Act, view: StageView, award: Award, one: Listed) -> Certificate:
    titles = {tier.key: tier.title for tier in view.programme.rules.tiers}
    return Certificate(
        number=award.certificate_no,
        name=one.person.name,
        honour=titles[award.tier],
        tier=titles[award.tier],
        year=view.programme.plan.year,
        issuer=view.programme.rules.organiser,
        issued_on=award.awarded_on,
        text=announce_stage(view).certificate_text,
        verify_url=f"{act.place.settings.public_url}/certificates/{award.certificate_no}",
        approval_no=view.programme.plan.approval_no,
    )

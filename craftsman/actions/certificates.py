"""Certificates: issued in batches, one anew where it was voided, checked by anyone by their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.announcement import (
    announce_stage,
    awarded_people,
    awards_of,
    honour_title,
    issuing_instant,
)
from craftsman.actions.documents import PDF, Paper, documents_of, keep_documents
from craftsman.actions.lists import Listed
from craftsman.actions.views import StageView, read_programme
from craftsman.documents.contexts import Certificate
from craftsman.documents.render import certificates, seal_picture
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.papers.images import check_image
from craftsman.programme.programme import Programme
from craftsman.rules.certificates import certificate_number, read_certificate_number
from models import Award, AwardStatus, Nomination, NominationStatus, Person, Round

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
    return _keep(session, act, view, missing) if missing else 0


def check_certificate(session: Session, number: str) -> CertificateView:
    """What a certificate number stands for; open to anyone.

    Invalid when the number is mistyped (its check character does not fit), NotFound when there is no such certificate
    or it is not announced yet.
    """
    award, nomination = _award(session, number)
    if nomination.status not in ANNOUNCED:
        raise _unknown()
    name = session.get_one(Person, nomination.person_id).name
    return certificate_view(read_programme(session.get_one(Round, award.round_id).programme), award, name)


def certificate_view(programme: Programme, award: Award, name: str) -> CertificateView:
    """What anyone may know of the certificate of somebody of that name."""
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


def issue_anew(session: Session, act: Act, view: StageView, voided: Award) -> Award:
    """A new certificate under a new number for the award of one that was voided; it waits to be released."""
    code = next(tier.code for tier in view.programme.rules.tiers if tier.key == voided.tier)
    prefix, year = announce_stage(view).certificate_prefix, view.programme.plan.year
    issued = [award for award in awards_of(session, view.round_id) if award.tier == voided.tier]
    award = Award(
        round_id=view.round_id,
        nomination_id=voided.nomination_id,
        issue=voided.issue + 1,
        tier=voided.tier,
        position=voided.position,
        certificate_no=certificate_number(prefix, year, code, len(issued) + 1),
        awarded_on=voided.awarded_on,
        recorded_at=act.now,
    )
    session.add(award)
    session.flush()
    _keep(session, act, view, [award])
    return award


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


def _keep(session: Session, act: Act, view: StageView, awards: Sequence[Award]) -> int:
    people = awarded_people(session, awards)
    seal = _seal(act)
    texts = [_certificate(act, view, award, one, seal) for award, one in zip(awards, people, strict=True)]
    papers = [
        Paper(KIND, text.number, f"证书 {text.number}.pdf", PDF, content)
        for text, content in zip(texts, certificates(texts, issuing_instant(texts[0].issued_on)), strict=True)
    ]
    return len(keep_documents(session, act, view.round_id, papers))


def _seal(act: Act) -> str:
    """The picture of the seal that the settings name; nothing where a seal is stamped by hand."""
    file = act.place.settings.seal_file
    if file is None:
        return ""
    try:
        content = file.read_bytes()
        check_image(content, "png")
    except (OSError, Invalid) as fault:
        raise Refused("印章须为完整的 PNG 图片，现在读不到，请核对设置 CRAFTSMAN_SEAL_FILE。") from fault
    return seal_picture(content)


def _certificate(act: Act, view: StageView, award: Award, one: Listed, seal: str) -> Certificate:
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
        seal=seal,
    )

"""The material pack of a winner: what press and hosts are given, in one zip with a manifest of digests."""

import hashlib
import json
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.announcement import announce_view, standing_award
from craftsman.actions.certificates import KIND as CERTIFICATE
from craftsman.actions.documents import document_bytes, documents_of, in_force, released_ids
from craftsman.actions.own_keys import own_key_of
from craftsman.actions.paper_cases import papers_taken
from craftsman.actions.paper_entry import vault_of
from craftsman.actions.release_gate import refuse_personal_data
from craftsman.actions.views import StageView, round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry
from craftsman.documents.archive import packed
from craftsman.documents.wording import chinese_date
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.mail.letters import render
from models import Attachment, Award, Message, Nomination, Person

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Pack:
    """A zip, and how many files it holds beside its manifest."""

    content: bytes = field(repr=False)
    files: int


def material_pack(session: Session, act: Act, round_key: str, case_no: str) -> Pack:
    """Pack letters, citation, photograph, certificate and public documents of a winner; the same state, the same bytes.

    Refused before certificate and decision are released, and where an ID number or the like is found in a file.
    """
    round_ = round_by_key(session, round_key)
    act.must("award.pack", round_.id)
    nomination = _nomination(session, act, round_.id or 0, case_no)
    award, view = standing_award(session, nomination), announce_view(session, nomination.round_id)
    name = session.get_one(Person, nomination.person_id).name
    files = {
        **_letters(session, view, case_no),
        **_citation(nomination, name),
        **_photo(session, act, view, nomination),
        **_documents(session, act, award),
    }
    refuse_personal_data(sorted(files.items()), view.programme.rules.office)
    content = packed({**files, MANIFEST: _manifest(award, name, files)})
    whole = hashlib.sha256(content).hexdigest()
    record(session, act, round_.id, [Entry("award.packed", case_no, {"files": len(files)}, files=[whole])])
    return Pack(content, len(files))


def _nomination(session: Session, act: Act, round_id: int, case_no: str) -> Nomination:
    if case_no in hidden_from(session, act, round_id):
        raise Forbidden(f"您须回避申报 {case_no}，此事项请由其他人员办理。")
    query = select(Nomination).where(Nomination.round_id == round_id, Nomination.case_no == case_no)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(f"本轮次没有申报“{case_no}”，请核对申报编号。")
    return found


def _letters(session: Session, view: StageView, case_no: str) -> dict[str, bytes]:
    """The words of the letters of this award, without the addresses that they went to."""
    query = select(Message).where(Message.event_key == f"{view.subject}/award/{case_no}").order_by(col(Message.id))
    found: dict[str, bytes] = {}
    for number, row in enumerate(session.exec(query).all(), start=1):
        written_on = chinese_date(clock.day(row.queued_at))
        words = render(row.letter, {**row.context, "recipient_name": row.recipient_name, "written_on": written_on})
        found[f"函件/{number:02d}-{row.letter}.txt"] = f"{words.subject}\n\n{words.text}".encode()
    return found


def _citation(nomination: Nomination, name: str) -> dict[str, bytes]:
    deeds = str(nomination.details.get("deeds") or "").strip()
    return {"简要事迹.txt": f"{name}\n{nomination.unit}　{nomination.post}\n\n{deeds}\n".encode()} if deeds else {}


def _photo(session: Session, act: Act, view: StageView, nomination: Nomination) -> dict[str, bytes]:
    kinds = [paper.kind for paper in papers_taken(view.programme).values() if paper.photo]
    query = select(Attachment).where(
        Attachment.nomination_id == nomination.id,
        col(Attachment.kind).in_(kinds),
        col(Attachment.withdrawn_at).is_(None),
    )
    found = session.exec(query.order_by(col(Attachment.id).desc())).first()
    if found is None:
        return {}
    return {"照片.jpg": vault_of(act).fetch(found.sha256, own_key_of(session, act, found.nomination_id))}


def _documents(session: Session, act: Act, award: Award) -> dict[str, bytes]:
    """The certificate that is valid, and everything public that was let out, each in its folder."""
    here = in_force(documents_of(session, award.round_id))
    gone = released_ids(session, here)
    own = [one for one in here if one.kind == CERTIFICATE and one.subject == award.certificate_no]
    public = [one for one in here if one.public]
    if unreleased := [one.file_name for one in (*own, *public) if one.id not in gone]:
        raise Refused("有文件尚未放行，不能制作材料包：", unreleased)
    papers = {f"证书/{one.file_name}": one for one in own} | {f"公开文件/{one.file_name}": one for one in public}
    return {path: document_bytes(act.place, one) for path, one in papers.items()}


def _manifest(award: Award, name: str, files: dict[str, bytes]) -> bytes:
    listed = [
        {"file": path, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for path, content in sorted(files.items())
    ]
    told = {"name": name, "certificate": award.certificate_no, "files": listed}
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"

"""Release: what was issued leaves the house once a second person has let it out, compared with the frozen list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, not_, or_, select

from craftsman.actions.acting import Act, record
from craftsman.actions.announcement import announce_view, awarded_people, issue_decision, standing_awards
from craftsman.actions.certificates import KIND as CERTIFICATE
from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.documents import (
    are_in_force,
    are_released,
    document_bytes,
    documents_of,
    in_force,
    let_out,
)
from craftsman.actions.frozen_list import list_differences, notices_with_lines, standing_lines, tampered
from craftsman.actions.release_gate import office_of, refuse_personal_data
from craftsman.actions.views import StageView
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry
from craftsman.documents.leaks import text_lines
from craftsman.errors import Forbidden, Refused
from craftsman.rules.frozen import text_differences
from models import Award, AwardStatus, Document, Nomination, Person

NOTICE = "notice"
# handed out by people, not shown to everybody, and compared with the list all the same
PRESS = "press-release"


@dataclass(frozen=True, slots=True)
class Named:
    """A document with the names that it must show."""

    document: Document
    names: tuple[str, ...]


def waiting_documents(session: Session, round_id: int) -> list[Document]:
    """What is in force and not let out: public documents, press releases, and certificates that are valid."""
    return list(session.exec(select(Document).where(*are_waiting(round_id)).order_by(col(Document.id))).all())


def are_waiting(round_id: int) -> list[ColumnElement[bool]]:
    """The conditions under which a document waits to be let out."""
    valid = select(Award.certificate_no).where(Award.round_id == round_id, Award.status == AwardStatus.VALID)
    certificate = and_(col(Document.kind) == CERTIFICATE, col(Document.subject).in_(valid))
    meant = or_(col(Document.public), col(Document.kind) == PRESS, certificate)
    return [are_in_force(round_id), meant, not_(are_released())]


def release_documents(session: Session, act: Act, round_id: int) -> list[Document]:
    """Let out what waits, all or nothing; returns it.

    Forbidden for whoever made one of the documents or must recuse from somebody on the list. Refused where one differs
    from the frozen list without a resolution, or personal data is found in it.
    """
    act.must("document.release", round_id)
    _refuse_recused(session, act, round_id)
    waiting = waiting_documents(session, round_id)
    if not waiting:
        raise Refused("没有待放行的文件。")
    if own := [one.file_name for one in waiting if one.made_by == act.actor.account]:
        raise Forbidden("制作和放行须由两人办理，下列文件由您制作，请由其他复核人员放行：", own)
    view = announce_view(session, round_id)
    if wrong := [*list_wrong(session, view), *documents_wrong(session, act, view, waiting)]:
        raise Refused("与公示名单不一致，又没有相应的决议，不能放行：", wrong)
    files = ((one.file_name, document_bytes(act.place, one)) for one in waiting)
    refuse_personal_data(files, office_of(session, round_id))
    let_out(session, act, waiting)
    record(session, act, round_id, [_released(one) for one in waiting])
    make_checkpoint(session, act)
    return waiting


def _released(one: Document) -> Entry:
    facts = {"kind": one.kind, "media_type": one.media_type}
    return Entry("document.released", one.subject, facts, files=[one.sha256])


def render_again(session: Session, act: Act, round_id: int) -> int:
    """Render the decision again from the list as resolutions have changed it; returns how many names it bears."""
    act.must("document.render", round_id)
    return issue_decision(session, act, announce_view(session, round_id))


def compare(session: Session, act: Act, round_id: int) -> list[str]:
    """Every difference between the frozen list and notices, awards, and all documents that bear names.

    Forbidden to whoever must recuse from somebody on the list: differences name names.
    """
    act.must("document.read", round_id)
    _refuse_recused(session, act, round_id)
    view = announce_view(session, round_id)
    return [
        *list_wrong(session, view),
        *_notices_wrong(session, act, view),
        *documents_wrong(session, act, view, in_force(documents_of(session, round_id))),
    ]


def _refuse_recused(session: Session, act: Act, round_id: int) -> None:
    if hidden_from(session, act, round_id):
        raise Forbidden("名单中有您须回避的人选，须由其他人员核对、放行。")


def list_wrong(session: Session, view: StageView) -> list[str]:
    """How the awards that stand differ from the frozen list."""
    awards = standing_awards(session, view.round_id)
    if not awards:
        return tampered(session, view.round_id)
    return list_differences(session, view, awarded_people(session, awards), "命名名单")


def documents_wrong(session: Session, act: Act, view: StageView, documents: Iterable[Document]) -> list[str]:
    """How the texts of documents differ from the list: certificates by number, all other public ones as a whole."""
    awards = standing_awards(session, view.round_id)
    names = _names(session, view, awards)
    everybody = _everybody(session, view.round_id)
    wrong: list[str] = []
    for one in documents:
        if one.kind == CERTIFICATE and one.subject in names:
            wrong += _compared(act, Named(one, (names[one.subject],)), everybody)
        elif (one.public and one.kind != NOTICE) or one.kind == PRESS:
            wrong += _compared(act, Named(one, tuple(names.values())), everybody)
    return wrong


def _names(session: Session, view: StageView, awards: Sequence[Award]) -> dict[str, str]:
    """The name to be shown for each valid certificate: of the frozen list, where there is one."""
    frozen = {line.case_no: line.name for line in standing_lines(session, view.round_id)}
    people = awarded_people(session, awards)
    return {
        award.certificate_no: frozen.get(one.case_no) or one.person.name
        for award, one in zip(awards, people, strict=True)
    }


def _notices_wrong(session: Session, act: Act, view: StageView) -> list[str]:
    """Each posted notice shows the names that were frozen, in all its forms."""
    issued = [one for one in in_force(documents_of(session, view.round_id)) if one.kind == NOTICE]
    everybody = _everybody(session, view.round_id)
    return [
        told
        for notice, lines in notices_with_lines(session, view.round_id)
        for one in issued
        if one.subject.endswith(f"/{notice.number}")
        for told in _compared(act, Named(one, tuple(line.name for line in lines)), everybody)
    ]


def _compared(act: Act, named: Named, everybody: set[str]) -> list[str]:
    lines = text_lines(document_bytes(act.place, named.document))
    return text_differences(named.names, everybody, lines, f"“{named.document.file_name}”")


def _everybody(session: Session, round_id: int) -> set[str]:
    """The names of all who were put forward in the round."""
    query = select(Person.name).join(Nomination, col(Nomination.person_id) == Person.id)
    return set(session.exec(query.where(Nomination.round_id == round_id)).all())

"""Papers of nominations that are there: which kinds, listed, read, withdrawn. `paper_entry` takes them in."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.own_keys import own_key_of
from craftsman.actions.paper_cases import is_accepting, is_seen, paper_desk, why_closed
from craftsman.actions.paper_entry import vault_of, withdrawn
from craftsman.actions.supplements import lapse_supplements, open_supplements
from craftsman.actions.views import read_programme
from craftsman.actions.visibility import hidden_on_desk
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.store.bulk import update_rows
from models import Attachment, Nomination, Round

LONGEST_REASON = 500
NO_SUCH_PAPER = "没有这份材料，或不是本单位的。"


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper to be saved: its bytes, a safe name, and what it is."""

    content: bytes = field(repr=False)
    file_name: str
    media_type: str


def attachment_kinds(session: Session, nomination_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The kinds of papers in force of some nominations; one query."""
    query = select(Attachment.nomination_id, Attachment.kind).where(
        col(Attachment.nomination_id).in_(nomination_ids), col(Attachment.withdrawn_at).is_(None)
    )
    found: dict[int, set[str]] = {}
    for nomination_id, kind in session.exec(query).all():
        found.setdefault(nomination_id, set()).add(kind)
    return {nomination_id: frozenset(kinds) for nomination_id, kinds in found.items()}


def papers_of(
    session: Session, act: Act, round_key: str, case_no: str, *, withdrawn: bool = False
) -> list[tuple[str, Attachment]]:
    """The papers of a case with the titles of their kinds, in the order of the programme; without those withdrawn."""
    desk = paper_desk(session, act, round_key, [case_no])
    act.must("paper.read", desk.round_id)
    if case_no not in desk.cases:
        raise NotFound(f"没有申报 {case_no}，或不是本单位的，请核对申报编号。")
    query = select(Attachment).where(Attachment.nomination_id == desk.cases[case_no].id).order_by(col(Attachment.id))
    rows = [row for row in session.exec(query).all() if withdrawn or row.withdrawn_at is None]
    order = list(desk.papers)
    rows.sort(key=lambda row: order.index(row.kind) if row.kind in order else len(order))
    return [(desk.papers[row.kind].title if row.kind in desk.papers else row.kind, row) for row in rows]


def fetch_paper(session: Session, act: Act, paper_id: int) -> PaperFile:
    """The bytes of a paper, withdrawn or not; that it was read stands in the history, for papers hold personal data."""
    return read_paper(session, act, *_paper(session, act, paper_id, "paper.read"))


def read_paper(session: Session, act: Act, row: Attachment, nomination: Nomination) -> PaperFile:
    """The bytes of a paper that the actor was let see, and the event that tells of it."""
    content = vault_of(act).fetch(row.sha256, own_key_of(session, act, row.nomination_id))
    entry = Entry("paper.read", nomination.case_no, {"kind": row.kind}, files=[row.sha256])
    record(session, act, nomination.round_id, [entry])
    return PaperFile(content, row.file_name, row.media_type)


def withdraw_paper(session: Session, act: Act, paper_id: int, reason: str) -> None:
    """Take a paper back for a reason; it stays, as withdrawn. Refused once the nomination is closed to changes."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid(f"请写明撤回的理由，不超过 {LONGEST_REASON} 字。")
    _paper(session, act, paper_id, "paper.hand_in")
    lapse_supplements(session, act)
    row, nomination = _paper(session, act, paper_id, "paper.hand_in")
    if row.withdrawn_at is not None:
        raise Refused("这份材料此前已撤回，无需再撤。")
    round_ = session.get_one(Round, nomination.round_id)
    accepting = is_accepting(session, round_, read_programme(round_.programme))
    in_time = bool(open_supplements(session, [nomination.id or 0], act.now))
    if (closed := why_closed(nomination.status, accepting=accepting, in_time=in_time)) is not None:
        raise Refused(f"{nomination.case_no}：{closed}。")
    changes = {"id": row.id, "withdrawn_at": act.now, "withdrawn_reason": reason.strip()}
    update_rows(session, Attachment, [changes])
    record(session, act, nomination.round_id, [withdrawn(nomination.case_no, row, reason.strip())])


def _paper(session: Session, act: Act, paper_id: int, permission: str) -> tuple[Attachment, Nomination]:
    query = select(Attachment, Nomination).join(Nomination).where(Attachment.id == paper_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(NO_SUCH_PAPER)
    act.must(permission, found[1].round_id)
    if not is_seen(act, found[1]) or found[1].case_no in hidden_on_desk(session, act, found[1].round_id):
        raise NotFound(NO_SUCH_PAPER)
    return found

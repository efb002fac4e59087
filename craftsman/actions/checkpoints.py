"""Checkpoints of the history: signed heads of its tree, the witness' cosignatures, and proofs to take away."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.visibility import hidden_from, without_traces
from craftsman.actions.workplace import Workplace
from craftsman.audit import notes, tree
from craftsman.audit.log import consistency_proof, head_of, inclusion_proof, size_of
from craftsman.audit.signed_heads import Kept
from craftsman.errors import Invalid, NotFound, Refused
from models import AuditEvent, Checkpoint, Cosignature

NO_SUCH_EVENT = "没有序号为 {seq} 的记录，请核对回执上的序号。"
PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Submission:
    """What a witness is sent (c2sp.org/tlog-witness): the size it saw last, the proof from there, the checkpoint."""

    size: int
    body: str


@dataclass(frozen=True, slots=True)
class Record:
    """Where the history keeps an act: its number and leaf hash, and the code by which a proof can be had."""

    seq: int
    leaf: str
    code: str


@dataclass(frozen=True, slots=True)
class Witnessed:
    """How far the history is witnessed. `since` is when the oldest unwitnessed checkpoint was made, if there is one."""

    watched: bool
    size: int
    at: datetime | None
    since: datetime | None

    def is_late(self, now: datetime, within: timedelta) -> bool:
        """Whether a checkpoint has waited too long, or nobody watches."""
        return not self.watched or (self.since is not None and now - self.since > within)


def make_checkpoint(session: Session, act: Act) -> Checkpoint | None:
    """Sign the history as it stands in this transaction; None when this very tree is signed already, or is empty."""
    session.flush()
    size = size_of(session)
    if not size or session.get(Checkpoint, size) is not None:
        return None
    head = head_of(session, size)
    told = notes.Checkpoint(act.place.settings.log_origin, size, head.root)
    made = Checkpoint(size=size, root=head.root.hex(), at=act.now, note=notes.signed(told, act.place.log_signer))
    session.add(made)
    session.flush()
    return made


def submission(session: Session, old: int | None = None) -> Submission | None:
    """The newest checkpoint for the witness, None when it has cosigned it. `old` is the size it says it saw."""
    newest = session.exec(select(Checkpoint).order_by(col(Checkpoint.size).desc())).first()
    if newest is None or lines_under(session, newest.size):
        return None
    seen = old if old is not None else _cosigned_size(session)
    if seen > newest.size:
        raise Refused(f"见证方已见过 {seen} 条记录，本系统只有 {newest.size} 条：历史记录可能被回退，请立即联系审计。")
    proof = "".join(f"{notes.encoded(one)}\n" for one in consistency_proof(session, seen, newest.size))
    return Submission(newest.size, f"old {seen}\n{proof}\n{newest.note}")


def take_cosignature(session: Session, act: Act, size: int, answer: str) -> bool:
    """Keep the witness' signature lines under a checkpoint; returns whether there was one that holds."""
    witness, checkpoint = act.place.witness, session.get(Checkpoint, size)
    if witness is None or checkpoint is None:
        return False
    for line in answer.splitlines(keepends=True):
        try:
            note = notes.read_note(notes.with_lines(checkpoint.note, [line]))
        except Invalid:
            continue
        if (at := note.cosigned_by(witness)) is not None:
            when = datetime.fromtimestamp(at, UTC)
            session.add(Cosignature(size=size, witness=witness.name, at=when, line=line))
            session.flush()
            return True
    return False


def lines_under(session: Session, size: int) -> list[str]:
    """The cosignatures of a checkpoint, as lines of its note."""
    query = select(Cosignature.line).where(Cosignature.size == size).order_by(col(Cosignature.id))
    return list(session.exec(query).all())


def witnessed(session: Session, place: Workplace) -> Witnessed:
    """How far the history is witnessed; two queries."""
    last = session.exec(select(Cosignature).order_by(col(Cosignature.size).desc())).first()
    size = last.size if last else 0
    waiting = select(Checkpoint.at).where(Checkpoint.size > size).order_by(col(Checkpoint.size))
    return Witnessed(place.witness is not None, size, last.at if last else None, session.exec(waiting).first())


def last_record(session: Session, place: Workplace, login: str) -> Record | None:
    """The last act of an account."""
    return _record(session, place, AuditEvent.actor == login)


def record_of(session: Session, place: Workplace, subject: str) -> Record | None:
    """The last act upon something that was filed, by its receipt number."""
    return _record(session, place, AuditEvent.subject == subject)


def _record(session: Session, place: Workplace, condition: Any) -> Record | None:
    query = select(AuditEvent.seq, AuditEvent.leaf).where(condition).order_by(col(AuditEvent.seq).desc())
    found = session.exec(query).first()
    return Record(*found, code_of(place, found[1])) if found else None


def code_of(place: Workplace, leaf: str) -> str:
    """What a receipt opens its proof by. The leaf hash alone does not: it stands in the proofs of its neighbours."""
    return place.secrets.index(leaf, "record-proof")


def proof_with(session: Session, act: Act, seq: int, given: str) -> str:
    """The proof file for whoever holds the receipt with its code; with the leaf hash alone, as `proof_for`."""
    event = session.get(AuditEvent, seq)
    if event is not None and hmac.compare_digest(code_of(act.place, event.leaf).encode(), given.encode()):
        return proof_of(session, seq)
    if event is None or event.leaf != given or act.actor.account_id is None:
        raise NotFound("没有这条记录，请核对回执上的网址；只有序号和指纹的，请登录后再取。")
    return proof_for(session, act, seq)


def proof_for(session: Session, act: Act, seq: int) -> str:
    """The proof file of an event, for its actor and those who read the history; see `proof_of`."""
    event = session.get(AuditEvent, seq)
    if event is not None and event.actor != act.actor.login:
        act.must("audit.read", event.round_id)
        hidden = hidden_from(session, act, event.round_id) if event.round_id else ()
        shown = select(AuditEvent.seq).where(AuditEvent.seq == seq, *without_traces(session, hidden))
        if session.exec(shown).first() is None:
            raise NotFound(NO_SUCH_EVENT.format(seq=seq))
    return proof_of(session, seq)


def proof_of(session: Session, seq: int) -> str:
    """The proof file (c2sp.org/tlog-proof) of an event: under the first checkpoint over it, cosigned if any is.

    NotFound for an unknown number, Refused before a checkpoint covers it.
    """
    event = session.get(AuditEvent, seq)
    if event is None:
        raise NotFound(NO_SUCH_EVENT.format(seq=seq))
    covering = select(Checkpoint).where(Checkpoint.size >= seq).order_by(col(Checkpoint.size))
    cosigned = covering.where(col(Checkpoint.size).in_(select(Cosignature.size)))
    checkpoint = session.exec(cosigned).first() or session.exec(covering).first()
    if checkpoint is None:
        raise Refused("这条记录尚未列入检查点，请一分钟后再取。")
    proof = [notes.encoded(one) for one in inclusion_proof(session, seq, checkpoint.size)]
    note = notes.with_lines(checkpoint.note, lines_under(session, checkpoint.size))
    lines = [PROOF, f"extra {notes.encoded(event.body.encode())}", f"index {seq - 1}", *proof]
    return "\n".join(lines) + f"\n\n{note}"


def check_proof(text: str, log: notes.Verifier, witness: notes.Verifier | None) -> str:
    """Check a proof file with the keys of log and witness alone, and return the event's body. Invalid when it fails."""
    head, blank, note_text = text.partition("\n\n")
    kind, *rest = head.split("\n")
    if not blank or kind != PROOF or len(rest) < 2 or not rest[0].startswith("extra "):
        raise Invalid("证明文件的格式不符，请使用系统给出的文件，不要改动。")
    body, note = notes.decoded(rest[0].removeprefix("extra ")), notes.read_note(note_text)
    told = notes.read_checkpoint(note.text)
    if not note.signed_by(log):
        raise Invalid("证明文件中的检查点不是本系统所签。")
    if witness is not None and note.cosigned_by(witness) is None:
        raise Invalid("证明文件中的检查点没有见证方的签名。")
    index = notes.number(rest[1].removeprefix("index "))
    if not tree.includes(tree.leaf_hash(body), index, told.size, [notes.decoded(one) for one in rest[2:]], told.root):
        raise Invalid("证明不成立：这条记录不在所签的历史记录之中。")
    return body.decode()


def kept_checkpoints(session: Session) -> list[Kept]:
    """All checkpoints by rising size."""
    rows = session.exec(select(Checkpoint).order_by(col(Checkpoint.size))).all()
    return [(row.size, row.root, row.note) for row in rows]


def _cosigned_size(session: Session) -> int:
    return session.exec(select(Cosignature.size).order_by(col(Cosignature.size).desc())).first() or 0

"""One event, opened: its exact bytes, its leaf, the checkpoint over it with its cosignatures, and what it rests on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.checkpoints import NO_SUCH_EVENT
from craftsman.actions.event_names import Names, names_in
from craftsman.actions.known_digests import Known, digests_in, known_digests
from craftsman.actions.timelines import trail_rounds
from craftsman.actions.visibility import hidden_from
from craftsman.audit.events import read_event
from craftsman.audit.log import leaf_hash
from craftsman.errors import Forbidden, NotFound
from models import AuditEvent, Checkpoint, Cosignature, Gate, Round

# kinds of decisions, as auditors ask for them
DECISIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "result": ("封存结果", ("stage.sealed", "correction.requested", "correction.sealed", "correction.approved")),
    "gate": ("签批", ("gate.opened", "gate.signed", "gate.passed", "gate.returned")),
    "ballot": ("票决", ("ballot.tickets", "ballot.second_round")),
    "draw": ("抽取与分配", ("panel.announced", "panel.drawn", "review.assigned", "review.drawn", "review.undone")),
    "notice": (
        "公示期限",
        (
            "notice.drafted",
            "notice.posted",
            "notice.outage_reported",
            "notice.prolonged",
            "notice.corrected",
            "notice.replaced",
            "notice.over",
        ),
    ),
    "tie": (
        "回避",
        ("tie.declared", "tie.recorded", "tie.confirmed", "tie.withdrawn", "recusal.declared", "review.voided"),
    ),
    "second": (
        "第二人决定",
        (
            "amendment.confirmed",
            "document.released",
            "emergency.agreed",
            "erasure.done",
            "follow_up.resolved",
            "grants.confirmed",
            "grants.refused",
            "mailing.confirmed",
            "override.confirmed",
            "person.unmask_agreed",
            "substitute.promoted",
            "tally.void_confirmed",
            "tie.confirmed",
            "waiver.signed",
        ),
    ),
}
DECIDING = frozenset(act for _, acts in DECISIONS.values() for act in acts)


@dataclass(frozen=True, slots=True)
class OpenedEvent:
    """An event as it was hashed; `holds` tells whether its bytes still have its leaf.

    `rules_path` leads to the rules it was done under, when these are the round's; `stage_path` to its stage.
    """

    seq: int
    event: Mapping[str, Any]
    text: str
    leaf: str
    holds: bool
    round: Round | None
    checkpoint: Checkpoint | None
    cosignatures: Sequence[Cosignature]
    known: Sequence[Known]
    gates: Sequence[Gate]
    rules_path: str
    stage_path: str
    decides: bool
    names: Names

    @property
    def pretty(self) -> str:
        """The same bytes, indented for the eye."""
        return json.dumps(json.loads(self.text), ensure_ascii=False, indent=2)


def opened_event(session: Session, act: Act, seq: int) -> OpenedEvent:
    """An event for those who read the history of its round; those of no round for whoever reads trails of accounts.

    NotFound for an unknown number. Forbidden to whom a case of the round is hidden: the bytes tell facts of others.
    """
    row = session.get(AuditEvent, seq)
    if row is None:
        raise NotFound(NO_SUCH_EVENT.format(seq=seq))
    round_ = session.get_one(Round, row.round_id) if row.round_id else None
    if round_ is None:
        trail_rounds(session, act)
    else:
        act.must("audit.read", round_.id)
        refuse_recused(session, act, round_.id or 0)
    event = read_event(row.body)
    covering = select(Checkpoint).where(Checkpoint.size >= seq).order_by(col(Checkpoint.size))
    cosigned = covering.where(col(Checkpoint.size).in_(select(Cosignature.size)))
    checkpoint = session.exec(cosigned).first() or session.exec(covering).first()
    under = select(Cosignature).where(Cosignature.size == (checkpoint.size if checkpoint else 0))
    same_rules = round_ is not None and event["rules"] == round_.rules_digest
    names = names_in(session, [event])
    return OpenedEvent(
        seq=seq,
        event=event,
        text=row.body,
        leaf=row.leaf,
        holds=leaf_hash(row.body) == row.leaf,
        round=round_,
        checkpoint=checkpoint,
        cosignatures=session.exec(under.order_by(col(Cosignature.id))).all(),
        known=known_digests(session, round_, event),
        gates=_gates_of(session, round_, event),
        rules_path=f"/rounds/{round_.key}/rules" if round_ and same_rules else "",
        stage_path=_stage_path(round_, event["subject"], names) if round_ else "",
        decides=event["act"] in DECIDING,
        names=names,
    )


def _stage_path(round_: Round, subject: str, names: Names) -> str:
    """The page of the stage that an event is about, empty where it is about something else."""
    key, _, stage = subject.partition("/")
    known = key == round_.key and stage in names.rounds[round_.id or 0].titles["stage"]
    return f"/rounds/{key}/stages/{stage}" if known else ""


def refuse_recused(session: Session, act: Act, round_id: int) -> None:
    """Forbidden for whoever must not see some case of the round: what is whole tells of it."""
    if hidden_from(session, act, round_id):
        raise Forbidden("其中有您须回避的人选，须由其他人员查看。")


def _gates_of(session: Session, round_: Round | None, event: Mapping[str, Any]) -> Sequence[Gate]:
    """The gates at which the results that an event names were to be signed, the latest first."""
    wanted = sorted(set(digests_in(event["facts"])))
    if round_ is None or not wanted:
        return []
    query = select(Gate).where(Gate.round_id == round_.id, col(Gate.digest).in_(wanted))
    return session.exec(query.order_by(col(Gate.id).desc())).all()

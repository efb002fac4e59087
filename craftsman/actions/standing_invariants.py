"""What later acts rest on, against what was sealed, frozen and promised of it: entries, lists, the outbox's keys.

Each check yields Chinese lines where they differ; see invariants.py.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from craftsman.actions.frozen_list import tampered
from craftsman.actions.sealing import SETTLED
from models import (
    Gate,
    GateStatus,
    Message,
    MessageStatus,
    Nomination,
    Outcome,
    Round,
    SealedResult,
    StageEntry,
    StageRun,
    StageStatus,
)

Standing = dict[str, tuple[Any, ...]]


def entries_are_as_sealed(session: Session) -> Iterator[str]:
    """In every settled stage each case stands as the result in force has it; four queries."""
    query = select(StageRun, Round.key).join(Round, col(Round.id) == StageRun.round_id)
    runs = session.exec(query.where(col(StageRun.status).in_(SETTLED)).order_by(col(StageRun.id))).all()
    results: dict[int, list[SealedResult]] = defaultdict(list)
    for result in session.exec(select(SealedResult).order_by(col(SealedResult.number))).all():
        results[result.stage_run_id].append(result)
    decided = select(Gate.stage_run_id, Gate.number).where(Gate.status != GateStatus.APPROVED)
    open_gates = set(session.exec(decided).all())
    standing = _standing(session)
    for run, round_key in runs:
        result = _in_force(run, results[run.id or 0], open_gates)
        if result is None:
            yield f"环节 {round_key}/{run.key}：没有生效的封存结果。"
            continue
        sealed = {line["case_no"]: _told(line) for line in json.loads(result.body)["entries"]}
        now = standing[run.id or 0]
        wrong = sorted(case for case in sealed.keys() | now.keys() if sealed.get(case) != now.get(case))
        yield from (f"环节 {round_key}/{run.key}：{case} 的去向、名次、得分或档次与封存结果不同。" for case in wrong)


def lists_are_as_frozen(session: Session) -> Iterator[str]:
    """Every posted notice has the names, in the order, under whose digest it was posted; two queries a round."""
    for round_id in session.exec(select(Round.id)).all():
        yield from (f"公示名单：{line}" for line in tampered(session, round_id or 0))


def letters_are_told_apart(session: Session) -> Iterator[str]:
    """No two letters of one event to the same person, and no letter that waits longer than its lease as sent."""
    keys = (Message.event_key, Message.recipient, Message.letter)
    twice = select(*keys).group_by(*keys).having(func.count() > 1).order_by(*keys)
    yield from (f"函件 {event} 的 {letter} 给同一收件人记了两次。" for event, _, letter in session.exec(twice).all())
    unsent = select(Message.id).where(Message.status == MessageStatus.SENT, col(Message.sent_at).is_(None))
    yield from (f"函件 第 {number} 封记为已送，没有送出时间。" for number in session.exec(unsent).all())


def _in_force(run: StageRun, results: Sequence[SealedResult], open_gates: set[tuple[int, int]]) -> SealedResult | None:
    """While its gate is open a stage's last result stands; once passed, the last one that was approved."""
    if run.status == StageStatus.AWAITING:
        return results[-1] if results else None
    counted = [one for one in results if (run.id or 0, one.number) not in open_gates]
    return counted[-1] if counted else None


def _standing(session: Session) -> dict[int, Standing]:
    columns = (StageEntry.stage_run_id, Nomination.case_no, StageEntry)
    query = select(*columns).join(Nomination, col(Nomination.id) == StageEntry.nomination_id)
    found: dict[int, Standing] = defaultdict(dict)
    for run_id, case_no, entry in session.exec(query.where(StageEntry.outcome != Outcome.PENDING)).all():
        found[run_id][case_no] = (entry.outcome.value, entry.place, entry.value, entry.exact, entry.tier)
    return found


def _told(line: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(line[name] for name in ("outcome", "place", "value", "exact", "tier"))

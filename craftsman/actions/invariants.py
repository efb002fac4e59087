"""The live database against the history: what one says, the other must say too.

Each check yields Chinese lines where they differ. The history is taken as it stands; that it holds is another check
(verification.py).
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, func, select

from craftsman.actions.score_proof import sheet_text
from craftsman.actions.sealing import digest
from craftsman.actions.standing_invariants import (
    entries_are_as_sealed,
    letters_are_told_apart,
    lists_are_as_frozen,
)
from craftsman.actions.workplace import Workplace
from craftsman.audit.commitments import commitment, salts_of
from craftsman.audit.events import read_event
from models import (
    Account,
    Assignment,
    AuditEvent,
    Award,
    AwardStatus,
    BallotPaper,
    BallotTicket,
    Document,
    Gate,
    Message,
    MessageStatus,
    Nomination,
    Notice,
    Round,
    ScoreSheet,
    SealedResult,
    SignOff,
    StageRun,
)

Facts = dict[str, Any]
AGREE = "数据库与历史记录一致。"


def broken_invariants(session: Session, place: Workplace) -> list[str]:
    """All lines of all checks; a constant number of queries, and each document read once."""
    checks: list[Callable[[Session], Iterator[str]]] = [
        rules_are_as_opened,
        sheets_are_as_submitted,
        results_are_as_sealed,
        signatures_are_as_signed,
        ballots_are_as_cast,
        notices_are_as_posted,
        awards_are_as_recorded,
        letters_are_as_sent,
        entries_are_as_sealed,
        lists_are_as_frozen,
        letters_are_told_apart,
    ]
    found = [line for check in checks for line in check(session)]
    return [*found, *documents_are_as_issued(session, place.settings.documents_dir)]


def rules_are_as_opened(session: Session) -> Iterator[str]:
    """Every round goes by the rules that it was opened with: the text that is read, not only its digest."""
    rows = session.exec(select(Round.key, Round.programme, Round.rules_digest)).all()
    kept = Counter((key, digest(programme), told) for key, programme, told in rows)
    told = Counter((subject, one["rules"], one["rules"]) for subject, _, one in _events(session, "round.opened"))
    yield from _differences("规则", kept, told)


def sheets_are_as_submitted(session: Session) -> Iterator[str]:
    """Every score sheet is one that its judge handed in, and none that was handed in is missing or changed."""
    query = (
        select(Nomination.case_no, Account.login, StageRun.key, ScoreSheet)
        .join(Assignment, col(Assignment.id) == ScoreSheet.assignment_id)
        .join(StageRun, col(StageRun.id) == Assignment.stage_run_id)
        .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
        .join(Account, col(Account.id) == Assignment.account_id)
    )
    kept: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for case, login, stage, sheet in session.exec(query).all():
        kept[case, login, stage, str(sheet.version)].append(sheet_text(sheet))
    salts = salts_of(session, "score.submitted", "sheet")
    for event in _bodies(session, "score.submitted"):
        sheets = kept[event["subject"], event["actor"], event["facts"]["stage"], str(event["facts"]["version"])]
        found = next((text for text in sheets if _is_told(event, text, salts)), None)
        if found is None:
            yield f"评分表 {event['subject']}：历史记录中有，数据库中没有（或内容不同）。"
        else:
            sheets.remove(found)
    left = sorted(key[0] for key, texts in kept.items() for _ in texts)
    yield from (f"评分表 {case}：数据库中有，历史记录中没有（或内容不同）。" for case in left)


def _is_told(event: Facts, text: str, salts: Mapping[int, str]) -> bool:
    """Whether a sheet is the one of an event; where its salt was erased, that cannot be said any more."""
    if "sheet" in event["facts"]:  # version 1
        return event["facts"]["sheet"] == digest(text)
    salt = salts.get(event["seq"], "")
    return not salt or event["committed"]["sheet"] == commitment(bytes.fromhex(salt), text)


def results_are_as_sealed(session: Session) -> Iterator[str]:
    """Every sealed result has the bytes that were sealed, and so have its inputs."""
    rows = session.exec(
        select(StageRun.key, Round.key, SealedResult)
        .join(SealedResult, col(SealedResult.stage_run_id) == StageRun.id)
        .join(Round, col(Round.id) == StageRun.round_id)
    ).all()
    kept = Counter((f"{round_}/{stage}", digest(one.body), digest(one.inputs)) for stage, round_, one in rows)
    told = Counter(
        (subject, facts["result"], facts["inputs"])
        for act in ("stage.sealed", "correction.sealed")
        for subject, _, facts in _events(session, act)
    )
    yield from _differences("封存结果", kept, told)


def signatures_are_as_signed(session: Session) -> Iterator[str]:
    """Every signature stands under the digest that was signed."""
    query = (
        select(Round.key, StageRun.key, Account.login, SignOff)
        .join(Gate, col(Gate.round_id) == Round.id)
        .join(StageRun, col(StageRun.id) == Gate.stage_run_id)
        .join(SignOff, col(SignOff.gate_id) == Gate.id)
        .join(Account, col(Account.id) == SignOff.account_id)
    )
    rows = session.exec(query).all()
    kept = Counter((f"{round_}/{stage}", login, sign.role, sign.digest) for round_, stage, login, sign in rows)
    told = Counter(
        (subject, actor, one["as"], one["digest"]) for subject, actor, one in _events(session, "gate.signed")
    )
    yield from _differences("签批", kept, told)


def ballots_are_as_cast(session: Session) -> Iterator[str]:
    """As many papers in each box as members cast one; who cast what is nobody's knowledge."""
    papers = dict(_counted(session, select(BallotPaper.stage_run_id, func.count()), BallotPaper.stage_run_id))
    cast = select(BallotTicket.stage_run_id, func.count()).where(col(BallotTicket.cast_at).is_not(None))
    tickets = dict(_counted(session, cast, BallotTicket.stage_run_id))
    query = select(StageRun.id, Round.key, StageRun.key).join(Round, col(Round.id) == StageRun.round_id)
    told = Counter(subject for subject, _, _ in _events(session, "ballot.cast"))
    for run_id, round_key, stage_key in session.exec(query.where(StageRun.kind == "ballot")).all():
        subject = f"{round_key}/{stage_key}"
        counts = papers.get(run_id or 0, 0), tickets.get(run_id or 0, 0), told[subject]
        if len(set(counts)) > 1:
            yield f"票决 {subject}：票箱 {counts[0]} 张，已投 {counts[1]} 人，记录 {counts[2]} 次。"


def notices_are_as_posted(session: Session) -> Iterator[str]:
    """Every posted notice has the list and the dates that it was posted with, or prolonged to."""
    query = (
        select(Round.key, StageRun.key, Notice)
        .join(StageRun, col(StageRun.id) == Notice.stage_run_id)
        .join(Round, col(Round.id) == StageRun.round_id)
        .where(col(Notice.posted_at).is_not(None))
    )
    kept = Counter(
        (f"{round_}/{stage}", one.number, one.list_digest, str(one.starts_on), str(one.ends_on))
        for round_, stage, one in session.exec(query).all()
    )
    ends = {
        (event["subject"], event["facts"]["notice"]): event["facts"]["ends_on"]
        for event in sorted(_bodies(session, "notice.prolonged"), key=lambda event: event["seq"])
    }
    told = Counter(
        (subject, one["number"], one["list"], one["starts_on"], ends.get((subject, one["number"]), one["ends_on"]))
        for subject, _, one in _events(session, "notice.posted")
    )
    yield from _differences("公示", kept, told)


def awards_are_as_recorded(session: Session) -> Iterator[str]:
    """Every award is one that was recorded or issued anew, with its certificate number, and valid as long as it is."""
    columns = (Nomination.case_no, Award.certificate_no, Award.status)
    query = select(*columns).join(Nomination, col(Nomination.id) == Award.nomination_id)
    kept = Counter((case, number, str(status)) for case, number, status in session.exec(query).all())
    events = [event for act in ("recorded", "reissued", "revoked") for event in _bodies(session, f"award.{act}")]
    told: dict[tuple[str, str], str] = {}
    for event in sorted(events, key=lambda event: event["seq"]):
        subject, facts = event["subject"], event["facts"]
        if "voided" in facts:
            told[subject, facts["voided"]] = AwardStatus.REISSUED.value
        revoked = event["act"] == "award.revoked"
        told[subject, facts["certificate"]] = (AwardStatus.REVOKED if revoked else AwardStatus.VALID).value
    yield from _differences("证书", kept, Counter((*one, status) for one, status in told.items()))


def letters_are_as_sent(session: Session) -> Iterator[str]:
    """No letter counts as sent that was not, and none was sent twice but by a lost reply."""
    sent = select(Message.message_id).where(Message.status == MessageStatus.SENT)
    kept = {message_id.strip("<>").partition("@")[0] for message_id in session.exec(sent).all()}
    told = Counter(subject for subject, _, _ in _events(session, "letter.sent"))
    yield from (f"函件 {one} 记为已送，历史记录中没有。" for one in sorted(kept - set(told)))
    yield from (f"函件 {one} 记录了 {count} 次送出。" for one, count in sorted(told.items()) if count > 1)


def documents_are_as_issued(session: Session, folder: Path) -> Iterator[str]:
    """Every issued document has its digest in the history and its bytes in the store."""
    rows = session.exec(select(Document)).all()
    kept = Counter((one.subject, one.sha256) for one in rows)
    told = Counter((event["subject"], event["files"][0]) for event in _bodies(session, "document.issued"))
    yield from _differences("文件", kept, told)
    for sha256 in sorted({one.sha256 for one in rows}):
        file = folder / sha256[:2] / sha256
        if not file.exists() or hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
            yield f"文件库中缺少指纹为 {sha256} 的文件，或其内容被改动；请从备份恢复。"


def _events(session: Session, act: str) -> list[tuple[str, str, Facts]]:
    """(subject, actor, facts) of all events of one act."""
    return [(event["subject"], event["actor"], event["facts"]) for event in _bodies(session, act)]


def _bodies(session: Session, act: str) -> list[Facts]:
    """All events of one act, of whatever version."""
    return [read_event(body) for body in session.exec(select(AuditEvent.body).where(AuditEvent.act == act)).all()]


def _counted(session: Session, query: Any, by: Any) -> list[tuple[int, int]]:
    rows: Any = session.exec(query.group_by(by)).all()
    return [(key, count) for key, count in rows]


def _differences(what: str, kept: Counter[Any], told: Counter[Any]) -> Iterator[str]:
    """Lines for what one side has more often than the other."""
    yield from (f"{what} {one[0]}：数据库中有，历史记录中没有（或内容不同）。" for one in sorted(kept - told, key=str))
    yield from (f"{what} {one[0]}：历史记录中有，数据库中没有（或内容不同）。" for one in sorted(told - kept, key=str))

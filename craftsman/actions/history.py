"""The evidence bundle: the history as it was hashed, what was sealed of it, and the program that checks both."""

import json
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.score_proof import sheet_text
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.audit import notes
from craftsman.audit.bundle import PROGRAM
from craftsman.audit.commitments import salts_of
from craftsman.audit.log import Entry, counted, head_of, rows_of
from craftsman.audit.sm3 import second_tree, sm2_signature
from craftsman.audit.tiles import entry_bundles, tiles
from craftsman.errors import Forbidden
from craftsman.programme.workday_table import WorkdayTable
from craftsman.store.engine import reading_as_one, transaction
from craftsman.store.files import atomic_file
from models import (
    Account,
    Assignment,
    Checkpoint,
    Cosignature,
    Document,
    Nomination,
    Round,
    ScoreSheet,
    SealedResult,
    StageRun,
)

README = """证据包说明

verify.py        核验程序，只用 Python 标准库。解开后运行：python3 verify.py . --key 日志公钥 --witness 见证方公钥
                 两个公钥都应另外取得；程序也请用另外取得的一份，证据包若被人改过，其中的程序也可能被改
                 其余 .py 是它的部分：entries 读取记录，signed 和 ed25519 核验哈希树与签名，results 核对结果，
                 recount、ballots 和 comparing 复算得分、名次、选票、期限
tile/            全部记录和它们的哈希树（c2sp.org/tlog-tiles）；tile/entries 是被计算指纹的原文
checkpoints/     各检查点：签名的树根（c2sp.org/tlog-checkpoint），有见证方签名的列在其下
sm3/             （设有 SM2 密钥的）同一批记录的 SM3 哈希树的根，及其 SM2 签名和公钥
policy           日志和见证方的公钥（c2sp.org/tlog-policy）
rules.json       开启轮次时所用规则的原文
results/         各环节封存结果的原文，文件名为环节与序号
inputs/          各结果所依据的输入
sheets.json      评委提交的每一份评分表的原文
salts.json       评分表承诺所用的盐：提交的记录里记的是以它为密钥的 HMAC-SHA-256（第 1 版记录：原文的 SHA-256）
workdays.json    计算期限所用的工作日表，其指纹在导出的记录中
documents.json   发出的文件及其 SHA-256
"""
# zip entries carry a fixed date, so that the same history gives the same bytes
EPOCH = (1980, 1, 1, 0, 0, 0)


def export_history(act: Act, round_key: str, file: Path, *, told: Callable[[int], None] | None = None) -> str:
    """Write the evidence bundle of a round to `file` and return the root it ends with; the export itself is an act.

    The act is kept and signed over first; the file is written of what then stands, while nobody has to wait for it.
    `told` is how many events went into it so far.
    """
    with transaction(act.place.engine) as session:
        round_ = round_by_key(session, round_key)
        must_be_exportable(session, act, round_.id or 0)
        # nothing else in the history says by which days the periods were counted
        table = sha256(_json(_workdays(act.place.workdays))).hexdigest()
        record(session, act, round_.id, [Entry("audit.exported", round_.key, files=[table])])
        make_checkpoint(session, act)
    with atomic_file(file) as target, reading_as_one(act.place.engine) as session:
        write_bundle(session, act, round_by_key(session, round_key), target, told=told)
        return head_of(session).root.hex()


def must_be_exportable(session: Session, act: Act, round_id: int) -> None:
    """Forbidden unless the actor reads the history of the round, and no case of it is hidden from them."""
    act.must("audit.read", round_id)
    if hidden_from(session, act, round_id):
        raise Forbidden("历史记录中有您须回避的人选，须由其他人员导出。")


def write_bundle(
    session: Session, act: Act, round_: Round, target: IO[bytes], *, told: Callable[[int], None] | None = None
) -> None:
    """Write the evidence bundle of a round, as the history stands; the same history gives the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "说明.txt", README.encode())
        for part in PROGRAM:
            _put(archive, part.name, part.read_bytes())
        _put(archive, "policy", _policy(act).encode())
        _put_tree(archive, session, act, told)
        for size, note in _notes(session):
            _put(archive, f"checkpoints/{size}", note.encode())
        _put(archive, "rules.json", round_.programme.encode())
        for key, result in _results(session, round_):
            _put(archive, f"results/{key}-{result.number}.json", result.body.encode())
            _put(archive, f"inputs/{key}-{result.number}.json", result.inputs.encode())
        _put(archive, "sheets.json", _json(_sheets(session, round_)))
        _put(archive, "salts.json", _json(list(salts_of(session, "score.submitted", "sheet", round_.id).items())))
        _put(archive, "workdays.json", _json(_workdays(act.place.workdays)))
        _put(archive, "documents.json", _json(_documents(session, round_)))


def _put_tree(archive: zipfile.ZipFile, session: Session, act: Act, told: Callable[[int], None] | None) -> None:
    """The entries as they are read, and the tree over them; of a million events only the hashes are held."""
    leaves: list[bytes] = []
    key = act.place.settings.sm_key
    second = second_tree(key)

    def bodies() -> Iterator[bytes]:
        for _, text, leaf, _ in counted(rows_of(session), told):
            leaves.append(bytes.fromhex(leaf))
            body = text.encode()
            if second is not None:
                second.add(body)
            yield body

    for path, content in entry_bundles(bodies()):
        _put(archive, path, content)
    for path, content in tiles(leaves):
        _put(archive, path, content)
    if key is not None and second is not None:
        head = second.head(act.place.settings.log_origin)
        signature, public = sm2_signature(head, key)
        for name, content in (("checkpoint", head.encode()), ("signature", signature), ("key.pem", public)):
            _put(archive, f"sm3/{name}", content)


def _notes(session: Session) -> Iterator[tuple[int, str]]:
    """Each checkpoint's size and note, with the cosignatures under it; two queries."""
    under: dict[int, list[str]] = defaultdict(list)
    for one in session.exec(select(Cosignature).order_by(col(Cosignature.id))).all():
        under[one.size].append(one.line)
    for checkpoint in session.exec(select(Checkpoint).order_by(col(Checkpoint.size))).all():
        yield checkpoint.size, notes.with_lines(checkpoint.note, under[checkpoint.size])


def _policy(act: Act) -> str:
    lines = [f"log {act.place.log_signer.verifier}"]
    if witness := act.place.witness:
        return "\n".join([*lines, f"witness audit {witness}", "quorum audit", ""])
    return "\n".join([*lines, "quorum none", ""])


def _results(session: Session, round_: Round) -> list[tuple[str, SealedResult]]:
    query = (
        select(StageRun.key, SealedResult)
        .join(SealedResult, col(SealedResult.stage_run_id) == StageRun.id)
        .where(StageRun.round_id == round_.id)
        .order_by(col(StageRun.position), col(SealedResult.number))
    )
    return [(key, result) for key, result in session.exec(query).all()]


def _sheets(session: Session, round_: Round) -> list[list[object]]:
    """Every version of every score sheet as it was handed in: stage, case, judge, version, its exact text."""
    query = (
        select(StageRun.key, Nomination.case_no, Account.login, ScoreSheet)
        .join(Assignment, col(Assignment.id) == ScoreSheet.assignment_id)
        .join(StageRun, col(StageRun.id) == Assignment.stage_run_id)
        .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
        .join(Account, col(Account.id) == Assignment.account_id)
        .where(StageRun.round_id == round_.id)
        .order_by(col(ScoreSheet.id))
    )
    rows = session.exec(query).all()
    return [[stage, case, login, sheet.version, sheet_text(sheet)] for stage, case, login, sheet in rows]


def _workdays(table: WorkdayTable) -> dict[str, object]:
    return {"years": sorted(table.years), "off": sorted(map(str, table.off)), "work": sorted(map(str, table.work))}


def _documents(session: Session, round_: Round) -> Sequence[dict[str, object]]:
    query = select(Document).where(Document.round_id == round_.id).order_by(col(Document.id))
    return [
        {"kind": one.kind, "subject": one.subject, "version": one.version, "file": one.file_name, "sha256": one.sha256}
        for one in session.exec(query).all()
    ]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)

"""The audit export: events as they were hashed, sealed results, rules; anyone can check it with a hash tool."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry, last
from craftsman.errors import Forbidden
from craftsman.store.engine import transaction
from craftsman.store.files import write_atomically
from models import AuditEvent, Round, SealedResult, StageRun

README = """历史记录导出说明

events.jsonl   每行一条记录：seq、leaf、head、body。body 是被计算指纹的原文。
               leaf = SHA-256(0x00 || body)；head = SHA-256(0x01 || 上一条 head || leaf)，第一条之前的 head 为 64 个 0。
results/       各环节密封结果的原文，文件名为环节与序号；其 SHA-256 即签批人所签的结果指纹。
rules.json     开启轮次时所用规则的原文；其 SHA-256 即规则指纹。
head.txt       导出时最后一条的 seq 与 head。
"""
# zip entries carry a fixed date, so that the same history gives the same bytes
EPOCH = (1980, 1, 1, 0, 0, 0)


def export_history(act: Act, round_key: str, file: Path) -> str:
    """Write the export of a round to `file` and return the head it ends with; the export itself is an act."""
    with transaction(act.place.engine) as session:
        round_ = round_by_key(session, round_key)
        act.must("audit.read", round_.id)
        if hidden_from(session, act, round_.id or 0):
            raise Forbidden("历史记录中有您须回避的人选，须由其他人员导出。")
        record(session, act, round_.id, [Entry("audit.exported", round_.key)])
        session.flush()
        content, head = _zip(session, round_)
    write_atomically(file, content)
    return head


def _zip(session: Session, round_: Round) -> tuple[bytes, str]:
    events = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq))).all()
    lines = [{"seq": one.seq, "leaf": one.leaf, "head": one.head, "body": one.body} for one in events]
    seq, head = last(session)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "说明.txt", README)
        _put(archive, "events.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        _put(archive, "rules.json", round_.programme)
        _put(archive, "head.txt", f"{seq} {head}\n")
        for key, result in _results(session, round_):
            _put(archive, f"results/{key}-{result.number}.json", result.body)
    return buffer.getvalue(), head


def _results(session: Session, round_: Round) -> list[tuple[str, SealedResult]]:
    query = (
        select(StageRun.key, SealedResult)
        .join(SealedResult, col(SealedResult.stage_run_id) == StageRun.id)
        .where(StageRun.round_id == round_.id)
        .order_by(col(StageRun.position), col(SealedResult.number))
    )
    return [(key, result) for key, result in session.exec(query).all()]


def _put(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text.encode())

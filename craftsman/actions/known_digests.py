"""What the digests in an event are of: results and their inputs, draws, lists of notices, documents, rules."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlmodel import Session, col, select

from craftsman.actions.sealing import digest
from craftsman.audit.events import is_digest
from craftsman.clock import chinese_day
from models import AssignmentBatch, Document, Notice, PanelDraw, Round, SealedResult, StageRun

# the digest of a certificate that was not needed
OF_NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """A digest of an event, and what it is the digest of; `path` is where that can be had, if it can.

    `apart` is set where the path gives the very bytes to save, and no page.
    """

    digest: str
    title: str
    path: str
    apart: bool = False


def known_digests(session: Session, round_: Round | None, event: Mapping[str, Any]) -> list[Known]:
    """All digests of an event but that of the rules it names apart; those that nothing is known of have no title."""
    wanted = {*digests_in(event["facts"]), *event["files"]} - {event["rules"], OF_NOTHING}
    if round_ is None or not wanted:
        return []
    found: dict[str, Known] = {}
    for gathered in (_results, _batches, _draws, _notices, _documents):
        for one in gathered(session, round_, wanted):
            found.setdefault(one.digest, one)
    if round_.rules_digest in wanted:
        found[round_.rules_digest] = Known(round_.rules_digest, "本轮次的规则", f"/rounds/{round_.key}/rules")
    return [found.get(one, Known(one, "", "")) for one in sorted(wanted)]


def digests_in(value: object) -> Iterator[str]:
    """Every digest in a value of plain JSON."""
    if is_digest(value):
        yield value
    elif isinstance(value, dict | list):
        held = cast("dict[str, object] | list[object]", value)
        for one in held.values() if isinstance(held, dict) else held:
            yield from digests_in(one)


def _results(session: Session, round_: Round, wanted: Collection[str]) -> Iterator[Known]:
    query = (
        select(SealedResult, StageRun)
        .join(StageRun, col(StageRun.id) == SealedResult.stage_run_id)
        .where(StageRun.round_id == round_.id)
        .where(col(SealedResult.digest).in_(wanted) | col(SealedResult.inputs_digest).in_(wanted))
        .order_by(col(SealedResult.id))
    )
    for result, run in session.exec(query).all():
        name, path = f"{run.title}第 {result.number} 次封存", f"/rounds/{round_.key}/sealed/{run.key}/{result.number}"
        yield Known(result.digest, f"{name}的结果", f"{path}/result", apart=True)
        yield Known(result.inputs_digest, f"{name}的依据", f"{path}/inputs", apart=True)


def _batches(session: Session, round_: Round, wanted: Collection[str]) -> Iterator[Known]:
    query = (
        select(AssignmentBatch, StageRun)
        .join(StageRun, col(StageRun.id) == AssignmentBatch.stage_run_id)
        .where(StageRun.round_id == round_.id, col(AssignmentBatch.inputs_digest).in_(wanted))
    )
    for batch, run in session.exec(query).all():
        path = f"/rounds/{round_.key}/stages/{run.key}/assignment"
        yield Known(batch.inputs_digest, f"{run.title}第 {batch.id} 批分配的依据", path)
        yield Known(digest(batch.certificate), f"{run.title}第 {batch.id} 批分配的最优性证明", path)


def _draws(session: Session, round_: Round, wanted: Collection[str]) -> Iterator[Known]:
    query = select(PanelDraw).where(PanelDraw.round_id == round_.id, col(PanelDraw.pool_digest).in_(wanted))
    for draw in session.exec(query).all():
        yield Known(draw.pool_digest, f"专家抽取第 {draw.id} 次的名单", f"/rounds/{round_.key}/draws")


def _notices(session: Session, round_: Round, wanted: Collection[str]) -> Iterator[Known]:
    query = select(Notice).join(StageRun, col(StageRun.id) == Notice.stage_run_id)
    query = query.where(StageRun.round_id == round_.id, col(Notice.list_digest).in_(wanted))
    for notice in session.exec(query).all():
        period = f"{chinese_day(notice.starts_on)} 至 {chinese_day(notice.ends_on)}"
        title = f"第 {notice.number} 号公示的名单（公示期 {period}）"
        yield Known(notice.list_digest, title, f"/notices/{notice.id}")


def _documents(session: Session, _round: Round, wanted: Collection[str]) -> Iterator[Known]:
    for made in session.exec(select(Document).where(col(Document.sha256).in_(wanted))).all():
        yield Known(made.sha256, f"文件 {made.file_name}（第 {made.version} 版）", f"/documents/{made.id}", apart=True)

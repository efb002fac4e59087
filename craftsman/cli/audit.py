"""Commands of the history: log, verify, export."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import col, select

from craftsman.actions.history import export_history
from craftsman.audit.log import verify
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    acting_as,
    group,
    looking,
    must_be_new,
    table,
    tell,
    workplace,
)
from craftsman.cli.language import say
from craftsman.errors import Invalid
from models import AuditEvent

app = group("历史记录。", "The history.")


@app.command("log", help=say("最近的记录。", "The latest events."))
def log(
    subject: Annotated[str, typer.Option(help=say("只看此对象", "only of this subject"))] = "",
    limit: Annotated[int, typer.Option(min=1, help=say("条数", "how many"))] = 20,
    *,
    as_json: AsJson = False,
) -> None:
    """Show the latest events, the newest first."""
    query = select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(limit)
    if subject:
        query = query.where(AuditEvent.subject == subject)
    with looking() as (session, _):
        events = session.exec(query).all()
    if as_json:
        bodies: list[Any] = [json.loads(event.body) for event in events]
        tell({"events": bodies}, [], as_json=True)
        return
    rows = [(event.seq, event.at, event.actor, event.act, event.subject) for event in events]
    table(say("历史记录（北京时间）", "History (China time)"), ("序号", "时间", "办理人", "事项", "对象"), rows)


@app.command("verify", help=say("逐条核对历史记录。", "Check the whole history."))
def verify_(*, as_json: AsJson = False) -> None:
    """Check every event against its leaf and the chain; exit 1 when something does not hold."""
    with looking() as (session, _):
        events = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq))).all()
    problems = verify(events)
    head = events[-1].head if events else ""
    holds = say(f"共 {len(events)} 条，全部相符；链首 {head}", f"{len(events)} events hold; head {head}")
    tell({"events": len(events), "head": head, "problems": problems}, problems or [holds], as_json=as_json)
    if problems:
        raise typer.Exit(1)


@app.command("export", help=say("导出历史记录与密封结果，供审计离线核对。", "Export history and sealed results."))
def export(
    round_key: RoundKey,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件（.zip）", "file to write (.zip)"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write the audit export of a round."""
    must_be_new(file)
    act = acting_as(workplace(), as_login)
    try:
        head = export_history(act, round_key, file)
    except OSError as fault:
        raise Invalid(say(f"无法写入 {file}，请检查文件夹和权限。", f"Cannot write {file}.")) from fault
    told = say(f"已导出到 {file}，链首 {head}", f"Exported to {file}; head {head}")
    tell({"file": file, "head": head}, [told], as_json=as_json)

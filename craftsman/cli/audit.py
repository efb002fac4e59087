"""Commands of the history: log, verify, export."""

import json
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from craftsman.actions.history import export_history
from craftsman.audit.log import verify
from craftsman.cli.base import AsJson, AsLogin, acting_as, group, table, tell, workplace
from craftsman.cli.language import say
from craftsman.store.engine import reading
from models import AuditEvent

app = group("历史记录。", "The history.")


@app.command("log", help=say("最近的记录。", "The latest events."))
def log(
    subject: Annotated[str, typer.Option(help=say("只看此对象", "only of this subject"))] = "",
    limit: Annotated[int, typer.Option(help=say("条数", "how many"))] = 20,
    *,
    as_json: AsJson = False,
) -> None:
    """Show the latest events, the newest first."""
    place = workplace()
    query = select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(limit)
    if subject:
        query = query.where(AuditEvent.subject == subject)
    with reading(place.engine) as session:
        events = session.exec(query).all()
    if as_json:
        tell({"events": [json.loads(event.body) for event in events]}, as_json=True, lines=list)
        return
    rows = [(event.seq, f"{event.at:%Y-%m-%d %H:%M:%S}", event.actor, event.act, event.subject) for event in events]
    table(say("历史记录（UTC）", "History (UTC)"), ("序号", "时间", "办理人", "事项", "对象"), rows)


@app.command("verify", help=say("逐条核对历史记录。", "Check the whole history."))
def verify_() -> None:
    """Check every event against its leaf and the chain; exit 1 when something does not hold."""
    place = workplace()
    with reading(place.engine) as session:
        events = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq))).all()
    problems = verify(events)
    head = events[-1].head if events else "-"
    told = problems or [say(f"共 {len(events)} 条，全部相符；链首 {head}", f"{len(events)} events hold; head {head}")]
    tell({}, as_json=False, lines=lambda: told)
    if problems:
        raise typer.Exit(1)


@app.command("export", help=say("导出历史记录与密封结果，供审计离线核对。", "Export history and sealed results."))
def export(
    round_key: Annotated[str, typer.Argument(help=say("轮次", "the round"))],
    file: Annotated[Path, typer.Argument(help=say("写到此文件（.zip）", "file to write (.zip)"))],
    as_login: AsLogin = "",
) -> None:
    """Write the audit export of a round."""
    place = workplace()
    act = acting_as(place, as_login)
    head = export_history(act, round_key, file)
    tell({"head": head}, as_json=False, lines=lambda: [say(f"已导出到 {file}，链首 {head}", f"Exported; head {head}")])

"""Commands of the retention table: list, due, run, confirm."""

from craftsman.actions import retention
from craftsman.cli.base import AsJson, AsLogin, acting_as, doing, group, looking_as, tell, tell_rows, workplace
from craftsman.cli.language import say
from craftsman.cli.subject import take_files_away
from craftsman.rules.retention import RETENTIONS
from craftsman.store.engine import reading

app = group("保存期限：一览、到期、办理、确认。", "Retention: list, due, run, confirm.")


@app.command("list", help=say("各类个人信息保存多久、依据、怎样删除。", "How long what is kept, and why."))
def list_(*, as_json: AsJson = False) -> None:
    """Print the table; durations that the office has not confirmed say so."""
    rows = [
        {
            "key": key,
            "title": one.title,
            "after": one.after,
            "days": one.days,
            "confirmed": one.confirmed,
            "ground": one.ground,
            "how": one.how,
            "kept": _kept(one.days, confirmed=one.confirmed),
        }
        for key, one in RETENTIONS.items()
    ]
    columns = {"title": "内容", "after": "起算", "kept": "保存", "ground": "依据", "how": "怎样删除"}
    tell_rows("retention", rows, title=say("保存期限", "Retention"), columns=columns, as_json=as_json)


@app.command("due", help=say("保存期满、尚未申请删除的。", "Whose time is over."))
def due(as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List whose data have been kept long enough."""
    with looking_as(as_login) as (session, act):
        found = retention.due_erasures(session, act)
    rows = [
        {"line": one.line, "title": RETENTIONS[one.line].title, "subject": one.subject, "since": one.since}
        for one in found
    ]
    columns = {"subject": "对象", "title": "内容", "since": "起算时间"}
    tell_rows("due", rows, title=say("保存期满", "Due"), columns=columns, as_json=as_json)


@app.command("run", help=say("申请删除全部到期的（须另一人确认）。", "Ask for the erasure of all that is due."))
def run(as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Ask for all erasures that are due; nothing goes before another person confirms."""
    with doing(as_login, as_json=as_json) as (session, act):
        asked = retention.ask_due(session, act)
    told = say(
        f"已申请删除 {len(asked)} 人的个人信息，待另一人确认（craftsman retention confirm）。",
        f"{len(asked)} erasures asked for; another confirms them.",
    )
    tell({"asked": len(asked)}, [told], as_json=as_json)


@app.command("confirm", help=say("确认并执行到期的删除（不可恢复）。", "Confirm the erasures that are due, for good."))
def confirm(as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Confirm them one by one, each in a transaction of its own; what stands against one keeps only that one."""
    place = workplace()
    act = acting_as(place, as_login)
    with reading(place.engine) as session:
        numbers = [row.id or 0 for row, _ in retention.waiting_due(session, act)]
    done, refused = retention.confirm_due(act, numbers)
    files = take_files_away(as_login)
    told = say(f"已删除 {done} 人的个人信息，清除文件 {files} 个。", f"{done} erased, {files} files taken away.")
    tell({"erased": done, "files": files, "refused": refused}, [told, *refused], as_json=as_json)


def _kept(days: int | None, *, confirmed: bool) -> str:
    if days is None:
        return "长期"
    return f"{days} 天" + ("" if confirmed else "（待定，须办公室确认）")

"""Commands of the tally: likes taken in as the platform's table, voided by two people, and counted when asked."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from craftsman.actions import like_import, like_voids
from craftsman.actions.acting import Act
from craftsman.actions.like_import import LikeReport
from craftsman.actions.like_status import TallyStatus, tally_status
from craftsman.actions.like_voids import LikesBy, OneLike
from craftsman.actions.likes import token_by_mark, token_of
from craftsman.actions.views import StageView, stage_of
from craftsman.cli.base import AsJson, AsLogin, RoundKey, StageKey, doing, group, load_file, looking_as, tell
from craftsman.cli.base import table as show
from craftsman.cli.language import say
from craftsman.errors import Invalid
from craftsman.workbook.likes import instant_of
from models import TallyVoid

app = group("网络点赞：导入、作废、确认、查看。", "Likes: take in, void, confirm, look.")

SHOWN = 20
File = Annotated[Path, typer.Argument(metavar="FILE", help=say("投票平台导出的表", "the platform's table"))]
Number = Annotated[int, typer.Argument(metavar="VOID", help=say("作废的号数", "the void's number"))]
Mark = Annotated[str, typer.Option("--token", metavar="MARK", help=say("系统所示的标识", "the mark of a voter"))]
TokenFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help=say("写有平台标识的文本文件", "a file with the platform's token"))
]


@app.command(
    "import", help=say("导入投票平台的点赞表；再次导入不会重复。", "Take in a table of likes; again, it adds nothing.")
)
def import_(
    round_key: RoundKey,
    stage: StageKey,
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("只核对，不入库", "check only"))] = False,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Take in a table of likes, or tell what would become of it."""
    content = load_file(file)
    with doing(as_login, as_json=as_json) as (session, act):
        run_id = stage_of(session, round_key, stage).run_id
        report = like_import.import_likes(session, act, run_id, content=content, file_name=file.name, dry_run=dry_run)
    told = {"lines": report.lines, "taken": report.taken, "repeated": report.repeated, "batch": report.batch}
    refused = [{"line": line, "reason": reason} for line, reason in sorted(report.refused.items())]
    tell({**told, "refused": refused, "dry_run": dry_run}, _report_lines(report, dry_run), as_json=as_json)


@app.command("void", help=say("提出作废刷票：逐条，或按标识和时段；须另一人确认。", "Propose to void tainted likes."))
def void(
    round_key: RoundKey,
    stage: StageKey,
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    like: Annotated[int | None, typer.Option(metavar="N", help=say("一次点赞的号数", "one like"))] = None,
    mark: Mark = "",
    token_file: TokenFile = None,
    start: Annotated[str, typer.Option("--from", metavar="TIME", help=say("自此时起", "from this instant"))] = "",
    end: Annotated[str, typer.Option("--until", metavar="TIME", help=say("在此时之前", "before this instant"))] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Propose to void one like, or those of one voter in a period."""
    bounds = (_time(start), _time(end))
    if (like is None) == (not mark and token_file is None) or (like is not None and any(bounds)):
        raise Invalid(say("请写 --like，或者 --token、--token-file 之一（可加时段）。", "Name one like or one voter."))
    with doing(as_login, as_json=as_json) as (session, act):
        view = stage_of(session, round_key, stage)
        chosen = OneLike(like) if like is not None else LikesBy(_token(session, act, view, mark, token_file), *bounds)
        row = like_voids.propose_void(session, act, view.run_id, chosen, reason=reason)
        number, likes = row.id, row.likes
    told = say(f"已提出第 {number} 号作废：{likes} 次点赞，待另一人确认。", f"Void {number}: {likes} likes wait.")
    tell({"number": number, "likes": likes}, [told], as_json=as_json)


@app.command("confirm", help=say("确认他人提出的作废。", "Confirm another's void."))
def confirm(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Agree to a void."""
    with doing(as_login, as_json=as_json) as (session, act):
        likes = like_voids.confirm_void(session, act, number).likes
    tell({"number": number, "likes": likes}, [say(f"已确认，{likes} 次点赞作废。", "Confirmed.")], as_json=as_json)


@app.command("withdraw", help=say("撤回作废，点赞恢复计入。", "Withdraw a void: its likes count again."))
def withdraw(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Take a void back."""
    with doing(as_login, as_json=as_json) as (session, act):
        like_voids.withdraw_void(session, act, number)
    tell({"number": number}, [say("已撤回。", "Withdrawn.")], as_json=as_json)


@app.command("status", help=say("点赞情况：各候选人、作废、对账。", "Likes by candidate, voids, the account."))
def status(
    round_key: RoundKey,
    stage: StageKey,
    mark: Mark = "",
    token_file: TokenFile = None,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Show how a tally stands, and the likes of one voter."""
    with looking_as(as_login) as (session, act):
        view = stage_of(session, round_key, stage)
        token = _token(session, act, view, mark, token_file) if mark or token_file else ""
        found = tally_status(session, act, view.run_id, token=token)
    if as_json:
        tell(_status_told(found), [], as_json=True)
        return
    show(say("点赞", "Likes"), ["候选人号", "申报编号", "姓名", "入库", "作废", "计入"], _candidate_rows(found))
    if found.voids:
        show(say("作废", "Voids"), ["号数", "范围", "次数", "理由", "状态"], [_void_row(row) for row in found.voids])
    if found.by:
        rows = [(one.number, one.case_no, one.at, one.state) for one in found.by]
        show(say("该标识的点赞", "Likes of this voter"), ["号数", "申报编号", "时间", "状态"], rows)
    account = f"导入 {found.taken} 次 = 计入 {found.counted} 次 + 作废 {found.void} 次"
    tell({}, [account if found.taken == found.cast else f"对不上账：{account}"], as_json=False)


def _token(session: Session, act: Act, view: StageView, mark: str, file: Path | None) -> str:
    """A voter's digest by its mark, or from the platform's own token: that one must not stand on a command line."""
    if mark and file is not None:
        raise Invalid(say("--token 与 --token-file 只能写一个。", "Either --token or --token-file."))
    if file is None:
        return token_by_mark(session, view.run_id, mark)
    try:
        return token_of(act, view, load_file(file).decode("utf-8-sig").strip())
    except UnicodeDecodeError as fault:
        raise Invalid(say(f"{file} 不是 UTF-8 文本。", f"{file} is not UTF-8 text.")) from fault


def _time(text: str) -> datetime | None:
    found = instant_of(text)
    if text and found is None:
        raise Invalid(say(f"时间“{text}”读不出，请写成 2026-07-01 09:30:00。", f"No time: {text}"))
    return found


def _report_lines(report: LikeReport, dry_run: bool) -> list[str]:
    head = say(
        f"{'核对' if dry_run else '导入'} {report.lines} 行：{'可入库' if dry_run else '入库'} {report.taken} 次，"
        f"此前已有 {report.repeated} 次，退回 {len(report.refused)} 行",
        f"{report.lines} lines: {report.taken} new, {report.repeated} known, {len(report.refused)} refused",
    )
    lines = [f"  第 {line} 行：{reason}" for line, reason in sorted(report.refused.items())]
    more = [f"  …… 另有 {len(lines) - SHOWN} 行，全部见 --json"] if len(lines) > SHOWN else []
    return [head, *lines[:SHOWN], *more]


def _candidate_rows(found: TallyStatus) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [
        (one.number, one.case_no, one.name, one.likes.cast, one.likes.void, one.likes.counted)
        for one in found.candidates
    ]
    return [*rows, ("", "", "合计", found.cast, found.void, found.counted)]


def _void_row(row: TallyVoid) -> Sequence[object]:
    return row.id, row.chosen_by, row.likes, row.reason, "待确认" if row.confirmed_at is None else "已确认"


def _status_told(found: TallyStatus) -> dict[str, Any]:
    return {
        "taken": found.taken,
        "cast": found.cast,
        "void": found.void,
        "counted": found.counted,
        "candidates": [
            {
                "number": one.number,
                "case_no": one.case_no,
                "cast": one.likes.cast,
                "void": one.likes.void,
                "counted": one.likes.counted,
            }
            for one in found.candidates
        ],
        "voids": [
            {
                "number": row.id,
                "chosen_by": row.chosen_by,
                "likes": row.likes,
                "reason": row.reason,
                "confirmed": row.confirmed_at is not None,
            }
            for row in found.voids
        ],
        "likes": [{"number": one.number, "case_no": one.case_no, "at": one.at, "state": one.state} for one in found.by],
    }

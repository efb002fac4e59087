"""Commands of merges: who may be the same, merging leads and nominations, the list, undoing."""

from typing import Annotated

import typer

from craftsman.actions.merge_candidates import merge_candidates
from craftsman.actions.merges import merge_leads, merge_nominations, merges_of, undo_merge
from craftsman.cli.base import AsJson, AsLogin, RoundKey, doing, group, looking, tell, tell_rows
from craftsman.cli.language import say

app = group("合并：疑似同一人的线索、申报，可撤销。", "Merges of leads and nominations; each can be undone.")

Kept = Annotated[str, typer.Argument(metavar="KEPT", help=say("保留的编号", "number that is kept"))]
Merged = Annotated[str, typer.Argument(metavar="MERGED", help=say("并入的编号", "number that goes into it"))]
Grounds = Annotated[str, typer.Option("--reason", help=say("理由", "the reason"))]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help=say("合并的号数", "the merge's number"))]
KINDS = {"nomination": "申报", "lead": "线索", "way": "渠道", "adoption": "采纳"}


@app.command("find", help=say("疑似同一人的申报、线索，供人核对。", "Pairs that may be one person."))
def find(round_key: RoundKey, *, as_json: AsJson = False) -> None:
    """List pairs that may be one person."""
    with looking() as (session, _):
        found = merge_candidates(session, round_key)
    rows = [{"kind": KINDS[one.kind], "first": one.first, "second": one.second, "why": one.why} for one in found]
    columns = {"kind": "类别", "first": "甲", "second": "乙", "why": "缘由"}
    tell_rows("candidates", rows, title=say("疑似同一人", "May be one person"), columns=columns, as_json=as_json)


@app.command("leads", help=say("把一条线索并入同一人的另一条。", "Merge a lead into another of the same person."))
def leads(kept: Kept, merged: Merged, reason: Grounds, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Merge leads."""
    with doing(as_login, as_json=as_json) as (session, act):
        number = merge_leads(session, act, kept, merged, reason=reason)
    _tell_merge(number, as_json=as_json)


@app.command("nominations", help=say("把一件申报并入同一人的另一件。", "Merge a nomination into another."))
def nominations(
    kept: Kept, merged: Merged, reason: Grounds, as_login: AsLogin = "", *, as_json: AsJson = False
) -> None:
    """Merge nominations."""
    with doing(as_login, as_json=as_json) as (session, act):
        number = merge_nominations(session, act, kept, merged, reason=reason)
    _tell_merge(number, as_json=as_json)


@app.command("list", help=say("本轮次的全部合并，含已撤销的。", "All merges of a round, undone ones too."))
def list_(round_key: RoundKey, *, as_json: AsJson = False) -> None:
    """List the merges of a round."""
    with looking() as (session, _):
        found = merges_of(session, round_key)
    rows = [
        {
            "number": one.id,
            "kind": KINDS[one.kind],
            "kept": one.kept,
            "merged": one.merged,
            "reason": one.reason,
            "undone": one.undone_reason,
        }
        for one in found
    ]
    columns = {
        "number": "号",
        "kind": "类别",
        "kept": "保留",
        "merged": "并入",
        "reason": "理由",
        "undone": "撤销理由",
    }
    tell_rows("merges", rows, title=say("合并", "Merges"), columns=columns, as_json=as_json)


@app.command("undo", help=say("撤销一次合并，各自恢复原状。", "Undo a merge; each stands where it stood."))
def undo(number: Number, reason: Grounds, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Undo a merge."""
    with doing(as_login, as_json=as_json) as (session, act):
        undo_merge(session, act, number, reason=reason)
    tell({"number": number}, [say(f"第 {number} 号合并已撤销。", f"Merge {number} undone.")], as_json=as_json)


def _tell_merge(number: int, *, as_json: bool) -> None:
    tell({"number": number}, [say(f"已合并，号数 {number}。", f"Merged, number {number}.")], as_json=as_json)

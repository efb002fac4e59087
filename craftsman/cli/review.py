"""Commands of panels of judges: plan, undo, redraw, check."""

from typing import Annotated, Any

import typer

from craftsman.actions import batches
from craftsman.actions.batches import Checked, Plan
from craftsman.actions.views import stage_of
from craftsman.cli.base import AsJson, AsLogin, RoundKey, StageKey, doing, group, looking_as, table, tell
from craftsman.cli.language import say
from craftsman.errors import Refused

app = group("评审分配：预演、撤销、重抽、核验。", "Panels of judges: plan, undo, draw again, check.")

Grounds = Annotated[str, typer.Option("--reason", help=say("理由", "the reason"))]


@app.command("plan", help=say("预演分配：件数、对口、证明，与现状的差别；不作改动。", "Draw without keeping it."))
def plan(round_key: RoundKey, stage: StageKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Show what a draw would give now, and which panels would be others than they are."""
    with looking_as(as_login) as (session, act):
        found = batches.plan_draw(session, act, stage_of(session, round_key, stage))
    if as_json:
        tell(_plan_told(found), [], as_json=True)
        return
    table(say("每名评委的件数", "Loads"), [say("评委", "judge"), say("件数", "cases")], [*found.loads.items()])
    tell({}, _plan_lines(found), as_json=False)


@app.command("undo", help=say("撤销整批分配（尚无评分表提交时）。", "Undo a whole batch, before any sheet is in."))
def undo(
    round_key: RoundKey, stage: StageKey, reason: Grounds, as_login: AsLogin = "", *, as_json: AsJson = False
) -> None:
    """Make all sheets of the newest batch void."""
    with doing(as_login, as_json=as_json) as (session, act):
        count = batches.undo_draw(session, act, stage_of(session, round_key, stage), reason=reason)
    told = say(f"已撤销，{count} 份评分表作废；可用 craftsman review redraw 重新分配。", f"{count} sheets are void.")
    tell({"void": count}, [told], as_json=as_json)


@app.command("redraw", help=say("为没有评委的申报分配并邀请。", "Draw panels for cases without, and invite."))
def redraw(round_key: RoundKey, stage: StageKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Draw panels for the cases that have none."""
    with doing(as_login, as_json=as_json) as (session, act):
        count = batches.draw_again(session, act, stage_of(session, round_key, stage))
    tell({"cases": count}, [say(f"已为 {count} 件申报分配评委。", f"{count} cases have panels.")], as_json=as_json)


@app.command("check", help=say("核验保存的分配：确为最优，且已照此发出。", "Prove kept draws again."))
def check(round_key: RoundKey, stage: StageKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Prove that each batch was the best there was and was carried out; exits 1 where one is not."""
    with looking_as(as_login) as (session, act):
        found = batches.check_draws(session, act, stage_of(session, round_key, stage))
    tell({"batches": [_checked_told(one) for one in found]}, [_checked_line(one) for one in found], as_json=as_json)
    if wrong := [one for one in found if one.faults]:
        raise Refused(say("有分配未通过核验：", "Not proved:"), [line for one in wrong for line in one.faults])


def _plan_told(found: Plan) -> dict[str, Any]:
    changes = {case: {"now": before, "then": after} for case, (before, after) in found.changes.items()}
    return {
        "seats": found.seats,
        "fit": found.fit,
        "loads": found.loads,
        "inputs": found.inputs_digest,
        "proof": found.proof_digest,
        "changes": changes,
    }


def _plan_lines(found: Plan) -> list[str]:
    heaviest, lightest = max(found.loads.values(), default=0), min(found.loads.values(), default=0)
    head = say(
        f"共 {found.seats} 个席位，其中专业对口 {found.fit} 个；每人 {lightest}—{heaviest} 件",
        f"{found.seats} seats, {found.fit} of them fitting; {lightest} to {heaviest} cases each",
    )
    changes = [
        f"  {case}：{'、'.join(before) or say('（无）', '(none)')} → {'、'.join(after)}"
        for case, (before, after) in found.changes.items()
    ]
    many = say(f"与现状不同的 {len(changes)} 件：", f"{len(changes)} panels would change:")
    proof = say("证明指纹", "proof")
    return [head, f"{proof} {found.proof_digest}", many if changes else say("与现状相同", "as it is"), *changes]


def _checked_told(one: Checked) -> dict[str, Any]:
    told = {"batch": one.batch.id, "cases": one.cases, "inputs": one.batch.inputs_digest}
    return told | {"undone": one.batch.undone_at, "holds": not one.faults, "faults": list(one.faults)}


def _checked_line(one: Checked) -> str:
    undone = say("（已撤销）", " (undone)") if one.batch.undone_at else ""
    verdict = "；".join(one.faults) or say("证明成立", "proved")
    number = one.batch.id
    return say(f"第 {number} 批{undone}，{one.cases} 件：{verdict}", f"batch {number}{undone}, {one.cases}: {verdict}")

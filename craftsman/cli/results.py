"""Commands of sealed results, of the group of rounds: recompute, correct, follow-ups, resolve."""

from dataclasses import asdict
from typing import Annotated

import typer

from craftsman.actions import corrections, follow_ups, recomputing
from craftsman.actions.changes import change_lines, change_of, change_record
from craftsman.actions.views import round_by_key, stage_of
from craftsman.actions.visibility import hidden_from, told_to
from craftsman.cli.base import AsJson, AsLogin, RoundKey, StageKey, doing, looking_as, tell, tell_rows
from craftsman.cli.language import say


def recompute(round_key: RoundKey, stage: StageKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Compute a stage's sealed result again from its inputs; exit 1 when other bytes come out."""
    with doing(as_login, as_json=as_json) as (session, act):
        made = recomputing.recompute(session, act, stage_of(session, round_key, stage))
    verdict = say("相符", "same bytes") if made.holds else say("不相符", "DIFFERENT")
    lines = [
        say(f"第 {made.number} 次封存：{made.sealed}", f"sealed (no. {made.number}): {made.sealed}"),
        say(f"复算：{made.again}  {verdict}", f"again: {made.again}  {verdict}"),
        say(f"输入：{made.inputs_sealed} / {made.inputs_again}", f"inputs: {made.inputs_sealed} / {made.inputs_again}"),
        say(f"封存所用程序 {made.code}", f"sealed by version {made.code}"),
    ]
    tell(asdict(made) | {"holds": made.holds}, lines, as_json=as_json)
    if not made.holds:
        raise typer.Exit(1)


def correct(
    round_key: RoundKey,
    stage: StageKey,
    reason: Annotated[str, typer.Option(help=say("更正的理由（请勿写个人信息）", "why"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Seal another result of a passed stage from its inputs as they are now, to be signed by the same roles."""
    with doing(as_login, as_json=as_json) as (session, act):
        view = stage_of(session, round_key, stage)
        result = corrections.request_correction(session, act, view, reason=reason)
        change = change_of(session, result)
    told = {"round": round_key, "stage": stage, "number": result.number, "digest": result.digest}
    lines = [
        say("更正已封存；由原签批身份的人员签批后生效。", "Sealed; it counts once the same roles have signed."),
        say(f"指纹：{result.digest}", f"digest: {result.digest}"),
        *change_lines(change, view.programme),
    ]
    tell({**told, "change": change_record(change)}, lines, as_json=as_json)


def list_follow_ups(round_key: RoundKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List what corrections left for people to decide, resolved ones too."""
    with looking_as(as_login) as (session, act):
        round_id = round_by_key(session, round_key).id or 0
        act.must("nomination.read", round_id)
        found = follow_ups.follow_ups_of(session, round_id)
        hidden = hidden_from(session, act, round_id)
    rows = [
        {
            "number": row.id,
            "stage": title,
            "matter": told_to([row.matter], hidden)[0],
            "opened": row.opened_at,
            "decision": "" if hidden else row.decision,
            "authority": row.authority,
            "resolved": row.resolved_at,
        }
        for row, title in found
    ]
    columns = {"number": "序号", "stage": "环节", "matter": "事项", "opened": "提出"}
    columns |= {"decision": "决定", "authority": "依据", "resolved": "办结"}
    tell_rows("follow_ups", rows, title=say("更正后续", "Follow-ups"), columns=columns, as_json=as_json)


def resolve(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=say("后续事项的序号", "its number"))],
    decision: Annotated[str, typer.Option(help=say("所作的决定（请勿写个人信息）", "what was decided"))],
    authority: Annotated[str, typer.Option(help=say("依据的文件（文号或会议）", "the document of it"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Record what the body that may decide decided about a follow-up."""
    with doing(as_login, as_json=as_json) as (session, act):
        follow_ups.resolve_follow_up(session, act, number, decision=decision, authority=authority)
    tell({"number": number}, [say(f"第 {number} 号已办结。", f"{number} is resolved.")], as_json=as_json)

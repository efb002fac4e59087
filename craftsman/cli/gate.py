"""Commands of gates: list, approve, return, delegate, revoke, delegations."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from craftsman.actions import delegations
from craftsman.actions.delegations import DelegationIn, whole_days
from craftsman.actions.gate_rows import gate_view
from craftsman.actions.gates import approve_gate, return_gate
from craftsman.actions.signers import sign_offs
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.actions.views import round_by_key
from craftsman.cli.base import AsJson, AsLogin, RoundKey, doing, group, looking, tell, tell_rows
from craftsman.cli.language import say
from craftsman.clock import day
from craftsman.rules.signing import still_missing
from models import Gate, GateStatus

app = group("签批关口。", "Gates.")

GateId = Annotated[int, typer.Argument(metavar="GATE", help=say("关口编号", "the gate's number"))]
NONE = say("没有等待签批的关口。", "No gate waits.")
AsRole = Annotated[str, typer.Option("--role", help=say("以何身份签批，如 staff", "role to sign in"))]


@app.command("list", help=say("等待签批的关口。", "Gates that wait."))
def list_(*, as_json: AsJson = False) -> None:
    """List the gates that wait, with the digest to be signed."""
    query = select(Gate.id).where(Gate.status == GateStatus.WAITING).order_by(col(Gate.id))
    with looking() as (session, _):
        rows = [_row(session, gate_id or 0) for gate_id in session.exec(query).all()]
    tell({"gates": rows}, [line for row in rows for line in _lines(row)] or [NONE], as_json=as_json)


def _lines(row: Mapping[str, object]) -> list[str]:
    """No table: a digest that is to be copied must not be folded."""
    return [
        say(f"关口 {row['gate']}  {row['title']}（{row['stage']}）", f"Gate {row['gate']}  {row['stage']}"),
        say(f"  尚缺：{_roles(row['missing'])}", f"  missing: {_roles(row['missing'])}"),
        say(f"  指纹：{row['digest']}", f"  digest: {row['digest']}"),
    ]


def _row(session: Session, gate_id: int) -> dict[str, object]:
    gate, view = gate_view(session, gate_id)
    missing = still_missing(view.stage.signoffs, Counter(sign.role for sign in sign_offs(session, gate_id)))
    return {
        "gate": gate_id,
        "stage": view.subject,
        "title": view.run.title,
        "digest": gate.digest,
        "missing": missing,
    }


def _roles(missing: object) -> str:
    assert isinstance(missing, Mapping)
    return "、".join(f"{ROLE_NAMES[str(role)]}（{role}）×{count}" for role, count in missing.items())


@app.command("approve", help=say("签批：须写明所看到的结果指纹。", "Sign under the digest that you saw."))
def approve(
    gate_id: GateId,
    digest: Annotated[str, typer.Option(help=say("结果指纹", "the result's digest"))],
    role: AsRole,
    behalf: Annotated[
        str, typer.Option("--for", metavar="LOGIN", help=say("受谁委托（账号）", "for whom you stand in"))
    ] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Sign a gate."""
    with doing(as_login, as_json=as_json) as (session, act):
        passed = approve_gate(session, act, gate_id, digest=digest, role=role, behalf=behalf)
    signed = say("已签批，等待其他签批人。", "Signed; others still have to.")
    told = say("已签批，关口通过。", "Signed; the gate has passed.") if passed else signed
    tell({"gate": gate_id, "passed": passed}, [told], as_json=as_json)


@app.command("return", help=say("退回，须写明理由。", "Return with a reason."))
def return_(
    gate_id: GateId,
    reason: Annotated[str, typer.Option(help=say("退回理由", "the reason"))],
    role: AsRole,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Send a stage back."""
    with doing(as_login, as_json=as_json) as (session, act):
        return_gate(session, act, gate_id, reason=reason, role=role)
    tell({"gate": gate_id}, [say("已退回。", "Returned.")], as_json=as_json)


@app.command("delegate", help=say("委托他人以本人的身份签批一段时间。", "Name who signs in your role for a time."))
def delegate(
    round_key: RoundKey,
    to: Annotated[str, typer.Argument(metavar="LOGIN", help=say("受托人账号", "who stands in"))],
    role: AsRole,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help=say("起（含）", "first day"))],
    last: Annotated[str, typer.Option("--until", metavar="DAY", help=say("止（含）", "last day"))],
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    authority: Annotated[str, typer.Option(help=say("依据的文件（文号）", "the document that allows it"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Delegate signing."""
    starts, ends = whole_days(first, last)
    told = DelegationIn(role, to, starts, ends, reason, authority)
    with doing(as_login, as_json=as_json) as (session, act):
        number = delegations.delegate(session, act, round_by_key(session, round_key).id or 0, told)
    tell({"delegation": number}, [say(f"已委托，编号 {number}。", f"Delegated as {number}.")], as_json=as_json)


@app.command("revoke", help=say("撤回委托；已签的不受影响。", "Take a delegation back."))
def revoke(
    number: Annotated[int, typer.Argument(metavar="DELEGATION", help=say("委托编号", "its number"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Take a delegation back."""
    with doing(as_login, as_json=as_json) as (session, act):
        delegations.revoke_delegation(session, act, number)
    tell({"delegation": number}, [say(f"第 {number} 号委托已撤回。", f"{number} revoked.")], as_json=as_json)


@app.command("delegations", help=say("本轮次的委托。", "The delegations of a round."))
def list_delegations(round_key: RoundKey, *, as_json: AsJson = False) -> None:
    """List delegations, past and revoked ones too."""
    with looking() as (session, _):
        found = delegations.delegations_of(session, round_by_key(session, round_key).id or 0)
    rows = [
        {
            "number": row.id,
            "role": ROLE_NAMES[row.role],
            "from": who,
            "to": stand_in,
            "starts": day(row.starts_at),
            "until": day(row.ends_at - timedelta(seconds=1)),
            "authority": row.authority,
            "revoked": row.revoked_at,
        }
        for row, who, stand_in in found
    ]
    columns = {"number": "编号", "role": "身份", "from": "委托人", "to": "受托人", "starts": "起", "until": "止"}
    columns |= {"authority": "依据", "revoked": "撤回"}
    tell_rows("delegations", rows, title=say("委托", "Delegations"), columns=columns, as_json=as_json)

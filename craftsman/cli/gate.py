"""Commands of gates: list, approve, return."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from craftsman.actions.gates import approve_gate, gate_view, return_gate, sign_offs
from craftsman.actions.progress import ROLE_NAMES
from craftsman.cli.base import AsJson, AsLogin, doing, group, looking, tell
from craftsman.cli.language import say
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
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Sign a gate."""
    with doing(as_login, as_json=as_json) as (session, act):
        passed = approve_gate(session, act, gate_id, digest=digest, role=role)
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

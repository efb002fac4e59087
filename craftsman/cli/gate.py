"""Commands of gates: list, approve, return."""

from collections import Counter
from typing import Annotated

import typer
from sqlmodel import select

from craftsman.actions.gates import approve_gate, gate_view, return_gate, sign_offs
from craftsman.actions.progress import ROLE_NAMES
from craftsman.cli.base import AsJson, AsLogin, acting_as, group, table, tell, workplace
from craftsman.cli.language import say
from craftsman.rules.signing import still_missing
from craftsman.store.engine import reading, transaction
from models import Gate, GateStatus

app = group("签批关口。", "Gates.")

GateId = Annotated[int, typer.Argument(help=say("关口编号", "the gate's number"))]
AsRole = Annotated[str, typer.Option("--role", help=say("以何身份签批，如 staff", "role to sign in"))]


@app.command("list", help=say("等待签批的关口。", "Gates that wait."))
def list_(*, as_json: AsJson = False) -> None:
    """List the gates that wait, with the digest to be signed."""
    place = workplace()
    with reading(place.engine) as session:
        rows: list[dict[str, object]] = []
        for waiting in session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).all():
            gate, view = gate_view(session, waiting.id or 0)
            signed = Counter(sign.role for sign in sign_offs(session, gate.id or 0))
            missing = still_missing(view.stage.signoffs, signed)
            rows.append(
                {
                    "gate": gate.id,
                    "stage": view.subject,
                    "title": view.run.title,
                    "digest": gate.digest,
                    "missing": missing,
                }
            )
    if as_json:
        tell({"gates": rows}, as_json=True, lines=list)
        return
    shown = [(row["gate"], row["stage"], row["title"], _roles(row["missing"]), row["digest"]) for row in rows]
    table("待签批", ("编号", "环节", "名称", "尚缺", "结果指纹"), shown)


def _roles(missing: object) -> str:
    assert isinstance(missing, dict)
    return "、".join(f"{ROLE_NAMES[str(role)]}（{role}）×{count}" for role, count in missing.items())


@app.command("approve", help=say("签批：须写明所看到的结果指纹。", "Sign under the digest that you saw."))
def approve(
    gate_id: GateId,
    digest: Annotated[str, typer.Option(help=say("结果指纹", "the result's digest"))],
    role: AsRole,
    as_login: AsLogin = "",
) -> None:
    """Sign a gate."""
    place = workplace()
    act = acting_as(place, as_login)
    with transaction(place.engine) as session:
        passed = approve_gate(session, act, gate_id, digest=digest, role=role)
    told = (
        say("已签批，关口通过。", "Signed; the gate has passed.")
        if passed
        else say("已签批，等待其他签批人。", "Signed.")
    )
    tell({"passed": passed}, as_json=False, lines=lambda: [told])


@app.command("return", help=say("退回，须写明理由。", "Return with a reason."))
def return_(
    gate_id: GateId,
    reason: Annotated[str, typer.Option(help=say("退回理由", "the reason"))],
    role: AsRole,
    as_login: AsLogin = "",
) -> None:
    """Send a stage back."""
    place = workplace()
    act = acting_as(place, as_login)
    with transaction(place.engine) as session:
        return_gate(session, act, gate_id, reason=reason, role=role)
    tell({}, as_json=False, lines=lambda: [say("已退回。", "Returned.")])

"""Gates: what exactly is signed, signing it in a role, or returning it with a reason."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse

from craftsman.actions.delegations import roles_to_delegate
from craftsman.actions.gates import approve_gate, return_gate
from craftsman.actions.portal_reads import gate_page
from craftsman.portal.parts import Id, Member, Sent, carry_out, go
from craftsman.rules.difference import summary
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading

router = APIRouter()


@router.get("/gates/{gate_id}")
def show_gate(visit: Member, gate_id: Id) -> HTMLResponse:
    """The sealed result and its statement, to be signed under its digest."""
    with reading(visit.place.engine) as session:
        shown = gate_page(session, visit.act(), gate_id)
        tiers = {tier.key: tier.title for tier in shown.view.programme.rules.tiers}
        delegates = bool(set(shown.my_roles) & set(roles_to_delegate(visit.act(), shown.view.round)))
        return visit.page(
            "gate.html",
            shown=shown,
            tiers=tiers,
            delegates=delegates,
            reads_documents=allowed("document.read", visit.person.roles(shown.view.round_id)),
            moved=summary(shown.change.moved) if shown.change else None,
        )


@router.post("/gates/{gate_id}/sign")
def sign(visit: Member, form: Sent, gate_id: Id) -> RedirectResponse:
    """Sign under the digest that the page showed; 409 when the result changed meanwhile."""
    digest, role = form.text("digest", most=64), form.text("role", most=20)
    behalf = form.text("behalf", most=60)
    passed = carry_out(
        visit,
        form,
        lambda session, act: approve_gate(session, act, gate_id, digest=digest, role=role, behalf=behalf),
    )
    return go(f"/gates/{gate_id}", "gate-passed" if passed else "gate-signed")


@router.post("/gates/{gate_id}/return")
def send_back(visit: Member, form: Sent, gate_id: Id) -> RedirectResponse:
    """Send the stage back with a reason."""
    reason, role = form.text("reason", most=1000), form.text("role", most=20)
    carry_out(visit, form, lambda session, act: return_gate(session, act, gate_id, reason=reason, role=role))
    return go(f"/gates/{gate_id}", "gate-returned")

"""Every page of the portal, asked for by every role: none breaks, and what the table denies is denied."""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.sessions import open_session
from craftsman.actions.workplace import Workplace
from craftsman.portal.app import AUDIENCES
from craftsman.rules.permissions import allowed
from craftsman.store.engine import transaction
from models import Account, Role
from tests.factories import make_account
from tests.portal.scene import Scene, make_scene

# what stands in addresses; ids are of the first of each kind, where there is one
FILLED = {
    "stage": "score",
    "year": "2026",
    "case_no": "2026-tangshan-0001",
    "receipt": "XS-2026-0001",
    "kind": "lead",
    "kept": "XS-2026-0001",
    "merged": "XS-2026-0002",
    "sha256": "0" * 64,
    "code": "0" * 64,
    "login": "clerk",
    "name": "industries",
    "slug": "hebei-great-craftsman",
    "number": "1",
    "path": "2026",
    "part": "result",
    "seq": "1",
}
# the act that each page behind a login asks for
ASKS = {
    "/accounts": "account.read",
    "/accounts/new": "account.create",
    "/accounts/new/bulk": "account.create",
    "/accounts/new/invitations": "account.create",
    "/accounts/new/template": "account.read",
    "/accounts/{login}": "account.read",
    "/audit": "trail.read",
    "/audit/accounts/{login}": "trail.read",
    "/audit/emergencies": "trail.read",
    "/audit/refusals": "trail.read",
    "/audit/witness": "trail.read",
    "/ballots/{run_id}": "ballot.cast",
    "/ballots/{run_id}/recusals": "ballot.cast",
    "/doctor": "doctor.read",
    "/experts": "expert.read",
    "/experts/template": "expert.load",
    "/experts/{number}": "expert.read",
    "/grants/new": "account.propose",
    "/grants/new/bulk": "account.propose",
    "/keys": "keys.rotate",
    "/personal": "erasure.read",
    "/personal/due": "erasure.confirm",
    "/rounds/{key}/consents": "consent.read",
    "/emergencies": "account.read",
    "/grants": "account.read",
    "/grants/{number}": "account.read",
    "/permissions": "matrix.read",
    "/rounds/new": "round.open",
    "/calendars": "reference.load",
    "/calendars/template": "reference.load",
    "/reference": "reference.load",
    "/reference/{slug}/{name}": "reference.load",
    "/reference/{slug}/{name}/toml": "reference.load",
    "/rounds/{key}/reads": "audit.read",
    "/rounds/{key}/recusals": "score.submit",
    "/rounds/{key}/sheets/{run_id}/returned/{sha256}": "score.submit",
    "/rounds/{key}/sheets/{run_id}/workbook": "score.submit",
    "/rounds/{key}": "nomination.read",
    "/rounds/{key}/calendar": "nomination.read",
    "/rounds/{key}/amendments": "nomination.read",
    "/rounds/{key}/follow-ups": "nomination.read",
    "/rounds/{key}/delegations": "gate.delegate",
    "/rounds/{key}/draws": "panel.read",
    "/rounds/{key}/draws/new": "panel.draw",
    "/rounds/{key}/experts": "expert.read",
    "/rounds/{key}/documents": "document.read",
    "/rounds/{key}/documents/comparison": "document.read",
    "/rounds/{key}/documents/site": "document.read",
    "/rounds/{key}/documents/zip": "document.read",
    "/rounds/{key}/history": "audit.read",
    "/rounds/{key}/intake": "intake.import",
    "/rounds/{key}/intake/checks/{sha256}": "intake.import",
    "/rounds/{key}/intake/returned/{sha256}": "intake.import",
    "/rounds/{key}/leads": "lead.decide",
    "/rounds/{key}/leads/{receipt}": "lead.decide",
    "/rounds/{key}/letters": "mail.read",
    "/rounds/{key}/merges": "merge.decide",
    "/rounds/{key}/merges/{kind}/{kept}/{merged}": "merge.decide",
    "/rounds/{key}/nominations": "paper.read",
    "/rounds/{key}/nominations/{case_no}": "paper.read",
    "/rounds/{key}/objections": "nomination.read",
    "/rounds/{key}/quotas": "nomination.read",
    "/rounds/{key}/objections/letter": "objection.handle",
    "/rounds/{key}/sheets": "score.submit",
    "/rounds/{key}/statistics": "nomination.read",
    "/rounds/{key}/stages/{stage}/assignment": "review.inspect",
    "/rounds/{key}/stages/{stage}/assignment/batch": "review.inspect",
    "/rounds/{key}/stages/{stage}/assignment/sheets/{number}": "review.reassign",
    "/rounds/{key}/stages/{stage}": "nomination.read",
    "/rounds/{key}/stages/{stage}/endorsement": "endorsement.decide",
    "/rounds/{key}/stages/{stage}/endorsement/returned/{sha256}": "endorsement.decide",
    "/rounds/{key}/stages/{stage}/endorsement/sheet": "endorsement.decide",
    "/rounds/{key}/stages/{stage}/correction": "correction.request",
    "/rounds/{key}/stages/{stage}/panel": "score.reopen",
    "/rounds/{key}/stages/{stage}/ranking": "score.read",
    "/rounds/{key}/stages/{stage}/ranking/workbook": "score.read",
    "/rounds/{key}/stages/{stage}/overrides": "nomination.read",
    "/rounds/{key}/stages/{stage}/supplements": "nomination.read",
    "/rounds/{key}/stages/{stage}/robustness": "score.read",
    "/rounds/{key}/ties": "tie.declare",
    "/audit/events/{seq}": "audit.read",
    "/audit/events/{seq}/run": "audit.read",
    "/rounds/{key}/bundles": "audit.read",
    "/rounds/{key}/decisions": "audit.read",
    "/rounds/{key}/nominations/{case_no}/timeline": "audit.read",
    "/rounds/{key}/oversight": "audit.read",
    "/rounds/{key}/rules": "audit.read",
    "/rounds/{key}/sealed/{stage}/{number}/{part}": "audit.read",
    "/rounds/{key}/stages/{stage}/differences": "audit.read",
    "/rounds/{key}/verify": "audit.read",
    "/sheets/{assignment_id}": "score.submit",
    "/sheets/{assignment_id}/evidence/{evidence_id}": "score.submit",
    "/sheets/{assignment_id}/papers/{paper_id}": "score.submit",
}
# no such thing is in the scene, or anybody who has logged in may look
UNASKED = {
    "/rounds/new/plan",
    "/account",
    "/account/factors",
    "/account/factors/app",
    "/account/factors/app/qr.svg",
    "/account/factors/passkey",
    "/cases/{case_no}/recusal",
    "/evidence/{evidence_id}",
    "/gates/{gate_id}",
    "/notices/{notice_id}/edit",
    "/notices/{notice_id}/preview.pdf",
    "/letters/{letter_id}",
    "/objections/files/{file_id}",
    "/objections/{objection_id}",
    "/outreach",
    "/outreach/visits/new",
    "/outreach/visits/{number}",
    "/outreach/{year}",
    "/outreach/{year}/unvisited",
    "/outreach/{year}/workbook",
    "/papers/{paper_id}",
    "/rounds/{key}/nominations/{case_no}/personal",
    "/rounds",
    "/rounds/{key}/intake/template",
    "/rounds/{key}/stages/{stage}/evidence",
    "/rounds/{key}/stages/{stage}/results",
    "/rounds/{key}/stages/{stage}/second",
    "/rounds/{key}/stages/{stage}/substitutes",
    "/rounds/{key}/stages/{stage}/tally",
    "/tasks",
    "/tokens",
}


def routes() -> list[APIRoute]:
    found = [route for audience in AUDIENCES for route in audience.router.routes]
    return [route for route in found if isinstance(route, APIRoute) and "GET" in (route.methods or ())]


def is_for_members(route: APIRoute) -> bool:
    return any(one.call is not None and one.call.__name__ == "member_of" for one in route.dependant.dependencies)


@pytest.fixture
def small(place: Workplace, tmp_path: Path) -> Iterator[Scene]:
    made = make_scene(place, tmp_path, cases=1)
    with made.client:
        yield made


def begun(session: Session, place: Workplace, role: str) -> dict[str, str]:
    """The cookie of somebody who holds one role for the office as a whole, and has logged in."""
    actor = make_account(session, f"only-{role}", role)
    open_session(session, Act(actor, place.now(), place), session.get_one(Account, actor.account), f"token-{role}")
    return {"cookie": f"__Host-craftsman=token-{role}"}


def test_every_page_behind_a_login_is_told() -> None:
    paths = {route.path for route in routes() if is_for_members(route)}
    assert paths == ASKS.keys() | UNASKED


def test_every_role_meets_every_page(small: Scene, record_property: Callable[[str, object], None]) -> None:
    with transaction(small.place.engine) as session:
        cookies = {role.value: begun(session, small.place, role.value) for role in Role}
    found: dict[tuple[str, str], int] = {}
    for route, (role, cookie) in product(filter(is_for_members, routes()), cookies.items()):
        filled = {name: FILLED.get(name, "1") for name in route.param_convertors} | {"key": small.round.key}
        found[route.path, role] = small.client.get(
            route.path.replace(":path}", "}").format(**filled), headers=cookie
        ).status_code
    record_property("requests", len(found))
    assert set(found.values()) <= {200, 303, 403, 404, 409}
    denied = {(path, role) for path, role in found if path in ASKS and not allowed(ASKS[path], [role])}
    assert [cell for cell in sorted(denied) if found[cell] not in {403, 404}] == []
    # and what it allows is no wall: a page that opens for nobody would prove nothing
    shown = {path for (path, _), status in found.items() if status in {200, 409} and path in ASKS}
    assert ASKS.keys() - shown == {
        "/audit/events/{seq}/run",
        "/experts/{number}",
        "/rounds/{key}/nominations/{case_no}/timeline",
        "/rounds/{key}/sealed/{stage}/{number}/{part}",
        "/ballots/{run_id}",
        "/ballots/{run_id}/recusals",
        "/grants/{number}",
        "/rounds/{key}/intake/checks/{sha256}",
        "/rounds/{key}/intake/returned/{sha256}",
        "/rounds/{key}/leads/{receipt}",
        "/rounds/{key}/merges/{kind}/{kept}/{merged}",
        "/rounds/{key}/nominations/{case_no}",
        "/rounds/{key}/sheets/{run_id}/returned/{sha256}",
        "/rounds/{key}/sheets/{run_id}/workbook",
        "/rounds/{key}/stages/{stage}/endorsement",
        "/rounds/{key}/stages/{stage}/endorsement/returned/{sha256}",
        "/rounds/{key}/stages/{stage}/endorsement/sheet",
        "/rounds/{key}/stages/{stage}/overrides",
        "/rounds/{key}/stages/{stage}/supplements",
        "/sheets/{assignment_id}",
        "/sheets/{assignment_id}/evidence/{evidence_id}",
        "/sheets/{assignment_id}/papers/{paper_id}",
    }

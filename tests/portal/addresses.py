"""Which pages the portal has, and the addresses at which they stand: what fills them comes out of the tables.

New pages come in by themselves: `lead_id` in an address stands for the rows of the table `lead`. Where that is not
enough, `FILLED` says it. What is no page stands in `LEFT_OUT` with its reason.
"""

import re
from collections.abc import Callable, Iterator
from itertools import product

from fastapi.routing import APIRoute
from sqlmodel import Session, SQLModel, col, func, select

from craftsman.portal.app import AUDIENCES
from models import (
    Account,
    Assignment,
    AuditEvent,
    Award,
    Expert,
    GrantProposal,
    Lead,
    Message,
    Nomination,
    Outreach,
    Round,
    StageRun,
)

FILLED = {
    "year": ["2026"],
    "path": ["index.html"],
    "kind": ["nomination"],
    "slug": ["hebei-great-craftsman"],
    "name": ["regions"],
}
LINK = re.compile(r'href="(/[^"#?]*)')
# what stands beside the routers
OTHERS = ("/static/", "/prefect")
SCORED = {"score", "contest"}
# pages that only stages of some kinds have
KINDS = {
    "assignment": SCORED,
    "ballots": {"ballot"},
    "endorsement": {"endorse"},
    "evidence": {"contest"},
    "overrides": {"screen"},
    "panel": SCORED,
    "ranking": SCORED,
    "results": {"contest"},
    "robustness": SCORED,
    "second": {"ballot"},
    "sheets": SCORED,
    "substitutes": {"notice"},
    "supplements": {"screen"},
    "tally": {"tally"},
}
FILE, LEADS, ASKED = "a file to be saved", "leads elsewhere", "asked by machines"
LEFT_OUT = {
    "/accounts/new/template": FILE,
    "/calendars/template": FILE,
    "/documents/{document_id}": FILE,
    "/experts/template": FILE,
    "/account/factors/app/qr.svg": FILE,
    "/evidence/{evidence_id}": FILE,
    "/notices/{notice_id}/document": FILE,
    "/notices/{notice_id}/preview.pdf": FILE,
    "/objections/files/{file_id}": FILE,
    "/outreach/{year}/workbook": FILE,
    "/papers/{paper_id}": FILE,
    "/records/{seq}/{code}": FILE,
    "/reference/{slug}/{name}/toml": FILE,
    "/rounds/{key}/documents/site": FILE,
    "/rounds/{key}/documents/zip": FILE,
    "/rounds/{key}/intake/returned/{sha256}": FILE,
    "/rounds/{key}/intake/template": FILE,
    "/rounds/{key}/sealed/{stage}/{number}/{part}": FILE,
    "/rounds/{key}/sheets/{run_id}/returned/{sha256}": FILE,
    "/rounds/{key}/sheets/{run_id}/workbook": FILE,
    "/rounds/{key}/stages/{stage}/endorsement/returned/{sha256}": FILE,
    "/rounds/{key}/stages/{stage}/endorsement/sheet": FILE,
    "/rounds/{key}/stages/{stage}/ranking/workbook": FILE,
    "/sheets/{assignment_id}/evidence/{evidence_id}": FILE,
    "/sheets/{assignment_id}/papers/{paper_id}": FILE,
    "/language/{language}": LEADS,
    "/login/oidc": LEADS,
    "/login/oidc/back": LEADS,
    "/outreach": LEADS,
    "/winners": LEADS,
    "/metrics": ASKED,
    "/readyz": ASKED,
}


def routes() -> list[APIRoute]:
    """All routes that are read, from all routers of the app."""
    found = [route for audience in AUDIENCES for route in audience.router.routes]
    return [one for one in found if isinstance(one, APIRoute) and "GET" in (one.methods or ())]


def pages() -> list[APIRoute]:
    """The routes of pages to be read: all, less what is no page."""
    return [one for one in routes() if one.path not in LEFT_OUT]


def dead_links(html: str) -> list[str]:
    """Links of a page that lead to no route of the app."""
    known = [one.path_regex for one in routes()]
    links = {link for link in LINK.findall(html) if not link.startswith(OTHERS)}
    return sorted(link for link in links if not any(one.match(link) for one in known))


def addresses_of(session: Session, route: APIRoute) -> Iterator[str]:
    """The addresses of a route, with what stands in the tables."""
    names = list(route.param_convertors)
    for values in product(*(_values(session, route.path, name) for name in names)):
        yield route.path.replace(":path}", "}").format(**dict(zip(names, values, strict=True)))


def _values(session: Session, path: str, name: str) -> list[str]:
    special: dict[str, Callable[[], list[str]]] = {
        "key": lambda: list(session.exec(select(Round.key)).all()),
        "stage": lambda: [run.key for run in _runs(session, path.partition("{stage}")[2])],
        "run_id": lambda: [str(run.id) for run in _runs(session, path)],
        "case_no": lambda: _ends(session, Nomination.case_no),
        "receipt": lambda: _ends(session, Lead.receipt_no),
        "assignment_id": lambda: _sheets(session),
        "number": lambda: _numbers(session, path),
        "seq": lambda: _ends(session, AuditEvent.seq) if not path.endswith("/run") else _by_flows(session),
        "letter_id": lambda: _ends(session, Message.id),
        "login": lambda: _ends(session, Account.login),
        "kept": lambda: _ends(session, Nomination.case_no)[:1],
        "merged": lambda: _ends(session, Nomination.case_no)[1:],
    }
    if name in special:
        return special[name]()
    table = SQLModel.metadata.tables.get(name.removesuffix("_id"))
    return _ends(session, table.c.id) if table is not None else FILLED.get(name, [])


def _runs(session: Session, path: str) -> list[StageRun]:
    """The stages that have the page."""
    kinds = next((KINDS[word] for word in path.split("/") if word in KINDS), None)
    found = session.exec(select(StageRun).order_by(col(StageRun.position))).all()
    return [run for run in found if kinds is None or run.kind in kinds]


def _numbers(session: Session, path: str) -> list[str]:
    columns = {
        "certificates": Award.certificate_no,
        "experts": Expert.number,
        "grants": GrantProposal.id,
        "outreach": Outreach.id,
        "rounds": Assignment.id,
    }
    column = columns.get(path.split("/")[1])
    return [] if column is None else _ends(session, column)


def _by_flows(session: Session) -> list[str]:
    """The last event that a run of Prefect's made."""
    made = select(AuditEvent.seq).where(col(AuditEvent.body).contains('"flow_run":"'))
    return [str(one) for one in session.exec(made.order_by(col(AuditEvent.seq).desc()).limit(1)).all()]


def _ends(session: Session, column: object) -> list[str]:
    low, high = session.exec(select(func.min(column), func.max(column))).one()  # pyright: ignore[reportArgumentType]
    return [str(one) for one in dict.fromkeys((low, high)) if one is not None]


def _sheets(session: Session) -> list[str]:
    found = session.exec(select(func.min(Assignment.id)).group_by(col(Assignment.stage_run_id))).all()
    return [str(one) for one in found]

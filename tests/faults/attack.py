"""Sends hostile requests to the portal, in this process, and looks at what each leaves in the database."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from fastapi import FastAPI
from sqlalchemy import PoolProxiedConnection, text
from sqlmodel import SQLModel, col, select

from craftsman.actions.invariants import broken_invariants
from craftsman.actions.workplace import Workplace
from craftsman.portal.app import AUDIENCES, create_app
from craftsman.store.engine import reading
from models import AuditEvent, Nomination, StageRun
from tests.faults.hostile import Attacker, Hostile, Visitor
from tests.faults.part import Found
from tests.portal.scene import MARKS, Scene, make_scene

PEOPLE = ("", "expert1", "expert2", "member1", "clerk", "checker", "observer", "auditor", "root")
# that somebody was seen, or was refused, is no effect of what they asked for
SEEN = {"login_session", "portal_beat", "audit_event", "checkpoint", "refusal_count", "reset_request"}
# refusals, a link asked for by whoever says they forgot their password, and that an auditor looked at the history
OPEN_TO_ALL = ("access.refused", "account.reset_asked", "audit.viewed")
# a clock by which no two requests fall into the span of one limit
FAR_APART = count(step=10_000).__next__


def run_attack(place: Workplace, folder: Path, *, seed: int, requests: int) -> Found:
    """Send so many requests of all kinds; none may be answered by a 5xx or change a table."""
    scene = make_scene(place, folder)
    with scene.client:
        people = [_visitor(scene, login) for login in PEOPLE]
    app = create_app(scene.place, ticks=FAR_APART)
    # long works are done at once: beside the requests they would change tables during somebody else's
    app.state.background = at_once
    before = broken(scene.place)
    routes = [route for audience in AUDIENCES for route in audience.router.routes]
    attacker = Attacker(routes, people, _known(scene), seed)
    found = asyncio.run(_sent(app, scene, attacker, seed, requests))
    with scene.another_client() as scene.client:
        found.problems += _unseen(scene)
    found.problems += sorted(broken(scene.place) - before)
    return found


def at_once(deed: Callable[[], None]) -> None:
    """Do a long work before the answer."""
    deed()


def broken(place: Workplace) -> set[str]:
    """What tables and history disagree in; earlier stages of a scene are passed without a result."""
    with reading(place.engine) as session:
        return set(broken_invariants(session, place))


async def _sent(app: FastAPI, scene: Scene, attacker: Attacker, seed: int, requests: int) -> Found:
    found, kinds, statuses = Found(seed), Counter[str](), Counter[str]()
    with closing(scene.place.engine.raw_connection()) as watch:
        before, version = digest(scene.place), _version(watch)
        while found.points < requests:
            one = attacker.draw()
            status, headers = await answered(app, one)
            # a draft is kept as it was typed, right or wrong
            accepted = b"done=" in headers.get(b"location", b"") or (status == 200 and one.path.endswith(b"/draft"))
            kinds[one.kind] += not accepted
            statuses["accepted" if accepted else f"{status // 100}xx"] += 1
            found.points += not accepted
            if status >= 500:
                found.problems.append(f"{status}: {one}")
            if version != (version := _version(watch)):
                old, before = before, digest(scene.place)
                changed = [name for name, now in before.items() if now != old[name]]
                found.problems += [] if accepted or not changed else [f"changed {changed} ({status}): {one}"]
    found.notes += [_counted(kinds), _counted(statuses)]
    return found


async def answered(app: FastAPI, one: Hostile) -> tuple[int, dict[bytes, bytes]]:
    """Status and headers of the answer to a request, sent past all that a client library would mend."""
    status, headers, sent = 0, dict[bytes, bytes](), False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": one.body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], dict(message["headers"])

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": one.method,
        "scheme": "https",
        "path": unquote_to_bytes(one.path).decode(errors="replace"),
        "raw_path": one.path,
        "query_string": one.query,
        "root_path": "",
        "headers": one.headers,
        "client": ("192.0.2.1", 1),
        "server": ("testserver", 443),
    }
    await app(scope, receive, send)
    return status, headers


def _unseen(scene: Scene) -> list[str]:
    """The control: what a proper request does must be seen."""
    before, sheet = digest(scene.place), f"/sheets/{scene.sheets_of('expert3')[0]}"
    scene.visitor("expert3").send(sheet, sheet, **MARKS)
    changed = {name for name, now in digest(scene.place).items() if now != before[name]}
    return [] if changed >= {"score_sheet", "audit_event"} else [f"a proper request changed but {sorted(changed)}"]


def digest(place: Workplace) -> dict[str, int]:
    """What each table holds, told by a number; of the history only what is no refusal."""
    with reading(place.engine) as session:
        connection = session.connection()
        tables = {
            name: hash(tuple(map(tuple, connection.execute(text(f'SELECT * FROM "{name}"')).all())))
            for name in SQLModel.metadata.tables
            if name not in SEEN
        }
        acts = session.exec(select(AuditEvent.seq).where(col(AuditEvent.act).not_in(OPEN_TO_ALL))).all()
        return {**tables, "audit_event": len(acts)}


def _visitor(scene: Scene, login: str) -> Visitor:
    if not login:
        visitor = scene.visitor()
        token = dict(visitor.hidden("/login", "/login"))["form_token"]
        return Visitor("nobody", "", token)
    visitor = scene.visitor(login)
    token = dict(visitor.hidden("/tasks", "/logout"))["form_token"]
    return Visitor(login, visitor.client.cookies["__Host-craftsman"], token)


def _known(scene: Scene) -> dict[str, list[str]]:
    """Values of the parts of addresses that lead to something here; other people's among them."""
    numbers = [str(number) for number in range(1, 20)]
    with reading(scene.place.engine) as session:
        cases = list(session.exec(select(Nomination.case_no)).all())
        stages = list(session.exec(select(StageRun.key)).all())
        leaf = session.exec(select(AuditEvent.leaf)).first() or ""
    ids = (
        "assignment_id",
        "gate_id",
        "notice_id",
        "run_id",
        "number",
        "evidence_id",
        "letter_id",
        "objection_id",
        "seq",
    )
    more = ("file_id", "paper_id", "document_id", "outage_id", "amendment_id")
    named = {"key": [scene.round.key], "stage": stages, "case_no": cases, "year": ["2026"], "code": [leaf]}
    return {**dict.fromkeys((*ids, *more), numbers), **named}


def _version(watch: PoolProxiedConnection) -> int:
    """A number that changes with each commit of another connection."""
    connection: Any = watch.driver_connection
    return connection.execute("PRAGMA data_version").fetchone()[0]


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))

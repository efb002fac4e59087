"""What pages of the portal take: `python benchmarks/portal.py [--json]` (from the project's root).

The portal runs before as `craftsman serve --portal-only`, on a SQLite file that syncs each commit; requests come over
loopback, one after the other; then 200 reviewers keep a draft or send a sheet each at the very same instant, five
times. A round of 1,000 candidates with five judges each. All people are fictitious. Nothing is asserted.
"""

import argparse
import asyncio
import json
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from sqlmodel import col, select

from benchmarks.audit import quantiles
from benchmarks.portal_load import COOKIE, logged_in, lost_of, serving
from benchmarks.reviewers import Reviewer, Tally
from benchmarks.sheets import fill, place_of
from craftsman.actions import review
from craftsman.actions.acting import SYSTEM, Act, actor_by_login
from craftsman.actions.kinds.scores import judged
from craftsman.actions.sessions import open_session
from craftsman.actions.stages import request_close
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.services.prefect_server import free_port
from craftsman.store.engine import reading, transaction
from models import Account, Assignment, AuditEvent, Round
from tests.driver import drive
from tests.factories import NOW, make_account

JUDGES, CASES, PANEL = 200, 1000, 5
REPEATS, WAVES = 60, 5
Line = dict[str, Any]


def measured(folder: Path) -> list[Line]:
    """All lines: the pages while judges score, the sheets sent at once, and the ranking once it is sealed."""
    fill(folder, JUDGES, CASES, PANEL)
    place, port = place_of(folder), free_port()
    with transaction(place.engine) as session:
        for login, role in (("clerk", "staff"), ("auditor", "auditor")):
            make_account(session, login, role, name="办某")
        key = session.exec(select(Round.key)).one()
    reviewers = logged_in(place, port)
    with serving(folder, port):
        lines = asyncio.run(_scoring(place, reviewers))
        _finish(place, key)
        lines += _pages(place, port, key)
    place.engine.dispose()
    return lines


async def _scoring(place: Workplace, reviewers: Sequence[Reviewer]) -> list[Line]:
    """Case pages and sheets one after the other, then sheets of all reviewers at once."""
    seen, sent, tally = list[float](), list[float](), Tally()
    for reviewer in reviewers[:REPEATS]:
        seen.append(await _timed(reviewer.see))
        sent.append(await _timed(reviewer.send))
    drafts = [took for _ in range(WAVES) for took in await _wave(reviewers, tally, Reviewer.keep)]
    tally.acknowledged.clear()
    waves = [took for _ in range(WAVES) for took in await _wave(reviewers, tally, Reviewer.send)]
    return [
        {"name": "a case beside its sheet", "goal": "p50 ≤ 25", **quantiles(seen)},
        {"name": "a sheet sent", "goal": "p50 ≤ 10", **quantiles(sent)},
        {"name": f"{JUDGES} drafts kept at once", "goal": "p99 ≤ 500", **quantiles(drafts)},
        {
            "name": f"{JUDGES} sheets sent at once",
            "goal": "p99 ≤ 500",
            **quantiles(waves),
            "errors": len(tally.errors),
            "lost": lost_of(place, tally),
        },
    ]


async def _wave(reviewers: Sequence[Reviewer], tally: Tally, save: Callable[[Reviewer], Awaitable[int]]) -> list[float]:
    """Let all open their next sheet in peace, and save it at the same instant; what each waited."""
    for reviewer in reviewers:
        await reviewer.see()
    start = time.perf_counter()

    async def send(reviewer: Reviewer) -> float:
        try:
            tally.acknowledged.append(await save(reviewer))
        except (OSError, EOFError, ValueError) as fault:
            tally.errors.append(repr(fault))
        return time.perf_counter() - start

    return await asyncio.gather(*map(send, reviewers))


async def _timed(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    await call()
    return time.perf_counter() - start


def _finish(place: Workplace, key: str) -> None:
    """Let all hand in what is left, and seal the stage."""
    with reading(place.engine) as session:
        logins = session.exec(select(Account.login).join(Assignment).distinct().order_by(col(Account.login))).all()
        round_id = session.exec(select(Round.id)).one() or 0
        criteria = [one.key for one in judged(stage_by_key(session, round_id, "score")).criteria]
    for login in logins:
        with transaction(place.engine) as session:
            act = Act(actor_by_login(session, login), NOW, place)
            rest = [one for one in review.my_assignments(session, act, round_id) if not one.submitted]
            marks = [dict.fromkeys(criteria, 7000 + 100 * (one.assignment_id % 26)) for one in rest]
            given = [review.SheetIn(one.assignment_id, mark, "符合事实") for one, mark in zip(rest, marks, strict=True)]
            review.submit_sheets(session, act, given)
    with transaction(place.engine) as session:
        act = Act(actor_by_login(session, "clerk"), NOW, place)
        request_close(session, act, stage_by_key(session, round_id, "score").run_id)
    drive(place, key, NOW)


def _pages(place: Workplace, port: int, key: str) -> list[Line]:
    """The ranking in its three lengths, and pages of the history."""
    ranking = f"/rounds/{key}/stages/score/ranking"
    with reading(place.engine) as session:
        middle = session.exec(select(AuditEvent.seq).where(AuditEvent.act == "score.submitted")).all()[100]
    asked = [
        ("ranking of 1,000: 50 rows", "p50 ≤ 50", "clerk", ranking),
        ("ranking of 1,000: all rows", "p50 ≤ 50", "clerk", f"{ranking}?size=all"),
        ("history of the round", "p50 ≤ 20", "auditor", f"/rounds/{key}/history"),
        ("one event with its proof", "p50 ≤ 20", "auditor", f"/audit/events/{middle}"),
    ]
    return [
        {"name": name, "goal": goal, **quantiles(_asked(place, port, login, path))} for name, goal, login, path in asked
    ]


def _asked(place: Workplace, port: int, login: str, path: str) -> list[float]:
    token = secrets.token_urlsafe(32)
    with transaction(place.engine) as session:
        account = session.exec(select(Account).where(Account.login == login)).one()
        open_session(session, Act(SYSTEM, place.now(), place), account, token)
    taken: list[float] = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"cookie": f"{COOKIE}={token}"}) as client:
        for _ in range(REPEATS):
            start = time.perf_counter()
            client.get(path).raise_for_status()
            taken.append(time.perf_counter() - start)
    return taken


def show(lines: Sequence[Line]) -> None:
    """Print the table."""
    table = Table(title="the portal, in milliseconds", title_justify="left")
    columns = list(dict.fromkeys(name for line in lines for name in line))
    for column in columns:
        table.add_column(column, justify="left" if column in {"name", "goal"} else "right")
    for line in lines:
        table.add_row(*(str(line.get(column, "")) for column in columns))
    Console(width=120).print(table)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        lines = measured(Path(name) / "data")
    print(json.dumps(lines, ensure_ascii=False)) if chosen.json else show(lines)


if __name__ == "__main__":
    main()

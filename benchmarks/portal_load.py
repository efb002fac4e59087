"""The portal under load: a process of its own on a SQLite file that syncs each commit, and reviewers who score."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlmodel import col, func, select

from benchmarks.reviewers import Reviewer, Tally, opening, scoring
from benchmarks.sheets import fill, place_of
from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.sessions import open_session
from craftsman.actions.workplace import Workplace
from craftsman.services.prefect_server import free_port
from craftsman.settings import HOME
from craftsman.store.engine import reading, transaction
from models import Account, Assignment, AuditEvent, ScoreSheet

JUDGES, CASES, PANEL = 500, 1000, 5
COOKIE = "__Host-craftsman"


@dataclass(frozen=True)
class Load:
    """What the reviewers saw, how many acknowledged sheets are not kept, and the portal's CPU seconds."""

    tally: Tally
    lost: int
    cpu: float


def portal_load(folder: Path, rate: float, seconds: float) -> Load:
    """Let 500 reviewers score for so long, at `rate` requests a second together."""
    fill(folder, JUDGES, CASES, PANEL)
    place = place_of(folder)
    port = free_port()
    reviewers = logged_in(place, port)
    with serving(folder, port) as portal:
        asyncio.run(opening(reviewers))
        before = _cpu(portal)
        tally = asyncio.run(scoring(reviewers, rate, seconds))
        cpu = _cpu(portal) - before
    lost = lost_of(place, tally)
    place.engine.dispose()
    return Load(tally, lost, cpu)


def logged_in(place: Workplace, port: int) -> list[Reviewer]:
    """A session for each reviewer, as a log-in leaves it; hashing passwords is not what is measured."""
    mine: dict[int, list[int]] = defaultdict(list)
    found: list[Reviewer] = []
    with transaction(place.engine) as session:
        for assignment in session.exec(select(Assignment).order_by(col(Assignment.id))).all():
            mine[assignment.account_id].append(assignment.id or 0)
        act = Act(SYSTEM, place.now(), place)
        for account in session.exec(select(Account).where(col(Account.id).in_(mine))).all():
            token = secrets.token_urlsafe(32)
            open_session(session, act, account, token)
            found.append(Reviewer(port, f"{COOKIE}={token}", mine[account.id or 0]))
    return found


@contextmanager
def serving(folder: Path, port: int) -> Generator[int]:
    """The portal as a process of its own; yields its process number."""
    command = [sys.executable, "-m", "craftsman.cli", "serve", "--portal-only", "--port", str(port)]
    environment = {**os.environ, "CRAFTSMAN_DATA_DIR": str(folder), "CRAFTSMAN_DATABASE_URL": ""}
    # its log has a line for each request, which would bury the table
    portal = subprocess.Popen(command, cwd=HOME, env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield portal.pid
    finally:
        portal.send_signal(signal.SIGTERM)
        portal.wait()


def _cpu(pid: int) -> float:
    """User and system CPU seconds of a process and its children so far, as Linux tells them."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(_cpu(int(child)) for child in children)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the portal did not start")


def lost_of(place: Workplace, tally: Tally) -> int:
    """Acknowledged sheets that are not in the table with their event."""
    with reading(place.engine) as session:
        kept = set(session.exec(select(ScoreSheet.assignment_id)).all())
        told = session.exec(select(func.count()).where(AuditEvent.act == "score.submitted")).one()
    missing = len(set(tally.acknowledged) - kept)
    return max(missing, len(tally.acknowledged) - told)

"""Commands sent again and again, at once and one after another: each has its effect once.

Of each kind there are two: one is sent alone, the other by many at once; both must leave as many rows. Then all of them
are repeated in any order, and nothing may change.
"""

import asyncio
import contextlib
import io
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from fastapi import FastAPI
from sqlalchemy import text
from sqlmodel import SQLModel, col, select

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.stages import close_what_is_ready
from craftsman.actions.workplace import Workplace
from craftsman.cli.app import run as run_command
from craftsman.portal.app import create_app
from craftsman.store.engine import reading, transaction
from models import Nomination
from tests.driver import drive
from tests.faults.attack import FAR_APART, answered, broken
from tests.faults.hostile import FORM, Hostile
from tests.faults.part import Found
from tests.portal.scene import MARKS, Scene, Visitor, make_scene, typed

AT_ONCE = 8
# of the command line there are fewer, for each opens the installation anew
SELDOM = 40
Send = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Command:
    """One command under its request id."""

    kind: str
    send: Send
    weight: int = SELDOM


Pair = tuple[Command, Command]


def run_repeats(place: Workplace, folder: Path, *, seed: int, count: int) -> Found:
    """Send so many commands, nearly all of them repeats."""
    scene = make_scene(place, folder)
    before = broken(scene.place)
    with scene.client, _environment(scene.place):
        pairs = _pairs(scene, create_app(scene.place, ticks=FAR_APART))
        flows = _of_flows(scene.place, scene.round.key)
        found = asyncio.run(_sent(scene.place, pairs, flows, seed=seed, count=count))
    found.problems += sorted(broken(scene.place) - before)
    return found


async def _sent(place: Workplace, pairs: list[Pair], flows: Command, *, seed: int, count: int) -> Found:
    found, random = Found(seed), Random(seed)
    for alone, together in pairs:
        before = rows(place)
        await alone.send()
        between = rows(place)
        await asyncio.gather(*(together.send() for _ in range(AT_ONCE)))
        after = rows(place)
        found.points += 1 + AT_ONCE
        once, many = between - before, after - between
        found.doubled += (many - once).total()
        found.lost += (once - many).total()
        found.problems += [] if once else [f"{alone.kind} has no effect at all"]
    commands = [*(one for pair in pairs for one in pair), flows]
    weights = [one.weight for one in commands]
    before = rows(place)
    while found.points < count:
        chosen = random.choices(commands, weights, k=min(AT_ONCE, count - found.points))
        await asyncio.gather(*(one.send() for one in chosen))
        found.points += len(chosen)
    found.doubled += (rows(place) - before).total()
    found.notes.append(f"{place.engine.dialect.name}: {len(commands)} commands")
    return found


def _pairs(scene: Scene, app: FastAPI) -> list[Pair]:
    """Two commands of each kind: forms of the portal, the command line, and steps of the flows."""
    key = scene.round.key
    with reading(scene.place.engine) as session:
        case = session.exec(select(Nomination.case_no).order_by(col(Nomination.id))).first() or ""
    checker, clerk = scene.visitor("checker"), scene.visitor("clerk")
    ties, stand_ins = f"/rounds/{key}/ties", f"/rounds/{key}/delegations"
    first, second = (f"/sheets/{scene.sheets_of(login)[0]}" for login in ("expert1", "expert2"))
    tie = {"source": "tip", "kind": "kinship", "case_no": case, "note": "表兄弟"}
    stand_in = {"role": "verifier", "to": "clerk", "authority": "某会〔2026〕1号", "reason": "出差"}

    def form(visitor: Visitor, page: str, action: str, **fields: object) -> Command:
        body = urlencode([*visitor.hidden(page, action), *typed(fields)]).encode()
        cookie = visitor.client.cookies["__Host-craftsman"]
        headers = {"host": "testserver", "cookie": f"__Host-craftsman={cookie}", "content-type": FORM}
        headers |= {"sec-fetch-site": "same-origin", "content-length": str(len(body))}
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]

        async def send() -> None:
            status, _ = await answered(app, Hostile("", "", "POST", action.encode(), headers=sent, body=body))
            assert status < 400, (action, status)

        return Command(f"form {action}", send)

    return [
        (
            form(scene.visitor("expert1"), first, first, **MARKS),
            form(scene.visitor("expert2"), second, second, **MARKS),
        ),
        (
            form(clerk, ties, f"{ties}/record", login="expert3", **tie),
            form(clerk, ties, f"{ties}/record", login="expert4", **tie),
        ),
        (
            form(checker, stand_ins, stand_ins, first="2026-01-12", last="2026-01-20", **stand_in),
            form(checker, stand_ins, stand_ins, first="2026-01-25", last="2026-02-10", **stand_in),
        ),
        (_of_command_line(key, "expert3"), _of_command_line(key, "expert4")),
    ]


def _of_flows(place: Workplace, key: str) -> Command:
    async def send() -> None:
        await asyncio.to_thread(work, place, key)

    return Command("flow", send, weight=4)


def _of_command_line(key: str, login: str) -> Command:
    told = ("--kind", "shared_work", "--note", "共同专利", "--source", "papers", "--work", "ZL1", "--year", "2024")
    words = ("tie", "record", key, login, *told, "--as", "clerk")

    async def send() -> None:
        # the environment and the output are the process's: one command at a time
        with contextlib.redirect_stdout(io.StringIO()):
            os.environ["CRAFTSMAN_REQUEST_ID"] = f"request-{login}"
            assert run_command(words) == 0

    return Command("tie record", send, weight=1)


def work(place: Workplace, key: str) -> None:
    """What worker and schedule do: nothing when there is nothing to do."""
    drive(place, key, place.now())
    with transaction(place.engine) as session:
        close_what_is_ready(session, Act(SYSTEM, place.now(), place))


def rows(place: Workplace) -> Counter[str]:
    """How many rows each table has."""
    with reading(place.engine) as session:
        tables = [name for name in SQLModel.metadata.tables if name not in {"checkpoint", "login_session"}]
        counted = ", ".join(f'(SELECT COUNT(*) FROM "{name}")' for name in tables)
        return Counter(dict(zip(tables, session.connection().execute(text(f"SELECT {counted}")).one(), strict=True)))


@contextlib.contextmanager
def _environment(place: Workplace) -> Generator[None]:
    """Let the command line work on this installation."""
    url = place.engine.url.render_as_string(hide_password=False)
    ours = {"CRAFTSMAN_DATABASE_URL": url, "CRAFTSMAN_DATA_DIR": str(place.settings.data_dir)}
    before = dict(os.environ)
    os.environ.update(ours)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)

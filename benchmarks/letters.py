"""How long letters take: `python benchmarks/letters.py [--json]`.

1,000 letters go into the outbox and over loopback SMTP into files, each settled and logged; the server is a process of
its own, as it is in life. All people are fictitious.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine
from sqlmodel import SQLModel

from benchmarks.meter import user_seconds
from craftsman.mail.delivery import deliver_once
from craftsman.mail.loopback import LoopbackServer
from craftsman.mail.outbox import Letter, put
from craftsman.mail.transport import FileTransport, SmtpTransport, Transport
from craftsman.settings import Settings
from craftsman.store.authorizer import freed
from craftsman.store.engine import make_engine, transaction
from tests.mail.mailing import CONTEXT, NOW, SENDER

LETTERS = 1000
BATCH = 200
GOAL = 5.0

Spent = tuple[float, float]
"""Wall and user CPU seconds."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    as_json: bool = parser.parse_args().json
    found = letter_seconds()
    if as_json:
        print(json.dumps({"letters": LETTERS, "seconds": found}, ensure_ascii=False, indent=2))
        return
    table = Table("what", "wall", "user CPU", "goal", title=f"{LETTERS} letters, seconds", title_justify="left")
    for name, (wall, cpu) in found.items():
        table.add_row(name, f"{wall:.2f}", f"{cpu:.2f}", f"≤ {GOAL:g}" if "4 connections" in name else "")
    Console().print(table)


def letter_seconds() -> dict[str, Spent]:
    """Seconds to put the letters in, and to deliver them by file and over one, four and sixteen connections."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = {"into the outbox": _timed(lambda: _filled(folder / "only.db"))}
        found["into files"] = _delivered(folder / "files", FileTransport(folder / "files-post"))
        for connections in (1, 4, 16):
            post = folder / f"post-{connections}"
            with _listening(post) as port:
                settings = Settings(smtp_port=port, smtp_tls="none", smtp_connections=connections)
                spent = _delivered(folder / f"smtp-{connections}", SmtpTransport(settings))
            found[f"over SMTP, {connections} connections"] = spent
            assert len(list(post.iterdir())) == LETTERS
    return found


def _delivered(name: Path, transport: Transport) -> Spent:
    engine = _filled(name.with_suffix(".db"))
    return _timed(lambda: asyncio.run(_send_all(engine, transport)))


async def _send_all(engine: Engine, transport: Transport) -> None:
    while (await deliver_once(engine, transport, sender=SENDER, now=NOW, limit=BATCH)).sent:
        pass


@contextmanager
def _listening(post: Path) -> Generator[int]:
    ours, theirs = get_context("spawn").Pipe()
    server = get_context("spawn").Process(target=_serve, args=(post, theirs))
    server.start()
    yield ours.recv()
    ours.send("stop")
    server.join()


def _serve(post: Path, told: Connection) -> None:
    with LoopbackServer(post) as server:
        told.send(server.port)
        told.recv()


def _filled(file: Path) -> Engine:
    engine = make_engine(f"sqlite:///{file}")
    with engine.connect() as connection, freed(connection), connection.begin():
        SQLModel.metadata.create_all(connection)
    letters = [Letter("gate-waiting", f"p{number}@example.org", f"某{number}", CONTEXT) for number in range(LETTERS)]
    with transaction(engine) as session:
        put(session, round_id=None, event_key="benchmark", letters=letters, now=NOW)
    return engine


def _timed(call: Callable[[], object]) -> Spent:
    begun, cpu = perf_counter(), user_seconds()
    call()
    return round(perf_counter() - begun, 2), round(user_seconds() - cpu, 2)


if __name__ == "__main__":
    main()

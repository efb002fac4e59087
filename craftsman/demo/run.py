"""`craftsman demo`: embedded servers, the walk, what it leaves, the summary."""

import logging
import time
from pathlib import Path

from rich.console import Console
from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.at_hand import working_in
from craftsman.actions.mailings import confirm_mailing, mailings_of
from craftsman.actions.views import round_by_key
from craftsman.demo.hand import Stagehand
from craftsman.demo.leave import leave_files, summarise
from craftsman.demo.setup import PEOPLE, demo_settings, empty_folder, make_hand, make_workplace
from craftsman.demo.show import Bars, print_summary
from craftsman.demo.walk import walk
from craftsman.mail.loopback import LoopbackServer
from craftsman.programme.load import load_programme
from craftsman.sample.book import SampleBook
from craftsman.services.prefect_server import PrefectServer
from flows.delivery import deliver_letters
from flows.inprocess import recorded_at

SLUG, YEAR = "hebei-great-craftsman", 2026


def run_demo(folder: Path, console: Console) -> None:
    """Run a whole round into `folder`, which is emptied first. Refused where a part cannot start."""
    begun = time.monotonic()
    empty_folder(folder)
    programme = load_programme(SLUG, YEAR)
    server = PrefectServer(folder / "prefect", books_only=True)
    logging.getLogger("prefect").setLevel(logging.WARNING)
    with LoopbackServer(folder / "mail") as mail:
        with server.starting():
            place = make_workplace(demo_settings(folder, mail.port))
            hand, book = make_hand(place, programme, folder, PEOPLE)
            console.print("正在等待 Prefect 服务启动 …")
            waiting = time.monotonic()
            server.wait()
            prefect_seconds = time.monotonic() - waiting
            with recorded_at(server.api):
                _play(hand, book, console)
        files = leave_files(hand)
    seconds = time.monotonic() - begun
    print_summary(console, summarise(hand, files, seconds=seconds, prefect_seconds=prefect_seconds), folder)
    place.engine.dispose()


def _play(hand: Stagehand, book: SampleBook, console: Console) -> None:
    titles = [stage.title for stage in hand.programme.rules.stages]
    bars = Bars(console, titles, {"intake": PEOPLE, "endorse": PEOPLE})
    with bars.progress:
        walk(hand, book, bars)
    hand.do(hand.login("staff"), _confirm_mailings, hand.round_key)
    with working_in(hand.place):
        deliver_letters()


def _confirm_mailings(session: Session, act: Act, round_key: str) -> None:
    """The office counts the recipients of each mailing and lets it go."""
    round_id = round_by_key(session, round_key).id or 0
    for mailing in mailings_of(session, act, round_id):
        confirm_mailing(session, act, round_id, mailing.key, count=mailing.count)

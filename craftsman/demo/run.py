"""`craftsman demo`: embedded servers, the walk, what it leaves, the summary."""

import logging
import os
import time
from pathlib import Path

from rich.console import Console

from craftsman.actions.at_hand import working_in
from craftsman.demo.leave import leave_files, summarise
from craftsman.demo.setup import demo_settings, empty_folder, make_hand, make_workplace
from craftsman.demo.show import Bars, print_summary
from craftsman.demo.walk import walk
from craftsman.mail.loopback import LoopbackServer
from craftsman.programme.load import load_programme
from craftsman.services.prefect_server import PrefectServer
from flows.delivery import deliver_letters

PEOPLE = 139
SLUG, YEAR = "hebei-great-craftsman", 2026


def run_demo(folder: Path, console: Console) -> None:
    """Run a whole round into `folder`, which is emptied first. Refused where a part cannot start."""
    begun = time.monotonic()
    empty_folder(folder)
    programme = load_programme(SLUG, YEAR)
    server = PrefectServer(folder / "prefect")
    os.environ.update(server.settings())
    logging.getLogger("prefect").setLevel(logging.WARNING)
    with LoopbackServer(folder / "mail") as mail:
        place = make_workplace(demo_settings(folder, mail.port))
        hand, book = make_hand(place, programme, folder, PEOPLE)
        console.print("正在启动 Prefect 服务 …")
        starting = time.monotonic()
        with server:
            prefect_seconds = time.monotonic() - starting
            bars = Bars(
                console, [stage.title for stage in programme.rules.stages], {"intake": PEOPLE, "endorse": PEOPLE}
            )
            with bars.progress:
                walk(hand, book, bars)
            with working_in(place):
                deliver_letters()
        files = leave_files(hand)
    seconds = time.monotonic() - begun
    print_summary(console, summarise(hand, files, seconds=seconds, prefect_seconds=prefect_seconds), folder)
    place.engine.dispose()

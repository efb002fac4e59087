"""A small selection whose people come by browser: portal, clock and flows; all are fictitious."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Response
from sqlmodel import col, select

from craftsman.actions.stages import close_what_is_ready
from craftsman.actions.workplace import Workplace
from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.sample.book import sample_workbook
from craftsman.store.engine import reading, transaction
from models import Account, Organisation, StageRun
from tests.driver import drive
from tests.e2e.browsing import served
from tests.factories import act_of, make_account
from tests.portal.scene import HASH, at
from tests.small_round import CONFIG, KEY

FOLDER = "programmes/small-craftsman"
OPENING = datetime.fromisoformat("2025-05-06T09:00:00+08:00")
UNITS = ("north", "south")
EACH = 4
SCREEN = '[[stages]]\nkey = "screen"\n'
ENDORSE = """[[stages]]
key = "endorse"
title = "县级推荐"
kind = "endorse"
level = "county"
signoffs = [{ role = "staff" }]

"""
DATES = "endorse = { opens = 2025-06-03T09:00:00+08:00, closes = 2025-06-13T18:00:00+08:00 }\n"
# login -> role and name
PEOPLE = {
    "office": ("staff", "经办甲"),
    "desk": ("staff", "经办乙"),
    "checker": ("verifier", "复核丙"),
    "observer": ("discipline", "监督丁"),
    "auditor": ("auditor", "审计戊"),
    "leader": ("leader", "领导己"),
    **{f"expert{one}": ("expert", f"专家{one}") for one in (1, 2, 3)},
    **{f"member{one}": ("committee", f"委员{one}") for one in (1, 2, 3, 4, 5)},
    **{f"{unit}": ("reporter", f"填报{unit}") for unit in UNITS},
    **{f"county-{unit}": ("reporter", f"审核{unit}") for unit in UNITS},
}
TWO_FACTORS = "staff,verifier,leader"


@dataclass
class Town:
    """What the people of a round share; `wall` is the clock of their phones."""

    place: Workplace
    programme: Programme
    browser: Browser
    address: str = ""
    wall: float = OPENING.timestamp()
    faults: list[str] = field(default_factory=list[str])
    at_desk: str = ""
    jars: dict[str, Any] = field(default_factory=dict[str, Any])

    def it_is(self, text: str) -> None:
        """Let it be this moment, by Chinese clocks; whoever had logged in has to do so again."""
        assert self.place.settings.rehearsal_clock is not None
        self.place.settings.rehearsal_clock.write_text(f"{text}:00+08:00")

    def flows_run(self) -> str:
        """What runs without people: the notice whose period is over, and every requested step; returns what stands."""
        with transaction(self.place.engine) as session:
            close_what_is_ready(session, act_of(self.place, now=self.place.now()))
        drive(self.place, KEY, self.place.now())
        with reading(self.place.engine) as session:
            runs = session.exec(select(StageRun).order_by(col(StageRun.position))).all()
        return next((f"{run.key} {run.status.value}" for run in runs if run.status.value != "passed"), "finished")

    def run_id(self, key: str) -> int:
        """The number of a stage's run."""
        with reading(self.place.engine) as session:
            return session.exec(select(StageRun.id).where(StageRun.key == key)).one() or 0

    @cached_property
    def _window(self) -> Page:
        """The only window there is, whose complaints are kept: a low one, for painting takes longer than scrolling."""
        context = self.browser.new_context(
            locale="zh-CN", base_url=self.address, viewport={"width": 1280, "height": 400}
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", lambda told: self._blame(told.type in {"error", "warning"}, told.text))
        page.on("pageerror", lambda fault: self._blame(True, str(fault)))
        page.on("response", self._look_at)
        return page

    def page_of(self, login: str) -> Page:
        """The window with the cookies of whoever sits down at it; the others' are kept until they come back."""
        context = self._window.context
        if login != self.at_desk:
            self.jars[self.at_desk] = context.cookies()
            context.clear_cookies()
            context.add_cookies(self.jars.get(login, []))
            self.at_desk = login
        return self._window

    def closes(self) -> None:
        """Close the window, where anybody sat down at it."""
        if "_window" in vars(self):
            self._window.context.close()

    def _blame(self, wrong: bool, text: str) -> None:
        if wrong:
            self.faults.append(text)

    def _look_at(self, answer: Response) -> None:
        self._blame(answer.status >= 400, f"{answer.status} {answer.request.method} {answer.url}")


def town_programme(folder: Path) -> Programme:
    """The small selection with a county that recommends, three seats and fewer nominees."""
    root = folder / "config"
    shutil.copytree(CONFIG, root)
    for name, old, new in (
        ("programme.toml", SCREEN, ENDORSE + SCREEN),
        ("programme.toml", "seats = 4", "seats = 3"),
        ("programme.toml", "advance = 8", "advance = 6"),
        ("rounds/2025.toml", "[dates]\n", "[dates]\n" + DATES),
    ):
        file = root / FOLDER / name
        text = file.read_text()
        assert text.count(old) == 1, old
        file.write_text(text.replace(old, new))
    return load_programme("small-craftsman", 2025, root=root)


def workbook_of(programme: Programme, unit: str) -> bytes:
    """What a unit's reporter fills in: so many people of its own."""
    plan = programme.plan.model_copy(update={"quotas": {unit: EACH}})
    own = programme.model_copy(update={"plan": plan})
    return sample_workbook(own, people=EACH, seed=UNITS.index(unit) + 3, wrong_share=Fraction(0)).content


def make_town(place: Workplace, folder: Path, browser: Browser) -> Town:
    """Accounts with passwords, and nothing else."""
    place = at(place, folder, OPENING, secure=False)
    ours = {"second_factor_roles": TWO_FACTORS, "config_dir": folder / "config"}
    place = replace(place, settings=place.settings.model_copy(update=ours))
    with transaction(place.engine) as session:
        for login, (role, name) in PEOPLE.items():
            make_account(session, login, role, name=name, password_hash=HASH)
    return Town(place, town_programme(folder), browser)


def settle(town: Town) -> None:
    """Let reporters belong to their units, which came with the round."""
    with transaction(town.place.engine) as session:
        found = session.exec(select(Organisation).where(col(Organisation.code).in_(UNITS))).all()
        unit_ids = {unit.code: unit.id for unit in found}
        for account in session.exec(select(Account)).all():
            code = account.login.removeprefix("county-")
            account.organisation_id = unit_ids.get(code)
            session.add(account)


@contextmanager
def open_town(town: Town) -> Generator[Town]:
    """The town with its portal on a socket; browsers are closed afterwards."""
    with served(town, wall=lambda: town.wall) as town.address:
        try:
            yield town
        finally:
            town.closes()

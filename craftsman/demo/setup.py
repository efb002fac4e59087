"""The demo's installation: an empty folder, keys, database, people, workbook and the opened round."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from craftsman.actions.accounts import NewAccount, add_accounts, first_administrator_if_none
from craftsman.actions.acting import SYSTEM, Act, Actor, actor_by_login
from craftsman.actions.rounds import add_organisations, open_round
from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.demo.hand import Stagehand
from craftsman.programme.programme import Programme
from craftsman.sample.book import SampleBook, sample_workbook
from craftsman.sample.people import SamplePerson, all_sample_people
from craftsman.settings import Settings
from craftsman.store.engine import transaction
from craftsman.store.files import write_atomically
from craftsman.store.migrate import migrate
from craftsman.store.secrets import create_keys

# as many as in 2018
PEOPLE = 139
SEED = 2018
OFFICE_ROLES = {"staff", "verifier", "discipline", "auditor"}


def empty_folder(folder: Path) -> None:
    """Start over: what an earlier demo left is removed, and only that."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def demo_settings(folder: Path, smtp_port: int) -> Settings:
    """Settings of an installation that lives in the demo's folder and has its own clock."""
    return Settings(
        data_dir=folder / "data",
        database_url="",
        key_file=None,
        rehearsal_clock=folder / "data" / "clock.txt",
        mail_transport="smtp",
        smtp_host="127.0.0.1",
        smtp_port=smtp_port,
        smtp_tls="none",
    )


def make_workplace(settings: Settings) -> Workplace:
    """Keys and database, as `craftsman init` makes them."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    create_keys(settings.keys)
    place = open_workplace(settings)
    migrate(place.engine)
    return place


def make_hand(
    place: Workplace, programme: Programme, folder: Path, people_wanted: int, kind: type[Stagehand] = Stagehand
) -> tuple[Stagehand, SampleBook]:
    """People and workbook are made up, accounts are entered, the round is opened on its first day."""
    book = sample_workbook(programme, people=people_wanted, seed=SEED)
    write_atomically(folder / "nominations.xlsx", book.content)
    sample = all_sample_people(programme, seed=SEED, expert_employers=book.employers[:2])
    people = [replace(person, login=f"{kind.logins}{person.login}") for person in sample]
    by_role = _by_role(people)
    clock = place.settings.rehearsal_clock
    assert clock is not None
    hand = kind(place, programme, by_role, folder, clock)
    opens, _ = programme.planned(programme.rules.stages[0].key)
    hand.set_time(opens)
    _enter_people(hand, people)
    return hand, book


def _by_role(people: Sequence[SamplePerson]) -> Mapping[str, Sequence[SamplePerson]]:
    ordered = sorted(people, key=lambda one: one.role)
    return {role: list(group) for role, group in groupby(ordered, key=lambda one: one.role)}


def _enter_people(hand: Stagehand, people: Sequence[SamplePerson]) -> None:
    office = [person for person in people if person.role in OFFICE_ROLES]
    with transaction(hand.place.engine) as session:
        act = Act(SYSTEM, hand.place.now(), hand.place)
        made = first_administrator_if_none(session, act, "admin", "系统管理员", "admin@example.org")
        admin = made or actor_by_login(session, "admin")
        add_organisations(session, hand.programme)
        add_accounts(session, _as(hand, admin), [_account(person) for person in office], round_id=None)
    round_ = hand.do(hand.login("staff"), open_round, hand.programme)
    others = [_account(person) for person in people if person.role not in OFFICE_ROLES]
    with transaction(hand.place.engine) as session:
        add_accounts(session, _as(hand, admin), others, round_id=round_.id)


def _as(hand: Stagehand, actor: Actor) -> Act:
    return Act(actor, hand.place.now(), hand.place)


def _account(person: SamplePerson) -> NewAccount:
    return NewAccount(
        person.login,
        person.name,
        person.email,
        (person.role,),
        unit=person.unit,
        uscc=person.uscc,
        disciplines=person.disciplines,
        organisation=person.reporting_unit or None,
    )

"""The demo's installation: an empty folder, keys, database, people, workbook and the opened round."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from craftsman.actions.accounts import NewAccount, add_accounts
from craftsman.actions.acting import SYSTEM, Act, Actor
from craftsman.actions.administrators import FirstPerson, administrator, first_administrators
from craftsman.actions.proposals import GrantIn, confirm_proposal, proposal, propose_grants
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
from models import Role

T = TypeVar("T")

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
    auditor = next(person for person in people if person.role == "auditor")
    with transaction(hand.place.engine) as session:
        first_administrators(session, _as(hand, SYSTEM), _three(auditor))
        add_organisations(session, hand.programme)
    _acting(hand, Role.ADMIN, lambda session, act: add_accounts(session, act, [_account(one) for one in people]))
    office = [person for person in people if person.role in OFFICE_ROLES]
    _grant(hand, [one for one in office if one is not auditor], None)
    round_ = hand.do(hand.login("staff"), open_round, hand.programme)
    _grant(hand, [person for person in people if person.role not in OFFICE_ROLES], round_.id)


def _three(auditor: SamplePerson) -> Mapping[Role, FirstPerson]:
    return {
        Role.ADMIN: FirstPerson("admin", "系统管理员", "admin@example.org"),
        Role.SECURITY: FirstPerson("security", "安全保密管理员", "security@example.org"),
        Role.AUDITOR: FirstPerson(auditor.login, auditor.name, auditor.email),
    }


def _grant(hand: Stagehand, people: Sequence[SamplePerson], round_id: int | None) -> None:
    """One administrator proposes the roles of all, another confirms the list."""
    grants = [GrantIn(person.login, person.role) for person in people]
    number = _acting(hand, Role.SECURITY, lambda session, act: propose_grants(session, act, grants, round_id=round_id))
    _acting(hand, Role.AUDITOR, lambda session, act: _confirm(session, act, number))


def _confirm(session: Session, act: Act, number: int) -> int:
    return confirm_proposal(session, act, number, seen=proposal(session, act, number).digest)


def _acting(hand: Stagehand, role: Role, deed: Callable[[Session, Act], T]) -> T:
    with transaction(hand.place.engine) as session:
        actor = administrator(session, role)
        assert actor is not None
        return deed(session, _as(hand, actor))


def _as(hand: Stagehand, actor: Actor) -> Act:
    return Act(actor, hand.place.now(), hand.place)


def _account(person: SamplePerson) -> NewAccount:
    return NewAccount(
        person.login,
        person.name,
        person.email,
        unit=person.unit,
        uscc=person.uscc,
        disciplines=person.disciplines,
        organisation=person.reporting_unit or None,
    )

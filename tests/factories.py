"""Plain makers of the things that tests are about; all people are fictitious."""

from datetime import UTC, datetime
from functools import cache

from sqlmodel import Session, select

from craftsman.actions import gates, rounds
from craftsman.actions.acting import SYSTEM, Act, Actor, actor_of
from craftsman.actions.stages import request_close
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Screen, Stage
from craftsman.store.engine import transaction
from models import Account, Gate, GateStatus, Grant, Nomination, Organisation, Person, Round

NOW = datetime(2025, 9, 1, 1, 0, tzinfo=UTC)


@cache
def make_programme(slug: str = "hebei-great-craftsman", year: int = 2026) -> Programme:
    """The real programme of the selection."""
    return load_programme(slug, year)


def without_papers(programme: Programme) -> Programme:
    """The same selection with no papers required, for tests that hand in rows alone."""
    stages = tuple(_asking_no_papers(stage) for stage in programme.rules.stages)
    return programme.model_copy(update={"rules": programme.rules.model_copy(update={"stages": stages})})


def _asking_no_papers(stage: Stage) -> Stage:
    if not isinstance(stage, Screen):
        return stage
    return stage.model_copy(update={"rules": tuple(rule for rule in stage.rules if rule.kind != "papers")})


def make_account(session: Session, login: str, *roles: str, round_id: int | None = None, **changes: object) -> Actor:
    """An account with roles; `changes` are columns of Account."""
    columns = {"name": login, "email": f"{login}@example.org", "created_at": NOW, **changes}
    account = Account.model_validate({"login": login, **columns})
    session.add(account)
    session.flush()
    for role in roles:
        session.add(Grant(account_id=account.id or 0, role=role, round_id=round_id, granted_at=NOW))
    session.flush()
    return actor_of(session, account)


def make_round(place: Workplace, programme: Programme | None = None) -> Round:
    """An opened round; nothing has run yet."""
    chosen = programme or make_programme()
    with transaction(place.engine) as session:
        staff = make_account(session, "opener", "staff")
        rounds.open_round(session, Act(staff, NOW, place), chosen)
    with transaction(place.engine) as session:
        opened = session.exec(select(Round).where(Round.key == chosen.key)).one()
        session.expunge(opened)
    return opened


def make_nomination(session: Session, round_: Round, number: int, **changes: object) -> Nomination:
    """A nomination of a fictitious person, entered past the intake; `changes` are columns of Nomination."""
    unit = session.exec(select(Organisation).order_by(Organisation.code)).first()
    assert unit is not None
    person = Person(
        round_id=round_.id or 0,
        name=f"某{number:03d}",
        sex="1",
        ethnicity="01",
        born="1985-05",
        id_index=f"index-{number}",
        id_cipher="00",
        birth_cipher="00",
        phone_cipher="00",
    )
    session.add(person)
    session.flush()
    columns: dict[str, object] = {
        "case_no": f"{round_.year}-{unit.code}-{number:04d}",
        "round_id": round_.id,
        "person_id": person.id,
        "organisation_id": unit.id,
        "unit": f"虚构公司{number}",
        "uscc": "91350100M000100Y43",
        "region": "130102",
        "post": "焊工",
        "industry": "3",
        "rank": number,
        "row_digest": f"{number:064d}",
        "submitted_at": NOW,
        "updated_at": NOW,
        **changes,
    }
    nomination = Nomination.model_validate(columns)
    session.add(nomination)
    session.flush()
    return nomination


def act_of(place: Workplace, actor: Actor = SYSTEM, now: datetime = NOW) -> Act:
    """An act of somebody, by default of the system."""
    return Act(actor, now, place)


def close_stage(place: Workplace, round_: Round, key: str, staff: Actor, now: datetime = NOW) -> None:
    """Ask for the closing of a stage."""
    with transaction(place.engine) as session:
        request_close(session, Act(staff, now, place), stage_by_key(session, round_.id or 0, key).run_id)


def sign_gate(place: Workplace, round_: Round, signers: list[tuple[Actor, str]], now: datetime = NOW) -> bool:
    """Let people sign the waiting gate of a round, each in a role; returns whether it passed."""
    passed = False
    for signer, role in signers:
        with transaction(place.engine) as session:
            waiting = select(Gate).where(Gate.round_id == round_.id, Gate.status == GateStatus.WAITING)
            gate = session.exec(waiting).one()
            passed = gates.approve_gate(session, Act(signer, now, place), gate.id or 0, digest=gate.digest, role=role)
    return passed

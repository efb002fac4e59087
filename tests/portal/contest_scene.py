"""A contest with items and a window for appeals, whose people can log in; all fictitious."""

from pathlib import Path

from sqlmodel import select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import Account, Assignment, Nomination, StageRun
from tests.actions.test_contest import opened_contest
from tests.factories import NOW, make_account
from tests.portal.scene import HASH, Scene, at

STAGE = "/rounds/hebei-great-craftsman-2026/stages/contest"


def contest(place: Workplace, folder: Path, *, hours: int = 48, cases: int = 1) -> Scene:
    """Three judges with items to mark, an office, a unit and another one."""
    round_ = opened_contest(place, hours=hours, cases=cases)
    with transaction(place.engine) as session:
        make_account(session, "auditor", "auditor")
        make_account(session, "checker", "verifier")
        for account in session.exec(select(Account)).all():
            account.password_hash = HASH
    return Scene(at(place, folder, NOW), round_)


def case_no_of(scene: Scene) -> str:
    """The number of the first case."""
    with reading(scene.place.engine) as session:
        return session.exec(select(Nomination.case_no).order_by(Nomination.case_no)).first() or ""


def contest_sheets(scene: Scene, login: str) -> list[str]:
    """The pages of a judge's sheets."""
    with reading(scene.place.engine) as session:
        query = select(Assignment.id).join(Account).join(StageRun)
        found = session.exec(query.where(Account.login == login, StageRun.key == "contest")).all()
        return [f"/sheets/{one}" for one in sorted(one or 0 for one in found)]

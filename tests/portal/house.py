"""The portal under a name with people and no round, and clocks that are moved by hand; all fictitious."""

from dataclasses import dataclass, replace
from pathlib import Path

from pyotp.totp import TOTP
from sqlmodel import col, select
from starlette.testclient import TestClient

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.second_factor import add_app
from craftsman.actions.workplace import Workplace
from craftsman.portal.app import create_app
from craftsman.store.engine import transaction
from models import AuditEvent
from tests.portal.scene import SCORING, Visitor, at, make_people

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RECOVERY = ["abcd-efgh-jkmn-pqrs", "2345-6789-abcd-efgh"]


@dataclass
class House:
    """The portal; `ticks` is the clock of its limits, `wall` that of people's phones."""

    place: Workplace
    ticks: float = 1000.0
    wall: float = 1_768_183_200.0

    def __post_init__(self) -> None:
        self.app = create_app(self.place, ticks=lambda: self.ticks, wall=lambda: self.wall)

    def visitor(self, address: str = "203.0.113.7") -> Visitor:
        client = TestClient(self.app, base_url="https://testserver", follow_redirects=False, client=(address, 50_000))
        return Visitor(client)

    def logged_in(self, login: str) -> Visitor:
        visitor = self.visitor()
        visitor.log_in(login)
        return visitor

    def code(self) -> str:
        return TOTP(SECRET).at(int(self.wall))

    def bind(self, login: str) -> None:
        """Give an account an app; its codes are good from the next half minute on."""
        with transaction(self.place.engine) as session:
            act = Act(actor_by_login(session, login), self.place.now(), self.place)
            add_app(session, act, secret=SECRET, code=self.code(), at=self.wall, password="", codes=RECOVERY)
        self.wall += 30

    def acts(self) -> list[tuple[str, str]]:
        with transaction(self.place.engine) as session:
            rows = session.exec(select(AuditEvent.act, AuditEvent.body).order_by(col(AuditEvent.seq))).all()
        return [(act, body) for act, body in rows]


def make_house(place: Workplace, folder: Path, *, secure: bool = True) -> House:
    """The portal at https://testserver, where administrators need a second factor."""
    place = at(place, folder, SCORING, secure=secure)
    changes = {"public_url": "https://testserver", "second_factor_roles": "admin"}
    with transaction(place.engine) as session:
        make_people(session, None)
    return House(replace(place, settings=place.settings.model_copy(update=changes)))

"""A round in the middle of expert scoring, with people who can log in, and a browser for them; all fictitious."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

from httpx import Response
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from craftsman.actions import review
from craftsman.actions.accounts import HASHER
from craftsman.actions.acting import Act, Actor, actor_by_login
from craftsman.actions.workplace import Workplace
from craftsman.portal.app import create_app
from craftsman.store.engine import reading, transaction
from models import Account, Assignment, Nomination, Outcome, Person, Round, StageEntry, StageRun, StageStatus
from tests.driver import drive
from tests.factories import make_account, make_nomination, make_round

PASSWORD = "不容易猜到的口令"
HASH = HASHER.hash(PASSWORD)
SCORING = datetime.fromisoformat("2026-01-12T10:00:00+08:00")
DETAILS = {
    "skill_level": "2",
    "years_in_trade": 12,
    "deeds": "攻克薄壁管件焊接变形难题，合格率由八成提高到九成九，带徒十一人。",
    "honours": "虚构市技术能手（2021年）",
}


@dataclass
class Scene:
    """The workplace with its round."""

    place: Workplace
    round: Round

    @property
    def id(self) -> int:
        assert self.round.id is not None
        return self.round.id

    @cached_property
    def client(self) -> TestClient:
        return self.another_client()

    def another_client(self, ticks: Callable[[], float] = time.monotonic) -> TestClient:
        app = create_app(self.place, ticks=ticks)
        return TestClient(app, base_url="https://testserver", follow_redirects=False, raise_server_exceptions=False)

    def visitor(self, login: str = "") -> "Visitor":
        visitor = Visitor(TestClient(self.client.app, base_url="https://testserver", follow_redirects=False))
        if login:
            visitor.log_in(login)
        return visitor

    def run(self, key: str) -> StageRun:
        with reading(self.place.engine) as session:
            return session.exec(select(StageRun).where(StageRun.key == key, StageRun.round_id == self.id)).one()

    def sheets_of(self, login: str) -> list[int]:
        with reading(self.place.engine) as session:
            query = select(Assignment.id).join(Account).where(Account.login == login).order_by(col(Assignment.id))
            return [one or 0 for one in session.exec(query).all()]

    def drive(self) -> None:
        drive(self.place, self.round.key, self.place.now())

    def set_time(self, text: str) -> None:
        assert self.place.settings.rehearsal_clock is not None
        self.place.settings.rehearsal_clock.write_text(text)


class Visitor:
    """Somebody at a browser without JavaScript."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str) -> Response:
        return self.client.get(path)

    def send(self, page: str, action: str, /, **fields: object) -> Response:
        """Open a page and submit its form of that action with these fields; `mark_x` stands for `mark.x`."""
        return self.post(action, [*self.hidden(page, action), *typed(fields)])

    def search(self, page: str, words: str) -> Response:
        """Search a list for words; the page that the browser is sent on to, whose address does not bear them."""
        return self.get(self.send(page, page, words=words).headers["location"])

    def hidden(self, page: str, action: str) -> list[tuple[str, str]]:
        answer = self.get(page)
        forms = read_forms(answer.text)
        assert action in forms, f"{page} ({answer.status_code}) has forms {list(forms)}"
        return forms[action]

    def post(self, path: str, fields: list[tuple[str, str]], **headers: str) -> Response:
        sent = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin", **headers}
        return self.client.post(path, content=urlencode(fields), headers=sent)

    def upload(self, page: str, action: str, name: str, content: bytes, **headers: str) -> Response:
        """Open a page and submit its form of that action with a workbook."""
        return self.post_file(action, self.hidden(page, action), name, content, **headers)

    def post_file(
        self,
        path: str,
        fields: list[tuple[str, str]],
        name: str,
        content: bytes,
        *,
        field: str = "workbook",
        **headers: str,
    ) -> Response:
        sent = {"sec-fetch-site": "same-origin", **headers}
        return self.client.post(path, data=dict(fields), files={field: (name, content)}, headers=sent)

    def log_in(self, login: str, password: str = PASSWORD) -> Response:
        return self.send("/login", "/login", login=login, password=password)


def typed(fields: dict[str, object]) -> list[tuple[str, str]]:
    names = {name: "mark." + name.removeprefix("mark_") if name.startswith("mark_") else name for name in fields}
    return [
        (names[name], str(one))
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    ]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, list[tuple[str, str]]] = {}
        self.action = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = found.get("action", "").partition("#")[0]
            self.forms.setdefault(self.action, [])
        if tag == "input" and found.get("type") == "hidden":
            self.forms[self.action].append((found["name"], found.get("value", "")))


def read_forms(html: str) -> dict[str, list[tuple[str, str]]]:
    parser = _Forms()
    parser.feed(html)
    return parser.forms


MARKS = {f"mark_{key}": 88.5 for key in ("integrity", "skill", "innovation", "mentoring", "example", "industry")}


def score_all(scene: Scene) -> None:
    """Every expert submits all sheets with these marks; the pages that take sheets are tested on their own."""
    marks = {key.removeprefix("mark_"): round(100 * mark) for key, mark in MARKS.items()}
    for number in range(1, 6):
        with transaction(scene.place.engine) as session:
            act = Act(actor_by_login(session, f"expert{number}"), scene.place.now(), scene.place)
            mine = review.my_assignments(session, act, scene.id)
            review.submit_sheets(session, act, [review.SheetIn(one.assignment_id, marks, "") for one in mine])


def at(place: Workplace, folder: Path, moment: datetime, *, secure: bool = True) -> Workplace:
    """The workplace with a rehearsal clock that stands at a moment."""
    clock = folder / "clock.txt"
    clock.write_text(moment.isoformat())
    changes = {"rehearsal_clock": clock, "secure_cookies": secure}
    return replace(place, settings=place.settings.model_copy(update=changes))


def make_scene(place: Workplace, folder: Path, *, cases: int = 3, secure: bool = True) -> Scene:
    """Three cases, five experts and the office; the stages before scoring are passed."""
    place = at(place, folder, SCORING, secure=secure)
    round_ = make_round(place)
    with transaction(place.engine) as session:
        make_people(session, round_.id)
        _pass_to(session, round_, "score", cases)
    scene = Scene(place, round_)
    scene.drive()
    return scene


def make_doors(
    place: Workplace, folder: Path, settings: dict[str, object] | None = None, *, secure: bool = True
) -> Scene:
    """People before there is any round: one with a password, one who was never invited, administrator and office."""
    place = at(place, folder, SCORING, secure=secure)
    place = replace(place, settings=place.settings.model_copy(update=settings or {}))
    with transaction(place.engine) as session:
        make_account(session, "expert1", "expert", name="专家1", password_hash=HASH)
        make_account(session, "expert2", "expert", name="专家2")
        make_account(session, "root", "admin", name="管理某", password_hash=HASH)
        make_account(session, "clerk", "staff", name="经办某", password_hash=HASH)
    return Scene(place, Round.model_construct())


def make_people(session: Session, round_id: int | None) -> list[Actor]:
    experts = [(f"expert{number}", "expert", f"专家{number}") for number in range(1, 6)]
    members = [(f"member{number}", "committee", f"委员{number}") for number in range(1, 4)]
    office = [
        ("clerk", "staff", "经办某"),
        ("checker", "verifier", "复核某"),
        ("observer", "discipline", "监督某"),
        ("auditor", "auditor", "审计某"),
        ("root", "admin", "管理某"),
    ]
    return [
        make_account(session, login, role, round_id=round_id, name=name, password_hash=HASH)
        for login, role, name in [*experts, *members, *office]
    ]


def _pass_to(session: Session, round_: Round, key: str, cases: int) -> None:
    runs = session.exec(select(StageRun).where(StageRun.round_id == round_.id).order_by(col(StageRun.position))).all()
    here = next(run for run in runs if run.key == key)
    for run in runs[: here.position]:
        run.status = StageStatus.PASSED
        session.add(run)
    here.status, here.attempt = StageStatus.DUE, 1
    session.add(here)
    before = runs[here.position - 1]
    for number in range(1, cases + 1):
        nomination = make_nomination(session, round_, number, details=dict(DETAILS))
        session.add(
            StageEntry(
                stage_run_id=before.id or 0, nomination_id=nomination.id or 0, outcome=Outcome.ADVANCE, place=number
            )
        )


def jump(scene: Scene, key: str, **entry: object) -> None:
    """Let the stage of that key open with the same cases, as if all had passed the stages between."""
    with transaction(scene.place.engine) as session:
        runs = {run.key: run for run in session.exec(select(StageRun)).all()}
        here = runs[key]
        before = next(run for run in runs.values() if run.position == here.position - 1)
        for run in runs.values():
            run.status = StageStatus.PASSED if run.position < here.position else run.status
        here.status, here.attempt = StageStatus.DUE, 1
        entries = session.exec(select(StageEntry).where(StageEntry.stage_run_id == runs["score"].id)).all()
        for place, one in enumerate(entries, start=1):
            columns = {"stage_run_id": before.id, "nomination_id": one.nomination_id, "outcome": "advance"}
            session.add(StageEntry.model_validate({**columns, "place": place, **entry}))
        session.add_all(runs.values())
    scene.drive()


def rename(scene: Scene, number: int, **changes: str) -> None:
    """Give a case another name or unit."""
    with transaction(scene.place.engine) as session:
        nomination = session.exec(select(Nomination).order_by(col(Nomination.id)).offset(number - 1)).first()
        assert nomination is not None
        person = session.get_one(Person, nomination.person_id)
        for name, value in changes.items():
            setattr(person if name == "name" else nomination, name, value)
        session.add(person)
        session.add(nomination)

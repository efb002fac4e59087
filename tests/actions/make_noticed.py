"""A round that has come to its notice; all people are fictitious."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from craftsman.actions import notice, objection_cases, objections, substitutes
from craftsman.actions.acting import SYSTEM, Act, Actor
from craftsman.actions.investigators import assign_investigators
from craftsman.actions.stages import close_what_is_ready
from craftsman.actions.views import cases, stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.programme.programme import Programme
from craftsman.store.engine import reading, transaction
from models import (
    Nomination,
    Notice,
    Objection,
    Outcome,
    Person,
    Round,
    StageEntry,
    StageRun,
    StageStatus,
)
from tests.actions.made_once import made_once, round_again
from tests.driver import drive
from tests.factories import make_account, make_nomination, make_round, sign_gate

CHINA = ZoneInfo("Asia/Shanghai")
GREAT = ("文小样", "王小样", "欧阳少样", "丁样", "洪少样")
CRAFTSMEN = ("李大样", "李一样", "高富", "高大富")
RESERVES = ("林样", "田样富")


def at(day: str, hour: int = 9) -> datetime:
    """An hour of a day in China."""
    return datetime.fromisoformat(f"{day}T{hour:02d}:00:00").replace(tzinfo=CHINA)


@dataclass
class Noticed:
    """A round at its notice, with the people who act on it."""

    place: Workplace
    round: Round
    staff: Actor
    verifier: Actor
    now: datetime
    people: dict[str, str] = field(default_factory=dict[str, str])
    contact: str = "某市某路某号"

    def act(self, actor: Actor = SYSTEM) -> Act:
        return Act(actor, self.now, self.place)

    @property
    def round_id(self) -> int:
        assert self.round.id is not None
        return self.round.id

    @property
    def run_id(self) -> int:
        with reading(self.place.engine) as session:
            return stage_by_key(session, self.round_id, "notice").run_id

    def notices(self) -> list[Notice]:
        run_id = self.run_id
        with reading(self.place.engine) as session:
            rows = list(notice.notices_of(session, run_id))
            session.expunge_all()
        return rows

    def post(self, day: str) -> Notice:
        """Post the last notice on a day."""
        self.now = at(day)
        last = self.notices()[-1].id or 0
        act = self.act(self.verifier)
        with reading(self.place.engine) as session:
            forms = notice.render_notice(session, act, last)
        with transaction(self.place.engine) as session:
            notice.post_notice(session, act, last, forms)
        return self.notices()[-1]

    def object_to(self, name: str, number: int = 1) -> Objection:
        """File an objection to a name now."""
        with transaction(self.place.engine) as session:
            filed = objections.file_objection(
                session,
                self.act(),
                self.notices()[number - 1].id or 0,
                case_no=self.people[name],
                grounds="现任职务与公示不符，请核查。",
                objector_name="反映人样",
                contact=self.contact,
                kind="person",
            )
            session.expunge(filed)
        return filed

    def rule(self, objection: Objection, *, upheld: bool) -> None:
        """Accept an objection, let two investigate it, and rule on it."""
        number = objection.id or 0
        self.accept(objection)
        self.investigate(objection)
        with transaction(self.place.engine) as session:
            verdict: Literal["upheld", "dismissed"] = "upheld" if upheld else "dismissed"
            act = self.act(self.verifier)
            objection_cases.decide_objection(session, act, number, verdict=verdict, ruling="已核查。")

    def accept(self, objection: Objection) -> None:
        """Take an objection up."""
        with transaction(self.place.engine) as session:
            objection_cases.accept_objection(session, self.act(self.staff), objection.id or 0)

    def investigate(self, objection: Objection) -> None:
        """Let two people investigate an accepted objection and sign their report."""
        number, team = objection.id or 0, self.investigators
        with transaction(self.place.engine) as session:
            assign_investigators(session, self.act(self.staff), number, [one.login for one in team])
        with transaction(self.place.engine) as session:
            objection_cases.file_report(session, self.act(team[0]), number, report="查阅档案并询问有关人员，情况如下。")
        with transaction(self.place.engine) as session:
            objection_cases.sign_report(session, self.act(team[1]), number)

    @cached_property
    def investigators(self) -> tuple[Actor, Actor]:
        """Two people of the discipline office."""
        with transaction(self.place.engine) as session:
            return (make_account(session, "check1", "discipline"), make_account(session, "check2", "discipline"))

    def promote(self, resolution: str = "领导小组第2次会议决议", document_no: str = "组〔2026〕2号") -> None:
        """Propose the next substitute and confirm them."""
        run_id = self.run_id
        with transaction(self.place.engine) as session:
            terms = {"resolution": resolution, "document_no": document_no}
            proposed = substitutes.propose_substitute(session, self.act(self.staff), run_id, **terms).id or 0
        with transaction(self.place.engine) as session:
            substitutes.promote_substitute(session, self.act(self.verifier), proposed)

    def close(self, day: str) -> list[str]:
        """Close on a day what is ready, as the flows do, and run what follows; returns what was closed."""
        self.now = at(day)
        with transaction(self.place.engine) as session:
            closed = close_what_is_ready(session, self.act())
        drive(self.place, self.round.key, self.now)
        return closed

    def sign(self) -> None:
        """Let staff and verifier pass the notice's gate, then run what follows."""
        sign_gate(self.place, self.round, [(self.staff, "staff"), (self.verifier, "verifier")], self.now)
        drive(self.place, self.round.key, self.now)

    def statuses(self) -> dict[str, str]:
        """Where everybody stands, by name."""
        with reading(self.place.engine) as session:
            query = select(Person.name, Nomination.status).join(Nomination)
            return {name: str(status) for name, status in session.exec(query).all()}

    def outcomes(self, key: str = "notice") -> dict[str, tuple[str, str | None, str]]:
        """Outcome, tier and reason of everybody in a stage, by name."""
        with reading(self.place.engine) as session:
            here = cases(session, stage_by_key(session, self.round_id, key).run_id)
            return {one.person.name: (one.entry.outcome.value, one.entry.tier, one.entry.reason) for one in here}

    def stage(self, key: str = "notice") -> StageStatus:
        """Where a stage stands."""
        with reading(self.place.engine) as session:
            return stage_by_key(session, self.round_id, key).run.status


def make_noticed(place: Workplace, programme: Programme | None = None, day: str = "2026-04-13") -> Noticed:
    """A round whose notice is drafted: five for the first tier, four for the second, two reserves."""
    state = f"noticed {day} {programme.model_dump_json() if programme else ''}"
    return made_once(place, state, lambda: _drafted(place, programme, day), noticed_again)


def noticed_again(place: Workplace, made: Noticed) -> Noticed:
    """The same for a workplace of another test."""
    return replace(made, place=place, people=dict(made.people), round=round_again(place, made.round))


def _drafted(place: Workplace, programme: Programme | None, day: str) -> Noticed:
    round_ = make_round(place, programme)
    with transaction(place.engine) as session:
        staff = make_account(session, "staff", "staff")
        verifier = make_account(session, "verifier", "verifier")
        runs = session.exec(select(StageRun).order_by(col(StageRun.position))).all()
        here = next(run for run in runs if run.key == "notice")
        before = runs[here.position - 1]
        for run in runs[: here.position]:
            run.status = StageStatus.PASSED
        here.status, here.attempt = StageStatus.DUE, 1
        levels = [*(("great", name) for name in GREAT), *(("craftsman", name) for name in CRAFTSMEN)]
        levels += [("", name) for name in RESERVES]
        people: dict[str, str] = {}
        for number, (tier, name) in enumerate(levels, start=1):
            nomination = make_nomination(session, round_, number)
            session.get_one(Person, nomination.person_id).name = name
            people[name] = nomination.case_no
            outcome = Outcome.ADVANCE if tier else Outcome.RESERVE
            entry = StageEntry(stage_run_id=before.id or 0, nomination_id=nomination.id or 0, outcome=outcome)
            entry.tier, entry.place = tier or None, number
            session.add(entry)
    noticed = Noticed(place, round_, staff, verifier, at(day), people)
    drive(place, round_.key, noticed.now)
    return noticed

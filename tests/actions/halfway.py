"""A round halfway: its scoring has passed and its contest is open; shorthands for corrections; fictitious people."""

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.corrections import request_correction
from craftsman.actions.follow_ups import open_lines, resolve_follow_up
from craftsman.actions.gates import approve_gate
from craftsman.actions.views import StageView, stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import (
    Assignment,
    FollowUp,
    Gate,
    GateStatus,
    Nomination,
    Round,
    ScoreSheet,
    SealedResult,
    StageRun,
    StageStatus,
)
from tests.actions.balloting import SEATS
from tests.actions.judging import (
    CONTEST_KEYS,
    SCORE_KEYS,
    close,
    entries,
    mark,
    numbers,
    opened_scoring,
    score_all,
    small_programme,
)
from tests.actions.made_once import made_once, round_again
from tests.factories import NOW, act_of, make_account

SIGNERS = [("keeper", "staff"), ("second", "verifier")]
CONTEST_SIGNERS = [("keeper2", "staff"), ("second2", "verifier")]
POINTS = (90, 80, 70, 60)


class Halfway:
    """A round whose scoring has passed, with the contest open; case 1 leads, case 4 comes last."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self.round: Round = made_once(place, "halfway", lambda: _scored(place), round_again)

    def contest(self, *signers: tuple[str, str]) -> None:
        """Judge the contest, all alike, and close it."""
        score_all(self.place, self.round, dict.fromkeys(numbers(self.place), 80), CONTEST_KEYS)
        close(self.place, self.round, "contest", *signers)

    def view(self, session: Session, key: str = "score") -> StageView:
        return stage_by_key(session, self.round.id or 0, key)

    def act(self, session: Session, login: str) -> Act:
        return act_of(self.place, actor_by_login(session, login))

    def remark(self, points: int = 50, case: int = 0) -> None:
        """Other sheets of a case, as a corrected slip of the pen would leave them."""
        with transaction(self.place.engine) as session:
            query = (
                select(Assignment.id)
                .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
                .where(Assignment.stage_run_id == self.view(session).run_id)
                .where(Nomination.case_no == numbers(self.place)[case])
            )
            for sheet in session.exec(query).all():
                made = ScoreSheet(
                    assignment_id=sheet or 0, version=2, marks=mark(SCORE_KEYS, points, integrity=80), scored_at=NOW
                )
                session.add(made)

    def ask(self, key: str = "score", login: str = "closer-score", reason: str = "录入有误") -> None:
        with transaction(self.place.engine) as session:
            request_correction(session, self.act(session, login), self.view(session, key), reason=reason)

    def corrected(self, points: int = 50) -> None:
        """A correction of the scoring that is in force."""
        self.remark(points)
        self.ask()
        assert self.sign(SIGNERS)

    def sign(self, people: list[tuple[str, str]]) -> bool:
        """Let people sign the first gate that waits."""
        passed = False
        for login, role in people:
            with transaction(self.place.engine) as session:
                waiting = select(Gate).join(StageRun).where(Gate.status == GateStatus.WAITING)
                gate = session.exec(waiting.order_by(col(StageRun.position))).first()
                assert gate is not None
                passed = approve_gate(session, self.act(session, login), gate.id or 0, digest=gate.digest, role=role)
        return passed

    def status(self, key: str) -> StageStatus:
        with reading(self.place.engine) as session:
            return self.view(session, key).run.status

    def gates(self, key: str) -> list[tuple[str, bool, str]]:
        with reading(self.place.engine) as session:
            query = select(Gate.status, Gate.correction, Gate.reason).join(StageRun).where(StageRun.key == key)
            return [
                (status, correction, reason)
                for status, correction, reason in session.exec(query.order_by(col(Gate.number))).all()
            ]

    def bodies(self, key: str) -> list[str]:
        with reading(self.place.engine) as session:
            query = select(SealedResult.body).join(StageRun).where(StageRun.key == key)
            return list(session.exec(query.order_by(col(SealedResult.number))).all())

    def places(self, key: str) -> list[int | None]:
        found = entries(self.place, self.round, key)
        return [found[one].place for one in numbers(self.place)]

    def resolve(self, login: str = "second") -> None:
        """Let a verifier record the decision on all that is open."""
        with transaction(self.place.engine) as session:
            for number in session.exec(select(FollowUp.id).where(col(FollowUp.resolved_at).is_(None))).all():
                act = self.act(session, login)
                resolve_follow_up(session, act, number or 0, decision="维持", authority="虚构〔2026〕1号")

    def left(self) -> list[str]:
        with reading(self.place.engine) as session:
            return open_lines(session, self.round.id or 0)


def _scored(place: Workplace) -> Round:
    made = opened_scoring(place, cases=4, programme=small_programme(tiers=SEATS, ballot={"reserve": 1}))
    with transaction(place.engine) as session:
        for number in range(1, 6):
            make_account(session, f"judge{number}", "judge")
            make_account(session, f"member{number}", "committee")
    score_all(place, made, dict(zip(numbers(place), POINTS, strict=True)))
    close(place, made, "score", *SIGNERS)
    return made

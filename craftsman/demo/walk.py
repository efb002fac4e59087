"""The walk through all stages: advance the flow, let people act, close, sign, until the round is finished."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from sqlmodel import select

from craftsman.actions.gates import approve_gate
from craftsman.actions.releases import release_documents
from craftsman.actions.rounds import stages_of
from craftsman.actions.stages import request_close
from craftsman.actions.views import StageView, round_by_key, stage_view
from craftsman.demo.hand import Stagehand
from craftsman.demo.intake import play_intake
from craftsman.demo.notice import play_notice
from craftsman.demo.review import play_ballot, play_endorse, play_judged
from craftsman.errors import Refused
from craftsman.sample.book import SampleBook
from craftsman.store.engine import reading
from models import Gate, GateStatus, StageStatus

Advance = Callable[[int], None]
PLAYS: dict[str, Callable[[Stagehand, StageView, Advance], None]] = {
    "endorse": play_endorse,
    "score": play_judged,
    "contest": play_judged,
    "ballot": play_ballot,
    "notice": play_notice,
}


class Show(Protocol):
    """What the walk tells while it goes on."""

    def stage(self, view: StageView) -> AbstractContextManager[Advance]:
        """A bar for one stage; the value moves it on by so many cases."""
        ...


def walk(hand: Stagehand, book: SampleBook, show: Show) -> None:
    """From the opened round to the announced winners."""
    for stage in hand.programme.rules.stages:
        opens, closes = hand.programme.planned(stage.key)
        hand.set_time(opens)
        hand.advance()
        view = hand.look(lambda _, here: here, stage.key)
        with show.stage(view) as advance:
            if view.run.status == StageStatus.OPEN:
                _people_act(hand, book, view, advance)
                if stage.kind != "notice":
                    hand.set_time(closes)
                    hand.do(hand.login("staff"), request_close, view.run_id)
                hand.advance()
            _sign(hand, stage.key)
    with reading(hand.place.engine) as session:
        if round_by_key(session, hand.round_key).finished_at is None:
            raise Refused("演练未能走完全程。")
        round_id = round_by_key(session, hand.round_key).id or 0
    hand.later(hours=1)
    hand.do(hand.login("verifier"), release_documents, round_id)


def _people_act(hand: Stagehand, book: SampleBook, view: StageView, advance: Advance) -> None:
    hand.later(hours=2)
    if view.run.kind == "intake":
        play_intake(hand, book, advance)
    elif view.run.kind in PLAYS:
        PLAYS[view.run.kind](hand, view, advance)


def _sign(hand: Stagehand, key: str) -> None:
    """Everybody whom the gate demands signs it, each under the digest shown."""
    with reading(hand.place.engine) as session:
        round_ = round_by_key(session, hand.round_key)
        run = next(run for run in stages_of(session, round_.id or 0) if run.key == key)
        waiting = select(Gate).where(Gate.stage_run_id == run.id, Gate.status == GateStatus.WAITING)
        gate = session.exec(waiting).first()
        demands = stage_view(session, run.id or 0).stage.signoffs
    if gate is None:
        return
    level = _levels_before(hand, key)
    for demand in demands:
        for number in range(demand.count):
            hand.later(minutes=20)
            signer = hand.login(demand.role, number + level * demand.count)
            hand.do(signer, approve_gate, gate.id or 0, digest=gate.digest, role=demand.role)


def _levels_before(hand: Stagehand, key: str) -> int:
    """How many levels of endorsement stand before this one: each is signed by others."""
    levels = [stage.key for stage in hand.programme.rules.stages if stage.kind == "endorse"]
    return levels.index(key) if key in levels else 0

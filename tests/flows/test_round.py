"""The annual round as a flow, against a real Prefect server."""

from prefect import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from sqlmodel import select

from craftsman.actions import stages
from craftsman.actions.stages import close_what_is_ready
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import Head, head_of
from craftsman.store.engine import reading, transaction
from flows.inprocess import advance_here
from flows.review import approve
from models import AuditEvent, Grant, StageStatus
from tests.driver import drive
from tests.factories import act_of
from tests.small_round import KEY, finished, open_small_round, people_act, results, standing


def _history(place: Workplace) -> Head:
    with reading(place.engine) as session:
        return head_of(session)


def _step(place: Workplace) -> stages.Step:
    with transaction(place.engine) as session:
        step = stages.claim(session, act_of(place), KEY)
        assert step is not None
        return step


def test_a_run_ends_awaiting_people(desk: Workplace) -> None:
    open_small_round(desk)
    state = advance_here(desk, KEY)
    assert (state.type, state.name) == ("COMPLETED", "AwaitingApproval")
    assert state.message == "“报名”办理中，等待有关人员办结"


def test_a_second_run_changes_nothing(desk: Workplace) -> None:
    open_small_round(desk)
    advance_here(desk, KEY)
    before = _history(desk)
    assert advance_here(desk, KEY).name == "AwaitingApproval"
    assert _history(desk) == before


def test_flows_finish_a_round_as_the_driver_does(desk: Workplace) -> None:
    open_small_round(desk)
    state = advance_here(desk, KEY)
    while not finished(desk):
        people_act(desk)
        with transaction(desk.engine) as session:
            close_what_is_ready(session, act_of(desk, now=desk.now()))
        state = advance_here(desk, KEY)
    assert (state.name, state.message) == ("RoundFinished", "全部环节已通过，本轮次办结。")
    assert set(results(desk)) == {"intake", "screen", "score", "ballot", "approve", "notice", "announce"}


def test_each_step_leaves_a_report(desk: Workplace) -> None:
    open_small_round(desk)
    advance_here(desk, KEY)
    people_act(desk)
    advance_here(desk, KEY)
    with get_client(sync_client=True) as client:
        keys = ArtifactFilter(key=ArtifactFilterKey(any_=[f"{KEY}-screen-close"]))
        newest = client.read_artifacts(artifact_filter=keys)[-1]
    assert "| 进入下一环节 |" in str(newest.data)
    assert results(desk)["screen"][0] in str(newest.data)
    assert "根哈希" in str(newest.data)


def test_history_names_the_outermost_run(desk: Workplace) -> None:
    open_small_round(desk)
    state = advance_here(desk, KEY)
    with reading(desk.engine) as session:
        bodies = session.exec(select(AuditEvent.body).where(AuditEvent.act == "stage.opened")).all()
    assert [f'"flow_run":"{state.state_details.flow_run_id}"' in body for body in bodies] == [True]


def test_a_superseded_step_ends_quietly(desk: Workplace) -> None:
    open_small_round(desk)
    step = _step(desk)
    with transaction(desk.engine) as session:
        later = act_of(desk)
        stages.hold(session, later, step).run.attempt += 1
    before = _history(desk)
    state = approve(step, return_state=True)
    assert (state.type, state.name) == ("COMPLETED", "Superseded")
    assert _history(desk) == before


def test_a_refusal_is_told_in_the_state(desk: Workplace) -> None:
    open_small_round(desk)
    drive(desk, KEY, desk.now())
    people_act(desk)
    # nobody may score: the opening of the scoring is refused
    with transaction(desk.engine) as session:
        for grant in session.exec(select(Grant).where(Grant.role == "expert")).all():
            session.delete(grant)
    state = advance_here(desk, KEY)
    assert (state.type, state.name) == ("FAILED", "Refused")
    run = standing(desk)
    assert run is not None
    assert (run.key, run.status) == ("score", StageStatus.DUE)
    assert run.refusal.startswith("部分申报的评委不足")

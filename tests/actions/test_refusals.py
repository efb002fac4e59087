"""What is refused to somebody stands in the history, a few times a minute; the rest is one number."""

import json
from datetime import timedelta

from sqlmodel import col, select

from craftsman.actions.acting import Act
from craftsman.actions.portal_reads import was_done
from craftsman.actions.refusals import TOLD_A_MINUTE, keep_refusal
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden
from craftsman.store.engine import reading, transaction
from models import AuditEvent
from tests.factories import NOW, act_of, make_account

REFUSED = Forbidden("您没有办理此事项的权限。", asked="gate.sign")


def refusals(place: Workplace) -> list[tuple[str, str, str]]:
    """(act, subject, facts) of refusals in the history."""
    with reading(place.engine) as session:
        query = select(AuditEvent).where(col(AuditEvent.act).startswith("access.")).order_by(col(AuditEvent.seq))
        rows = session.exec(query).all()
    return [(row.act, row.subject, json.dumps(json.loads(row.body)["facts"], sort_keys=True)) for row in rows]


def test_flood_of_refusals_is_one_number(place: Workplace) -> None:
    with transaction(place.engine) as session:
        expert, other = make_account(session, "e1", "expert"), make_account(session, "e2", "expert")
    for second in range(12):
        keep_refusal(act_of(place, expert, NOW + timedelta(seconds=second)), REFUSED)
    assert refusals(place) == [("access.refused", "account/e1", '{"asked": "gate.sign"}')] * TOLD_A_MINUTE
    keep_refusal(act_of(place, other, NOW + timedelta(seconds=61)), Forbidden("有他的理由"))
    assert refusals(place)[TOLD_A_MINUTE:] == [
        ("access.refused_often", "account/e1", f'{{"count": 7, "since": "{NOW.isoformat()}"}}'),
        ("access.refused", "account/e2", '{"asked": "other"}'),
    ]
    keep_refusal(act_of(place, expert, NOW + timedelta(seconds=62)), REFUSED)
    assert len(refusals(place)) == TOLD_A_MINUTE + 3


def test_refused_request_may_come_again(place: Workplace) -> None:
    with transaction(place.engine) as session:
        expert = make_account(session, "e1", "expert")
    keep_refusal(Act(expert, NOW, place, request_id="r-1"), REFUSED)
    with reading(place.engine) as session:
        assert not was_done(session, "r-1")


def test_services_and_guests_leave_no_refusal(place: Workplace) -> None:
    keep_refusal(act_of(place), REFUSED)
    assert refusals(place) == []

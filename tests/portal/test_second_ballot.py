"""The office opens a second round knowing who stands; all people are fictitious."""

from pathlib import Path

import pytest
from sqlmodel import select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import Account, BallotRound
from tests.actions.balloting import vote
from tests.actions.judging import numbers
from tests.actions.test_second_round import first_round, opened
from tests.factories import NOW, make_account
from tests.portal.scene import HASH, Scene, at
from tests.portal.test_recused import recuse

STAGE = "/rounds/hebei-great-craftsman-2026/stages/ballot"
SECOND = f"{STAGE}/second"


@pytest.fixture
def polled(place: Workplace, tmp_path: Path) -> Scene:
    """A ballot of six members; its office can log in."""
    round_ = opened(place)
    with transaction(place.engine) as session:
        session.exec(select(Account).where(Account.login == "office")).one().password_hash = HASH
        make_account(session, "auditor", "auditor", password_hash=HASH)
    return Scene(at(place, tmp_path, NOW), round_)


def rounds_of(scene: Scene) -> list[int]:
    with reading(scene.place.engine) as session:
        return [one.seats for one in session.exec(select(BallotRound)).all()]


def test_page_shows_who_would_stand(polled: Scene) -> None:
    first_round(polled.place, polled.round)
    office = polled.visitor("office")
    assert f'href="{SECOND}"' in office.get(STAGE).text
    page = office.get(SECOND).text
    two, three, four, five = numbers(polled.place)[1:5]
    assert "所余名额 2 名，候选人 3 名" in page
    assert all(f'name="standing" value="{one}"' in page for one in (three, four, five))
    assert f'name="standing" value="{two}"' not in page
    assert rounds_of(polled) == []


def test_second_round_opens_once(polled: Scene) -> None:
    first_round(polled.place, polled.round)
    office = polled.visitor("office")
    fields = [*office.hidden(SECOND, SECOND), ("confirmed", "yes")]
    answers = [office.post(SECOND, fields), office.post(SECOND, fields)]
    assert [answer.headers.get("location") for answer in answers] == [f"{STAGE}?done=second-round"] * 2
    assert rounds_of(polled) == [2]
    assert "第二轮投票已经开启" in office.get(SECOND).text


def test_what_was_shown_is_opened(polled: Scene) -> None:
    first_round(polled.place, polled.round)
    office = polled.visitor("office")
    fields = [field for field in office.hidden(SECOND, SECOND) if field[1] != numbers(polled.place)[4]]
    answer = office.post(SECOND, [*fields, ("confirmed", "yes")])
    assert (answer.status_code, "在您查看之后有变化" in answer.text, rounds_of(polled)) == (409, True, [])


def test_votes_stay_secret_until_all_voted(polled: Scene) -> None:
    for member in (1, 2, 3, 4, 5):
        vote(polled.place, polled.round, member, 2)
    office = polled.visitor("office")
    page = office.get(SECOND).text
    assert ("李6" in page, [one in page for one in numbers(polled.place)]) == (True, [False] * 6)
    refused = office.send(SECOND, SECOND, closing="李6 出差", confirmed="")
    assert (refused.status_code, "李6 出差</textarea>" in refused.text) == (422, True)
    assert office.send(SECOND, SECOND, closing="李6 出差", confirmed="yes").status_code in (303, 409)


def test_recused_staff_see_no_candidate(polled: Scene) -> None:
    first_round(polled.place, polled.round)
    recuse(polled, "office")
    answer = polled.visitor("office").get(SECOND)
    assert (answer.status_code, any(one in answer.text for one in numbers(polled.place))) == (403, False)


def test_only_staff_open_a_round(polled: Scene) -> None:
    first_round(polled.place, polled.round)
    auditor = polled.visitor("auditor")
    assert (auditor.get(SECOND).status_code, SECOND in auditor.get(STAGE).text) == (403, False)

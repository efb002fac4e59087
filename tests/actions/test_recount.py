"""Sealed ballots are laid open without people, and anybody's count is the sealed one."""

import json
from hashlib import sha256

import pytest

from craftsman.actions.acting import actor_by_login
from craftsman.actions.publishing import published_ballot
from craftsman.actions.sealing import latest_result
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.rules.recount import Published, count_lines, count_record, counted, read_published
from craftsman.store.engine import reading, transaction
from models import Round
from tests.actions.balloting import opened_ballot, receipt_of, run_id_of, vote
from tests.actions.judging import close, numbers
from tests.factories import act_of, make_account


def publish(place: Workplace, round_: Round, login: str = "reader") -> Published:
    with reading(place.engine) as session:
        act = act_of(place, actor_by_login(session, login))
        return published_ballot(session, act, stage_by_key(session, round_.id or 0, "ballot"))


def voted(place: Workplace) -> Round:
    with transaction(place.engine) as session:
        make_account(session, "reader", "auditor")
    round_ = opened_ballot(place, members=3)
    for member, choices in enumerate(((1, 2), (1, 3), ()), start=1):
        vote(place, round_, member, *choices)
    return round_


def test_anybodys_count_is_the_sealed_one(place: Workplace) -> None:
    round_ = voted(place)
    close(place, round_, "ballot")
    found = read_published(publish(place, round_).model_dump_json())
    record = count_record(counted(found.papers, found))
    with reading(place.engine) as session:
        result = latest_result(session, run_id_of(place, round_))
    assert result is not None
    sealed = json.loads(result.body)
    votes = {line["case_no"]: line["detail"]["votes"] for line in sealed["entries"]}
    assert (found.result, record["votes"]) == (result.digest, votes)
    parts = ("issued", "returned", "valid", "void", "abstained")
    assert [record[part] for part in parts] == [sealed["summary"][part] for part in parts] == [3, 3, 3, 0, 1]


def test_papers_tell_no_people(place: Workplace) -> None:
    round_ = voted(place)
    close(place, round_, "ballot")
    found = publish(place, round_)
    one, two, three = numbers(place)[:3]
    assert found.papers == ((), (one, two), (one, three))
    assert found.receipts == tuple(sorted(sha256(receipt_of(member).encode()).hexdigest() for member in (1, 2, 3)))
    assert "member" not in found.model_dump_json()


def test_an_open_box_stays_shut(place: Workplace) -> None:
    round_ = voted(place)
    with pytest.raises(Refused, match="尚未封存"):
        publish(place, round_)
    with pytest.raises(Forbidden):
        publish(place, round_, "member1")


BALLOT = Published(
    round="虚构轮次",
    stage="ballot",
    result="0" * 64,
    candidates=("a", "b", "c"),
    seats=1,
    majority="2/3",  # pyright: ignore[reportArgumentType]
    base="实到",
    entitled=4,
    present=3,
    recused={"b": 1},
    papers=((), ("a",), ("a", "b")),
    receipts=("1", "2", "3"),
)


def test_overfull_papers_are_void() -> None:
    assert count_lines(counted(BALLOT.papers, BALLOT))[:2] == [
        "发出 3 张，收回 3 张，有效 2 张，废票 1 张，其中弃权 1 张",
        "a：得 1 票，计票基数 3，需 2 票：未达到所需票数，未当选。",
    ]


@pytest.mark.parametrize(
    "change", [{"papers": [["a"]]}, {"receipts": ["1", "1", "3"]}, {"seats": 0}, {"majority": "0.66"}, {"more": 1}]
)
def test_changed_files_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        read_published(json.dumps({**BALLOT.model_dump(mode="json"), **change}))


def test_more_papers_than_members_are_refused() -> None:
    papers = [*BALLOT.papers, ("a",)]
    with pytest.raises(Refused, match="票数对不上"):
        counted(papers, BALLOT)

"""Experts are loaded, drawn in public, answer, are replaced, and the draw is proved again."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlmodel import col, select

from craftsman.actions.experts import contact_of, experts_of, load_experts
from craftsman.actions.panel_answers import accept_invitation, decline_invitation
from craftsman.actions.panels import announce_panel, draw_panel, draws_of, verify_draw
from craftsman.actions.proposals import GrantIn, confirm_proposal, proposal, propose_grants
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.rules.panel import Need, Seat
from craftsman.store.engine import reading, transaction
from craftsman.workbook.tables import read_experts
from models import Account, Expert, Grant, PanelDraw, PanelSeat, Round, SeatStatus
from tests.actions.handing_in import events
from tests.actions.judging import actor, opened_scoring, panels
from tests.factories import act_of, make_account, make_round

NEEDS = [Need("3", 2, 2)]


def entry(number: int, **changes: object) -> dict[str, Any]:
    """A row of the table of experts; fictitious."""
    return {
        "number": f"E{number:02}",
        "name": f"某{number}",
        "unit": f"虚构大学{number}",
        "uscc": "91130100MA00000001",
        "disciplines": ["3"],
        "phone": f"138000000{number:02}",
        "login": f"pro{number}",
        **changes,
    }


def load(place: Workplace, *rows: dict[str, Any]) -> tuple[int, int, int]:
    with transaction(place.engine) as session:
        act = act_of(place, actor(place, "opener"))
        found = load_experts(session, act, rows, source="虚构名单")
    return found.added, found.changed, found.same


def library(place: Workplace, people: int = 6) -> Round:
    """An opened round and a library of people with accounts, none of whom holds a role."""
    round_ = make_round(place)
    with transaction(place.engine) as session:
        for number in range(1, people + 1):
            make_account(session, f"pro{number}")
    load(place, *(entry(number) for number in range(1, people + 1)))
    return round_


def announce(place: Workplace, round_: Round, needs: list[Need] | None = None, **named: str) -> int:
    with transaction(place.engine) as session:
        act = act_of(place, actor(place, "opener"))
        told = {"seed": "583", "source": "虚构开奖第1期", **named}
        return announce_panel(session, act, round_.key, needs=needs or NEEDS, **told).id or 0


def drawn(place: Workplace, number: int) -> list[Seat]:
    with transaction(place.engine) as session:
        return draw_panel(session, act_of(place, actor(place, "opener")), number)


def accept(place: Workplace, draw: int, number: str) -> None:
    with transaction(place.engine) as session:
        accept_invitation(session, act_of(place, actor(place, "opener")), draw, number)


def decline(place: Workplace, draw: int, number: str, reason: str = "出差") -> str | None:
    with transaction(place.engine) as session:
        return decline_invitation(session, act_of(place, actor(place, "opener")), draw, number, reason=reason)


def faults(place: Workplace, draw: int) -> list[str]:
    with reading(place.engine) as session:
        return verify_draw(session, act_of(place, actor(place, "opener")), draw)


def experts_in(place: Workplace, round_: Round) -> list[str]:
    with reading(place.engine) as session:
        query = select(Account.login).join(Grant).where(Grant.role == "expert", Grant.round_id == round_.id)
        return sorted(session.exec(query.where(col(Grant.ended_at).is_(None))).all())


def statuses(place: Workplace) -> Mapping[str, str]:
    with reading(place.engine) as session:
        return dict(session.exec(select(Expert.number, PanelSeat.status).join(Expert)).all())


def test_the_library_is_brought_up_to_date(place: Workplace) -> None:
    library(place, 2)
    assert load(place, entry(2), entry(1, title="高级工程师"), entry(3, login="")) == (1, 1, 1)
    assert [json.loads(event.body)["facts"]["added"] for event in events(place, "expert.loaded")] == [2, 1]


def test_a_new_phone_is_a_change(place: Workplace) -> None:
    library(place, 1)
    assert load(place, entry(1, phone="13900000000")) == (0, 1, 0)
    assert load(place, entry(1, phone="13900000000")) == (0, 0, 1)


def test_only_columns_of_the_table_are_changed(place: Workplace) -> None:
    library(place, 1)
    load(place, entry(1, title="教授", email="e01@example.org", active=False))
    needed = "编号,姓名,工作单位,产业代码"
    left_out = read_experts(f"{needed}\nE01,某1,虚构大学1,3\n".encode(), "名单.csv")
    assert load(place, *left_out) == (0, 0, 1)
    emptied = read_experts(f"{needed},手机,职务职称,账号\nE01,某一,虚构大学1,3,,,pro1\n".encode(), "名单.csv")
    with transaction(place.engine) as session:
        act = act_of(place, actor(place, "opener"))
        (fate,) = load_experts(session, act, emptied, source="虚构名单").fates
        assert (sorted(fate.changed), sorted(fate.cleared)) == (["name", "phone", "title"], ["phone", "title"])
        assert contact_of(session, act, "E01", reason="核对") == ("", "e01@example.org")
        assert not session.exec(select(Expert.active)).one()


def test_contacts_are_sealed_and_looks_recorded(place: Workplace) -> None:
    library(place, 1)
    with transaction(place.engine) as session:
        assert "138" not in session.exec(select(Expert.phone_cipher)).one()[:3]
        act = act_of(place, actor(place, "opener"))
        assert contact_of(session, act, "E01", reason="通知评审") == ("13800000001", "")
    assert [event.subject for event in events(place, "expert.contact_read")] == ["expert/E01"]


def test_faulty_rows_load_nothing(place: Workplace) -> None:
    library(place, 1)
    with pytest.raises(Invalid) as refusal:
        load(place, entry(2, phone="138", login=""), entry(3, uscc="1", login="nobody", email="x"))
    assert [line.partition("：")[0] for line in refusal.value.details] == ["专家 E02"] + ["专家 E03"] * 3
    assert "138" not in "".join(refusal.value.details)
    with reading(place.engine) as session:
        assert session.exec(select(Expert.number)).all() == ["E01"]


def test_past_loads_are_counted(place: Workplace) -> None:
    opened_scoring(place, cases=3)
    load(place, entry(1, login="expert1"), entry(2, login=""))
    with reading(place.engine) as session:
        listed = experts_of(session, act_of(place, actor(place, "opener")))
    assert [(expert.number, past) for expert, past in listed] == [("E01", 3), ("E02", 0)]


def test_seed_and_pool_stand_before_the_draw(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    (event,) = events(place, "panel.announced")
    with reading(place.engine) as session:
        kept = session.exec(select(PanelDraw)).one()
        assert (kept.drawn_at, session.exec(select(PanelSeat)).all()) == (None, [])
    facts = json.loads(event.body)["facts"]
    assert (facts["seed"], facts["pool"], facts["experts"]) == ("583", kept.pool_digest, 6)
    assert [seat.alternate for seat in drawn(place, number)] == [False, False, True, True]


def test_the_same_seed_draws_the_same_panel(place: Workplace) -> None:
    round_ = library(place)
    assert drawn(place, announce(place, round_)) == drawn(place, announce(place, round_))


def test_a_changed_library_stops_the_draw(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    load(place, entry(7, login=""))
    with pytest.raises(Refused, match="专家库有变动"):
        drawn(place, number)


def test_a_draw_is_made_once(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    drawn(place, number)
    with pytest.raises(Refused, match="不能再抽"):
        drawn(place, number)


def test_inactive_experts_are_not_drawn(place: Workplace) -> None:
    round_ = library(place, 5)
    load(place, entry(1, active=False))
    assert {seat.number for seat in drawn(place, announce(place, round_))} == {"E02", "E03", "E04", "E05"}


def test_whoever_accepts_reviews(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    first = drawn(place, number)[0].number
    accept(place, number, first)
    login = first.replace("E0", "pro")
    assert experts_in(place, round_) == [login]
    with reading(place.engine) as session:
        account = session.exec(select(Account).where(Account.login == login)).one()
    assert (account.uscc, account.disciplines) == ("91130100MA00000001", ["3"])


def test_alternates_are_called_in_order(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    one, two, three, four = (seat.number for seat in drawn(place, number))
    assert [decline(place, number, who) for who in (one, three, two, four)] == [three, four, None, None]
    assert set(statuses(place).values()) == {SeatStatus.DECLINED}
    called = [json.loads(event.body)["facts"]["called"] for event in events(place, "panel.declined")]
    assert called == [three, four, "", ""]


def test_whoever_accepted_is_replaced(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    one, _, three, _ = (seat.number for seat in drawn(place, number))
    accept(place, number, one)
    assert decline(place, number, one, "因病") == three
    assert experts_in(place, round_) == []
    accept(place, number, three)
    assert experts_in(place, round_) == [three.replace("E0", "pro")]
    assert [event.subject for event in events(place, "account.role_ended")] == [f"account/{one.replace('E0', 'pro')}"]


def test_an_ended_role_may_be_granted_again(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    login = (one := drawn(place, number)[0].number).replace("E0", "pro")
    accept(place, number, one)
    decline(place, number, one)
    with transaction(place.engine) as session:
        security, auditor = (act_of(place, make_account(session, f"a-{one}", one)) for one in ("security", "auditor"))
        number = propose_grants(session, security, [GrantIn(login, "expert")], round_id=round_.id)
        confirm_proposal(session, auditor, number, seen=proposal(session, auditor, number).digest)
    assert experts_in(place, round_) == [login]


def test_open_sheets_are_handed_over_first(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    load(place, entry(1, login="expert1"))
    number = announce(place, round_, [Need("", 1, 0)])
    drawn(place, number)
    accept(place, number, "E01")
    before = panels(place, round_)
    with pytest.raises(Refused, match="名下还有评分表"):
        decline(place, number, "E01")
    assert (panels(place, round_), statuses(place)) == (before, {"E01": SeatStatus.ACCEPTED})


def test_answers_follow_their_order(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    one, _, three, _ = (seat.number for seat in drawn(place, number))
    with pytest.raises(Refused, match="该专家现为“候补”，不能改为“已接受”"):
        accept(place, number, three)
    with pytest.raises(Invalid, match="不能参加的理由"):
        decline(place, number, one, " ")
    with pytest.raises(NotFound, match="没有抽到专家"):
        outside = next(f"E{who:02}" for who in range(1, 7) if f"E{who:02}" not in statuses(place))
        accept(place, number, outside)


def test_without_account_nobody_accepts(place: Workplace) -> None:
    round_ = make_round(place)
    load(place, entry(1, login=""))
    number = announce(place, round_, [Need("3", 1, 0)])
    drawn(place, number)
    with pytest.raises(Refused, match="没有可用的账号"):
        accept(place, number, "E01")


def test_a_witness_is_of_the_discipline(place: Workplace) -> None:
    round_ = library(place)
    with transaction(place.engine) as session:
        make_account(session, "observer", "discipline")
    announce(place, round_, witness="observer")
    with pytest.raises(Invalid, match="不是本轮次的监督人员"):
        announce(place, round_, witness="opener")


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        ([Need("999", 1, 0)], "没有代码“999”"),
        ([Need("3", 0, 1)], "至少抽一名"),
        ([Need("3", 1, 0), Need("3", 1, 0)], "只能列一次"),
        ([Need("3", 7, 0)], "专家不足"),
    ],
)
def test_unsound_needs_are_refused(place: Workplace, needs: list[Need], told: str) -> None:
    round_ = library(place)
    with pytest.raises(Refused, match=told):
        announce(place, round_, needs)
    assert events(place, "panel.announced") == []


def test_a_draw_is_proved_again(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    with pytest.raises(Refused, match="尚未抽取"):
        faults(place, number)
    drawn(place, number)
    load(place, entry(7, login=""))
    assert faults(place, number) == []


def test_a_changed_draw_is_found_out(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    drawn(place, number)
    with transaction(place.engine) as session:
        kept = session.exec(select(PanelDraw)).one()
        kept.seed, kept.pool = "584", kept.pool.replace("E06", "E09")
        session.add(kept)
    told = faults(place, number)
    assert told[:2] == ["专家名单与公告的指纹不符", "种子或名单与历史记录中的公告不符"]


def test_a_seat_given_to_another_is_found_out(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    drawn(place, number)
    with transaction(place.engine) as session:
        seats = {seat.expert_id: seat for seat in session.exec(select(PanelSeat)).all()}
        outside = next(one for one in session.exec(select(Expert.id)).all() if one not in seats)
        seat = next(iter(seats.values()))
        seat.expert_id = outside or 0
        session.add(seat)
    assert faults(place, number) == ["保存的抽取结果与重新抽取不符"]


def test_draws_are_listed_with_their_seats(place: Workplace) -> None:
    round_ = library(place)
    number = announce(place, round_)
    announce(place, round_)
    seats = drawn(place, number)
    with reading(place.engine) as session:
        listed = draws_of(session, act_of(place, actor(place, "opener")), round_.key)
        assert [[expert.number for _, expert in found] for _, found in listed] == [[one.number for one in seats], []]


def test_only_staff_draw(place: Workplace) -> None:
    round_ = library(place)
    with pytest.raises(Forbidden), transaction(place.engine) as session:
        act = act_of(place, actor(place, "pro1"))
        announce_panel(session, act, round_.key, needs=NEEDS, seed="1", source="虚构")

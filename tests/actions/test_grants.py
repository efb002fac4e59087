"""Roles are granted by two of the three administrators, never to oneself, and end with the round."""

import re

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from craftsman.actions.acting import actor_by_login, holders
from craftsman.actions.administrators import FirstPerson, first_administrators, lacking_administrators
from craftsman.actions.grants import clashes, end_grants_of, end_role_early
from craftsman.actions.proposals import confirm_proposal, refuse_proposal
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.store.engine import reading, transaction
from models import Account, AuditEvent, Grant, GrantProposal, Organisation, Role
from tests.actions.three import appoint, confirm, digest_of, do, propose
from tests.factories import act_of, make_account, make_round


def people(place: Workplace, count: int = 2) -> list[str]:
    """Accounts without a role."""
    logins = [f"p{number:03d}" for number in range(count)]
    with transaction(place.engine) as session:
        for login in logins:
            make_account(session, login)
    return logins


def roles_of(place: Workplace, login: str) -> frozenset[tuple[str, int | None]]:
    with reading(place.engine) as session:
        return actor_by_login(session, login).grants


def told(place: Workplace, *acts: str) -> list[tuple[str, str, str]]:
    """(act, actor, subject) of these acts in the history."""
    with reading(place.engine) as session:
        query = select(AuditEvent.act, AuditEvent.actor, AuditEvent.subject).where(col(AuditEvent.act).in_(acts))
        return list(session.exec(query.order_by(col(AuditEvent.seq))).all())


def end_early(place: Workplace, login: str, whose: str, role: Role) -> None:
    do(place, login, lambda session, act: end_role_early(session, act, whose, role, round_id=None, reason="调离"))


def test_two_administrators_grant_a_table(place: Workplace) -> None:
    appoint(place)
    first, second = people(place)
    number = propose(place, [(first, "expert"), (second, "staff"), (first, "expert")])
    assert roles_of(place, first) == frozenset()
    assert confirm(place, number) == 2
    assert (roles_of(place, first), roles_of(place, second)) == ({("expert", None)}, {("staff", None)})
    assert told(place, "grants.proposed", "grants.confirmed", "account.granted") == [
        ("grants.proposed", "security", f"grants/{number}"),
        ("grants.confirmed", "auditor", f"grants/{number}"),
        ("account.granted", "auditor", "account/p000"),
        ("account.granted", "auditor", "account/p001"),
    ]
    with pytest.raises(Refused, match="现为“已确认”"):
        confirm(place, number)


@pytest.mark.parametrize("changed", ["name", "organisation_id"])
def test_what_changed_since_is_not_confirmed(place: Workplace, changed: str) -> None:
    appoint(place)
    first, _ = people(place)
    number = propose(place, [(first, "staff")])
    seen = digest_of(place, number)
    with transaction(place.engine) as session:
        account = session.exec(select(Account).where(Account.login == first)).one()
        unit = Organisation(code="tangshan", name="唐山市总工会", short="唐山", kind="city")
        session.add(unit)
        session.flush()
        setattr(account, changed, {"name": "换了名字", "organisation_id": unit.id}[changed])
    for digest in (seen, digest_of(place, number), "0" * 64):
        with pytest.raises(Refused, match="名单在您查看之后有变化"):
            do(place, "auditor", lambda session, act, seen=digest: confirm_proposal(session, act, number, seen=seen))
    assert roles_of(place, first) == frozenset()


def test_nobody_grants_alone_or_to_himself(place: Workplace) -> None:
    appoint(place)
    first, _ = people(place)
    with pytest.raises(Forbidden, match="不能给自己授权"):
        propose(place, [("security", "staff")])
    number = propose(place, [(first, "staff")])
    for login in ("security", "admin", first):
        with pytest.raises(Forbidden):
            confirm(place, number, login)
    with transaction(place.engine) as session:
        # an old database may hold both together, and still nobody confirms what he proposed
        security = session.exec(select(Account).where(Account.login == "security")).one()
        session.add(Grant(account_id=security.id or 0, role="auditor", granted_at=security.created_at))
    with pytest.raises(Forbidden, match="不能确认自己提出的授权"):
        confirm(place, number, "security")
    with reading(place.engine) as session:
        assert clashes(session) == ["security：审计员与安全保密管理员"]


def test_auditor_confirms_nothing_about_himself(place: Workplace) -> None:
    appoint(place)
    with transaction(place.engine) as session:
        make_account(session, "other", "auditor")
    number = propose(place, [("other", "auditor")], make_round(place).id)
    with pytest.raises(Forbidden, match="名单中有您本人"):
        confirm(place, number, "other")
    assert confirm(place, number) == 1


@pytest.mark.parametrize(
    ("login", "role", "line"),
    [
        ("admin", "staff", "admin：系统管理员与工作人员"),
        ("admin", "auditor", "admin：系统管理员与审计员"),
        ("p000", "security", "p000：安全保密管理员与评审专家"),
    ],
)
def test_administrators_hold_nothing_else(place: Workplace, login: str, role: str, line: str) -> None:
    appoint(place)
    people(place)
    round_ = make_round(place)
    # held in one round, asked for the office as a whole
    confirm(place, propose(place, [("p000", "expert")], round_.id))
    with pytest.raises(Refused) as refused:
        propose(place, [(login, role)])
    assert refused.value.details == (line,)


def test_exclusion_is_asked_again_at_confirming(place: Workplace) -> None:
    appoint(place)
    first, _ = people(place)
    one, two = propose(place, [(first, "staff")]), propose(place, [(first, "auditor")])
    confirm(place, one)
    with pytest.raises(Refused, match="不能互相兼任"):
        confirm(place, two)
    do(place, "auditor", lambda session, act: refuse_proposal(session, act, two, reason="已是工作人员"))
    assert roles_of(place, first) == {("staff", None)}
    with reading(place.engine) as session:
        body = session.exec(select(AuditEvent.body).where(AuditEvent.act == "grants.refused")).one()
        kept = session.get_one(GrantProposal, two).reason
    assert (kept, kept in body) == ("已是工作人员", False)


def test_faults_of_a_table_are_told_at_once(place: Workplace) -> None:
    appoint(place)
    first, _ = people(place)
    with pytest.raises(Invalid) as refused:
        propose(place, [("nobody", "staff"), (first, "king"), (first, "reporter")])
    assert refused.value.details == (
        "没有可用的账号“nobody”，请系统管理员先添加",
        "没有“king”这种身份",
        "账号“p000”没有所属推荐单位，不能是推荐单位经办人",
    )
    confirm(place, propose(place, [(first, "staff")]))
    with pytest.raises(Refused, match="这些身份都已授予"):
        propose(place, [(first, "staff")])
    with pytest.raises(NotFound, match="没有第 99 号授权"):
        digest_of(place, 99)


def test_many_people_take_constant_statements(place: Workplace) -> None:
    appoint(place)
    logins = people(place, 60)
    taken: list[int] = []
    for few in (logins[:3], logins[3:]):
        statements: list[str] = []

        def note(
            _connection: object, _cursor: object, statement: str, *_: object, seen: list[str] = statements
        ) -> None:
            if not re.match(r"(BEGIN|SAVEPOINT|RELEASE|PRAGMA)", statement):
                seen.append(statement)

        event.listen(place.engine, "before_cursor_execute", note)
        assert confirm(place, propose(place, [(login, "expert") for login in few])) == len(few)
        event.remove(place.engine, "before_cursor_execute", note)
        taken.append(len(statements))
    assert taken[0] == taken[1]


def test_a_role_ends_early_with_a_reason(place: Workplace) -> None:
    appoint(place)
    first, _ = people(place)
    confirm(place, propose(place, [(first, "staff")]))
    for login, whose, role in (("admin", first, Role.STAFF), ("security", "security", Role.SECURITY)):
        with pytest.raises(Forbidden):
            end_early(place, login, whose, role)
    end_early(place, "security", first, Role.STAFF)
    assert roles_of(place, first) == frozenset()
    # and may be granted again
    assert confirm(place, propose(place, [(first, "staff")])) == 1


def test_judges_end_with_their_round(place: Workplace) -> None:
    round_ = make_round(place)
    with transaction(place.engine) as session:
        for login, role in (("e1", "expert"), ("k1", "committee"), ("s1", "staff")):
            make_account(session, login, role, round_id=round_.id)
        make_account(session, "e2", "expert")
        end_grants_of(session, act_of(place), round_)
    with reading(place.engine) as session:
        assert [one.login for one in holders(session, "expert", round_.id or 0)] == ["e2"]
        assert holders(session, "committee", round_.id or 0) == []
        assert [one.login for one in holders(session, "staff", round_.id or 0)] == ["opener", "s1"]
    assert told(place, "account.roles_ended") == [("account.roles_ended", "system", round_.key)]


def test_older_installations_lack_two_administrators(place: Workplace) -> None:
    with transaction(place.engine) as session:
        make_account(session, "admin", "admin")
        make_account(session, "li", "staff")
        assert lacking_administrators(session) == ["安全保密管理员", "审计员"]
        li, wang = FirstPerson("li", "li", "li@example.org"), FirstPerson("wang", "王某", "w@example.org")
        with pytest.raises(Refused, match="不能互相兼任"):
            first_administrators(session, act_of(place), {Role.SECURITY: li})
        assert first_administrators(session, act_of(place), {Role.SECURITY: wang}) == [Role.SECURITY]
        assert lacking_administrators(session) == ["审计员"]

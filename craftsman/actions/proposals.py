"""Grants by two: the security administrator proposes roles for people, the auditor confirms the list that was seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act, record
from craftsman.actions.doors import check_move
from craftsman.actions.grants import Wanted, give, refuse_excluded, roles_held
from craftsman.actions.reasons import written
from craftsman.actions.sealing import canonical, digest
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.rules.access import Relation
from craftsman.store.bulk import insert_rows
from models import Account, Grant, GrantProposal, Organisation, ProposalStatus, ProposedGrant, Role, Round
from models.proposal import PROPOSAL_MOVES

CHANGED = "名单在您查看之后有变化，请重新查看、核对指纹后再确认。"


@dataclass(frozen=True, slots=True)
class GrantIn:
    """A role asked for somebody."""

    login: str
    role: str


@dataclass(frozen=True, slots=True)
class Line:
    """What is asked for one person, as the confirming administrator sees it; `held` are the roles they have.

    `unit` is the employer, `reports_for` the reporting unit.
    """

    login: str
    name: str
    unit: str
    role: str
    held: Sequence[str] = ()
    reports_for: str = ""


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal with its lines; `digest` is of the lines as they are now."""

    row: GrantProposal
    round_key: str
    round_title: str
    proposer: str
    lines: Sequence[Line]
    digest: str


def propose_grants(session: Session, act: Act, grants: Sequence[GrantIn], *, round_id: int | None) -> int:
    """Ask for roles, all in one proposal; returns its number. Roles that are held already are left out.

    Invalid, with a line each, for what is no account or no role; Refused for roles that exclude each other, and where
    nothing is left to ask for. The number of statements does not grow with the number of people.
    """
    act.must("account.propose", None)
    accounts = _accounts(session, [one.login for one in grants])
    _refuse_faults(grants, accounts)
    asked: Wanted = {(accounts[one.login].id or 0, one.role): accounts[one.login] for one in grants}
    mine = any(account_id == act.actor.account_id for account_id, _ in asked)
    relation = Relation.OWN if mine else Relation.NONE
    act.must("account.propose", None, relation=relation, told="不能给自己授权，须由其他人员办理。")
    wanted = not_held(session, asked, round_id)
    if not wanted:
        raise Refused("这些身份都已授予，没有需要提出的。")
    refuse_excluded(session, wanted)
    row = GrantProposal(round_id=round_id, digest="", proposed_by=act.actor.account, proposed_at=act.now)
    session.add(row)
    session.flush()
    row.digest = _digest(row, _lines(session, wanted))
    insert_rows(session, [ProposedGrant(proposal_id=row.id or 0, account_id=one, role=role) for one, role in wanted])
    record(session, act, round_id, [Entry("grants.proposed", _subject(row), _facts(row, wanted))])
    return row.id or 0


def confirm_proposal(session: Session, act: Act, number: int, *, seen: str) -> int:
    """Grant what was proposed, under the digest of the list that was seen; returns how many roles are new.

    Another person than the proposer confirms, and nobody for himself. Refused when the list changed since.
    """
    row, wanted = _for_decision(session, act, number)
    if seen != row.digest or _digest(row, _lines(session, wanted)) != row.digest:
        raise Refused(CHANGED)
    if closed := [account.login for account in wanted.values() if account.disabled_at is not None]:
        raise Refused("名单中有已停用的账号，请退回后重新提出：", closed)
    _settle(act, row, ProposalStatus.CONFIRMED)
    entries = give(session, act, wanted, round_id=row.round_id)
    told = Entry("grants.confirmed", _subject(row), {"digest": row.digest, "grants": len(entries)})
    record(session, act, row.round_id, [told, *entries])
    return len(entries)


def refuse_proposal(session: Session, act: Act, number: int, *, reason: str) -> None:
    """Turn a proposal down with a reason; nobody gets a role by it."""
    row, _ = _for_decision(session, act, number)
    row.reason = written(reason, "不予确认的理由")
    _settle(act, row, ProposalStatus.REFUSED)
    told = Entry("grants.refused", _subject(row), {"digest": row.digest}, private={"reason": row.reason})
    record(session, act, row.round_id, [told])


def waiting_proposals(session: Session, act: Act) -> list[ProposalView]:
    """The proposals that wait, oldest first, as the three administrators see them."""
    act.must("account.read", None)
    query = select(GrantProposal).where(GrantProposal.status == ProposalStatus.WAITING)
    return [_view(session, row) for row in session.exec(query.order_by(col(GrantProposal.id))).all()]


def proposal(session: Session, act: Act, number: int) -> ProposalView:
    """One proposal, decided ones too; or NotFound."""
    act.must("account.read", None)
    return _view(session, _row(session, number))


def how_many_wait(session: Session) -> Sequence[tuple[int, int | None, int]]:
    """(number, round id, lines) of each proposal that waits; one query."""
    query = (
        select(GrantProposal.id, GrantProposal.round_id, func.count())
        .join(ProposedGrant, col(ProposedGrant.proposal_id) == GrantProposal.id)
        .where(GrantProposal.status == ProposalStatus.WAITING)
        .group_by(col(GrantProposal.id), col(GrantProposal.round_id))
        .order_by(col(GrantProposal.id))
    )
    return [(number or 0, round_id, count) for number, round_id, count in session.exec(query).all()]


def fault_of(grant: GrantIn, account: Account | None) -> str:
    """What is wrong with a role asked for somebody, who has this account; empty where nothing is."""
    if grant.role not in {*Role}:
        return f"没有“{grant.role}”这种身份"
    if account is None or account.disabled_at is not None:
        return f"没有可用的账号“{grant.login}”，请系统管理员先添加"
    if grant.role == Role.REPORTER and account.organisation_id is None:
        return f"账号“{grant.login}”没有所属推荐单位，不能是推荐单位经办人"
    return ""


def _accounts(session: Session, logins: Collection[str]) -> dict[str, Account]:
    query = select(Account).where(col(Account.login).in_(set(logins)), col(Account.disabled_at).is_(None))
    return {account.login: account for account in session.exec(query).all()}


def _refuse_faults(grants: Sequence[GrantIn], accounts: dict[str, Account]) -> None:
    faults = [fault for one in grants if (fault := fault_of(one, accounts.get(one.login)))]
    if lines := list(dict.fromkeys(faults)) or ([] if grants else ["没有写明给谁授予什么身份"]):
        raise Invalid("授权名单有误，全部未提出：", lines)


def not_held(session: Session, asked: Wanted, round_id: int | None) -> Wanted:
    """Those of these roles that nobody holds yet in the round; one query."""
    ids = {account_id for account_id, _ in asked}
    query = select(Grant.account_id, Grant.role).where(Grant.round_id == round_id, col(Grant.account_id).in_(ids))
    held = set(session.exec(query.where(col(Grant.ended_at).is_(None))).all())
    return {key: account for key, account in asked.items() if key not in held}


def _for_decision(session: Session, act: Act, number: int) -> tuple[GrantProposal, Wanted]:
    act.must("account.confirm", None)
    row = _row(session, number)
    wanted = _wanted(session, row)
    told = "授权须由两人办理：不能确认自己提出的授权。"
    act.must("account.confirm", None, relation=act.by(row.proposed_by), told=told)
    about_me = any(account_id == act.actor.account_id for account_id, _ in wanted)
    own = Relation.OWN if about_me else Relation.NONE
    act.must("account.confirm", None, relation=own, told="名单中有您本人，须由另一名审计员确认。")
    return row, wanted


def _settle(act: Act, row: GrantProposal, status: ProposalStatus) -> None:
    check_move(PROPOSAL_MOVES, row.status, status, f"第 {row.id} 号授权")
    row.status, row.decided_by, row.decided_at = status, act.actor.account, act.now


def _row(session: Session, number: int) -> GrantProposal:
    row = session.get(GrantProposal, number)
    if row is None:
        raise NotFound(f"没有第 {number} 号授权，请核对编号。")
    return row


def _wanted(session: Session, row: GrantProposal) -> Wanted:
    query = (
        select(ProposedGrant.role, Account)
        .join(Account, col(Account.id) == ProposedGrant.account_id)
        .where(ProposedGrant.proposal_id == row.id)
        .order_by(col(ProposedGrant.id))
    )
    return {(account.id or 0, role): account for role, account in session.exec(query).all()}


def _lines(session: Session, wanted: Wanted) -> list[Line]:
    held = roles_held(session, [account_id for account_id, _ in wanted])
    units: dict[int | None, str] = dict(session.exec(select(Organisation.id, Organisation.name)).all())
    return [
        Line(
            account.login,
            account.name,
            account.unit,
            role,
            sorted(held[account_id]),
            units.get(account.organisation_id, ""),
        )
        for (account_id, role), account in wanted.items()
    ]


def _view(session: Session, row: GrantProposal) -> ProposalView:
    round_ = session.get(Round, row.round_id) if row.round_id else None
    proposer = session.get_one(Account, row.proposed_by)
    lines = _lines(session, _wanted(session, row))
    key, title = (round_.key, round_.title) if round_ else ("", "活动办公室（各轮次）")
    return ProposalView(row, key, title, f"{proposer.name}（{proposer.login}）", lines, _digest(row, lines))


def _digest(row: GrantProposal, lines: Sequence[Line]) -> str:
    """Of what is granted to whom; whoever was renamed or moved since is somebody else."""
    asked = sorted([line.login, line.name, line.unit, line.role, *filter(None, [line.reports_for])] for line in lines)
    return digest(canonical({"number": row.id, "round": row.round_id, "grants": asked}))


def _facts(row: GrantProposal, wanted: Wanted) -> dict[str, object]:
    asked = [f"{account.login}:{role}" for (_, role), account in wanted.items()]
    return {"digest": row.digest, "grants": asked}


def _subject(row: GrantProposal) -> str:
    return f"grants/{row.id}"

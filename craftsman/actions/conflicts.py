"""Who may not judge whom in a round: accounts and cases shown to the rules of recusal, a few queries for all pairs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from craftsman.actions.views import Case, read_programme
from craftsman.errors import Forbidden
from craftsman.programme.programme import Programme
from craftsman.rules import recusal
from craftsman.rules.eligibility.candidate import number_key
from craftsman.rules.recusal import Kind, Terms, Work, conflicts_among
from craftsman.store.bulk import values_of
from craftsman.store.engine import once
from models import Account, Nomination, Person, Recusal, Round, Tie

Conflicts = Mapping[tuple[str, str], tuple[str, ...]]
# what bars from handling a case at the office; clerks who entered a nomination are no nominators of it
HANDS: tuple[Kind, ...] = (
    "self",
    "same_unit",
    "same_group",
    "kinship",
    "apprenticeship",
    "shared_work",
    "interest",
    "declared",
)

# what bars from a case of one's own employer's, whose union recommends it
PERSONAL: tuple[Kind, ...] = ("self", "kinship", "apprenticeship", "interest", "declared")

# asked at every sheet and every desk: built once, for building them costs more than sending them
_TIES = (
    select(Tie, Nomination.case_no, Account)
    .join(Account, col(Account.id) == Tie.account_id)
    .join(Nomination, col(Nomination.id) == Tie.nomination_id, isouter=True)
    .where(col(Tie.confirmed_at).is_not(None), col(Tie.withdrawn_at).is_(None))
    .order_by(col(Tie.id))
)
_DECLARED = (
    select_columns(col(Recusal.account_id), col(Nomination.case_no))
    .join(Nomination, col(Nomination.id) == Recusal.nomination_id)
    .where(col(Recusal.round_id) == bindparam("round_id"))
)
_ACCOUNT = select(Account).where(col(Account.id) == bindparam("id"))
_NOMINATORS = select_columns(col(Account.id), col(Account.id_index)).where(
    col(Account.id).in_(select(Nomination.nominated_by).where(col(Nomination.round_id) == bindparam("round_id")))
)


@dataclass(frozen=True, slots=True)
class Circle:
    """What a round knows of ties: terms and groups of its programme, recusals, nominators, and all confirmed ties."""

    terms: Terms
    groups: Mapping[str, str]
    declared: Mapping[int, set[str]]
    nominators: Mapping[int | None, str]
    ties: Mapping[int, Sequence[recusal.Tie]]
    works: Mapping[int, Sequence[Work]]
    around: Sequence[Account]


@dataclass(frozen=True, slots=True)
class _Member:
    """An account as the rules of recusal ask for it."""

    person_key: str
    employer_uscc: str
    organisation_code: str | None
    declared: frozenset[str]
    group_uscc: str | None
    ties: Sequence[recusal.Tie]
    works: Sequence[Work]


class Nominated(NamedTuple):
    """What conflicts are computed from of a nomination."""

    case_no: str
    uscc: str
    organisation_id: int
    nominated_by: int | None


class Nominee(NamedTuple):
    """A case as the rules of recusal ask for it; all of a round are made for every page of the office."""

    id: str
    person_key: str
    unit_uscc: str
    recommending_unit: str
    nominator_key: str | None
    unit_group_uscc: str | None
    work_number: str


def conflict_table(
    session: Session, round_id: int, accounts: Sequence[Account], cases: Sequence[Case], kinds: Collection[Kind]
) -> Conflicts:
    """(login, case number) -> Chinese reasons, of conflicting pairs only; four queries whatever the numbers.

    `kinds` says which conflicts are computed; what somebody has declared counts in every stage.
    """
    circle = circle_of(session, round_id)
    nominees = [nominee_of(circle, case.nomination, case.person.id_index) for case in cases]
    return conflicts_of(circle, accounts, nominees, kinds)


def conflicts_of(
    circle: Circle, accounts: Sequence[Account], nominees: Sequence[Nominee], kinds: Collection[Kind]
) -> Conflicts:
    """The conflicting pairs by login and case number."""
    found = conflicts_among(
        [_member(circle, account) for account in accounts],
        nominees,
        circle.terms,
        kinds={*kinds, "declared"},
        around=[_member(circle, account) for account in circle.around],
    )
    return {(accounts[one].login, nominees[other].id): reasons for (one, other), reasons in found.items()}


def refuse_concerned(  # noqa: PLR0913  (who, which cases, and what is told)
    session: Session,
    round_id: int,
    account_id: int,
    cases: Sequence[Case],
    told: str,
    *,
    kinds: Collection[Kind] = HANDS,
) -> None:
    """Forbidden to whom a case concerns, without saying which: they are to see nothing of it."""
    me = session.get_one(Account, account_id)
    if conflict_table(session, round_id, [me], cases, kinds):
        raise Forbidden(told)


def open_ties(session: Session, round_id: int) -> list[int]:
    """Numbers of the ties recorded in a round that nobody has confirmed or withdrawn."""
    query = select(Tie.id).where(
        Tie.round_id == round_id, col(Tie.confirmed_at).is_(None), col(Tie.withdrawn_at).is_(None)
    )
    return [number or 0 for number in session.exec(query.order_by(col(Tie.id))).all()]


def circle_of(session: Session, round_id: int) -> Circle:
    """All that a round's conflicts are computed from; four queries, once for a page."""
    return once(session, ("circle", round_id), lambda: _circle(session, round_id))


def account_of(session: Session, account_id: int) -> Account:
    """An account, once for a page."""
    return once(session, ("account", account_id), lambda: session.exec(_ACCOUNT, params={"id": account_id}).one())


def _circle(session: Session, round_id: int) -> Circle:
    programme = read_programme(session.get_one(Round, round_id).programme)
    rows = session.exec(_TIES).all()
    ties: dict[int, list[recusal.Tie]] = {}
    works: dict[int, list[Work]] = {}
    around: dict[int, Account] = {}
    for tie, case_no, account in rows:
        around[tie.account_id] = account
        ties.setdefault(tie.account_id, []).extend(_edges(tie, case_no))
        if tie.number and tie.year is not None:
            works.setdefault(tie.account_id, []).append(Work(number_key(tie.number), tie.year))
    return Circle(
        terms=_terms(programme),
        groups=programme.reference.groups,
        declared=_declared(session, round_id),
        nominators=_nominators(session, round_id),
        ties=ties,
        works=works,
        around=list(around.values()),
    )


def _terms(programme: Programme) -> Terms:
    far = programme.rules.recusal
    return Terms(programme.plan.year, far.work_years, far.paths)


def _edges(tie: Tie, case_no: str | None) -> list[recusal.Tie]:
    """A tie to a nominee is one to that person, whichever round they stand in."""
    to = [f"case:{case_no}"] if case_no else []
    to += [recusal.node("person", tie.id_index)] if tie.id_index else []
    to += [recusal.node("unit", tie.uscc)] if tie.uscc else []
    return [recusal.Tie(tie.kind.value, node) for node in to]


def _declared(session: Session, round_id: int) -> dict[int, set[str]]:
    declared: dict[int, set[str]] = {}
    for account_id, case_no in values_of(session, _DECLARED, {"round_id": round_id}).tuples():
        declared.setdefault(account_id, set()).add(case_no)
    return declared


def _nominators(session: Session, round_id: int) -> dict[int | None, str]:
    found = values_of(session, _NOMINATORS, {"round_id": round_id}).tuples()
    return {account_id: _person_key(account_id, index) for account_id, index in found}


def _person_key(account_id: int | None, index: str | None) -> str:
    # somebody without an ID number on file is still the same person under the same account
    return index or f"account {account_id}"


def _member(circle: Circle, account: Account) -> _Member:
    sent_by, key = account.organisation_id, account.id or 0
    return _Member(
        person_key=_person_key(account.id, account.id_index),
        employer_uscc=account.uscc,
        organisation_code=None if sent_by is None else str(sent_by),
        declared=frozenset(circle.declared.get(key, ())),
        group_uscc=circle.groups.get(account.uscc),
        ties=circle.ties.get(key, ()),
        works=circle.works.get(key, ()),
    )


def nominee_of(circle: Circle, nomination: Nomination, id_index: str) -> Nominee:
    """A nomination as the rules of recusal ask for it."""
    asked = Nominated(nomination.case_no, nomination.uscc, nomination.organisation_id, nomination.nominated_by)
    return nominee(circle, asked, nomination.details.get("achievement"), id_index)


def nominee(circle: Circle, nominated: Nominated, achievement: object, id_index: str) -> Nominee:
    """As `nominee_of`, of the few columns that the rules ask for."""
    return Nominee(
        id=nominated.case_no,
        person_key=id_index,
        unit_uscc=nominated.uscc,
        recommending_unit=str(nominated.organisation_id),
        nominator_key=circle.nominators.get(nominated.nominated_by),
        unit_group_uscc=circle.groups.get(nominated.uscc),
        # nobody meets at a work while no reviewer has one
        work_number=number_key(str(achievement or "")) if circle.works else "",
    )


def nominees_of_round(session: Session, circle: Circle, round_id: int) -> list[Nominee]:
    """Every nomination of a round; one query, for a few columns: every page of the office asks it."""
    achievement = col(Nomination.details)["achievement"].as_string()
    query = select(Nomination.case_no, Nomination.uscc, Nomination.organisation_id)
    query = query.add_columns(col(Nomination.nominated_by), achievement, col(Person.id_index))
    query = query.select_from(Nomination).join(Person).where(col(Nomination.round_id) == round_id)
    rows = session.connection().execute(query).all()
    return [nominee(circle, Nominated(*row[:4]), *row[4:]) for row in rows]

"""Who may not judge whom in a round: accounts and cases shown to the rules of recusal."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.views import Case
from craftsman.rules.recusal import Kind, conflicts
from models import Account, Nomination, Recusal

Conflicts = Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Member:
    """An account as the rules of recusal ask for it."""

    person_key: str
    employer_uscc: str
    organisation_code: str | None
    declared: frozenset[str]
    group_uscc: str | None = None


@dataclass(frozen=True, slots=True)
class _Nominee:
    """A case as the rules of recusal ask for it."""

    id: str
    person_key: str
    unit_uscc: str
    recommending_unit: str
    nominator_key: str | None
    unit_group_uscc: str | None = None


def conflict_table(
    session: Session, round_id: int, accounts: Sequence[Account], cases: Sequence[Case], kinds: Collection[Kind]
) -> Conflicts:
    """(login, case number) -> Chinese reasons, of conflicting pairs only; two queries whatever the numbers.

    `kinds` says which conflicts are computed; what somebody has declared counts in every stage.
    """
    declared = _declared(session, round_id)
    nominators = _nominators(session, round_id)
    members = [(account.login, _member(account, declared)) for account in accounts]
    nominees = [_nominee(case, nominators) for case in cases]
    wanted: set[Kind] = {*kinds, "declared"}
    found = {
        (login, nominee.id): conflicts(member, nominee, kinds=wanted)
        for login, member in members
        for nominee in nominees
    }
    return {pair: reasons for pair, reasons in found.items() if reasons}


def _declared(session: Session, round_id: int) -> dict[int, set[str]]:
    query = select(Recusal.account_id, Nomination.case_no).join(Nomination).where(Recusal.round_id == round_id)
    declared: dict[int, set[str]] = {}
    for account_id, case_no in session.exec(query).all():
        declared.setdefault(account_id, set()).add(case_no)
    return declared


def _nominators(session: Session, round_id: int) -> dict[int | None, str]:
    query = select(Account).where(
        col(Account.id).in_(select(Nomination.nominated_by).where(Nomination.round_id == round_id))
    )
    return {account.id: _person_key(account) for account in session.exec(query).all()}


def _person_key(account: Account) -> str:
    # somebody without an ID number on file is still the same person under the same account
    return account.id_index or f"account {account.id}"


def _member(account: Account, declared: Mapping[int, set[str]]) -> _Member:
    sent_by = account.organisation_id
    return _Member(
        person_key=_person_key(account),
        employer_uscc=account.uscc,
        organisation_code=None if sent_by is None else str(sent_by),
        declared=frozenset(declared.get(account.id or 0, ())),
    )


def _nominee(case: Case, nominators: Mapping[int | None, str]) -> _Nominee:
    return _Nominee(
        id=case.nomination.case_no,
        person_key=case.person.id_index,
        unit_uscc=case.nomination.uscc,
        recommending_unit=str(case.nomination.organisation_id),
        nominator_key=nominators.get(case.nomination.nominated_by),
    )

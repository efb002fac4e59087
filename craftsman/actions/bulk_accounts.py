"""Many accounts by one workbook: the system administrator makes them, the security administrator asks for their roles.

Both see every row with what is wrong in it before anything is done; while one row is wrong, nothing is.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from craftsman.actions.access import invite_accounts
from craftsman.actions.account_names import another_problem
from craftsman.actions.accounts import Known, NewAccount, add_accounts
from craftsman.actions.acting import Act
from craftsman.actions.grants import Wanted, clash_of, roles_held
from craftsman.actions.proposals import GrantIn, fault_of, not_held, propose_grants
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.errors import Invalid
from craftsman.rules.identity import mask_email
from craftsman.store.bulk import listed
from craftsman.workbook.people import MOST, PEOPLE, blank_people
from craftsman.workbook.tables import Line, read_lines
from models import Account, Organisation, Role, Round

ROLES = {name: key for key, name in ROLE_NAMES.items()} | {key: key for key in ROLE_NAMES}
OWN = "不能给自己授权，须由其他人员办理"


@dataclass(frozen=True, slots=True)
class BulkRow:
    """One row: whom it names, the roles it gives, and what is wrong. `fresh`: there is something to be done for it."""

    number: int
    person: NewAccount
    roles: Sequence[str]
    problems: Sequence[str] = ()
    fresh: bool = True

    @property
    def email(self) -> str:
        """The address, masked."""
        return mask_email(self.person.email)

    @property
    def role_names(self) -> str:
        """The roles in Chinese; what is none stays as it was written."""
        return "、".join(ROLE_NAMES.get(role, role) for role in self.roles)


def blank_for_people(session: Session, act: Act) -> bytes:
    """The blank workbook, which offers roles and reporting units; one query."""
    act.must("account.read", None)
    return blank_people(
        list(ROLE_NAMES.values()), session.exec(select(Organisation.name).order_by(col(Organisation.code))).all()
    )


def read_people(content: bytes, file_name: str) -> list[Line]:
    """The rows of a workbook. Invalid for what is none, has other headings, or more rows than one act takes."""
    lines = read_lines(content, file_name, PEOPLE)
    if len(lines) > MOST:
        raise Invalid(f"一次最多 {MOST} 个账号，这张表有 {len(lines)} 行，请分几张表办理。")
    return lines


def rows_to_add(session: Session, act: Act, lines: Sequence[Line], *, round_id: int | None) -> list[BulkRow]:
    """What would become of each row where accounts are made; the same few queries whatever their number."""
    act.must("account.create", None)
    accounts, known = _accounts(session, lines), Known.of(session, round_id)
    return [_to_add(row, accounts.get(row.person.login), known) for row in _rows(session, lines)]


def rows_to_grant(session: Session, act: Act, lines: Sequence[Line], *, round_id: int | None) -> list[BulkRow]:
    """What would become of each row where roles are asked for; the same few queries whatever their number."""
    act.must("account.propose", None)
    rows, accounts = _rows(session, lines), _accounts(session, lines)
    there = [(row, account) for row in rows if (account := accounts.get(row.person.login)) is not None]
    asked = {(account.id or 0, role): account for row, account in there for role in row.roles}
    wanted = not_held(session, asked, round_id)
    held = roles_held(session, [account.id or 0 for account in accounts.values()])
    return [_to_grant(act, row, accounts.get(row.person.login), wanted, held) for row in rows]


def add_people(session: Session, act: Act, lines: Sequence[Line], *, round_id: int | None) -> int:
    """Make the accounts that are not there yet, invite them by mail; how many. Invalid while a row is wrong."""
    rows = _right(rows_to_add(session, act, lines, round_id=round_id))
    people = [row.person for row in rows if row.fresh]
    if not people:
        raise Invalid("表中的账号都已存在，没有需要添加的。")
    add_accounts(session, act, people, round_id=round_id)
    round_ = session.get(Round, round_id) if round_id else None
    invite_accounts(session, act, [one.login for one in people], round_=round_)
    return len(people)


def grant_people(session: Session, act: Act, lines: Sequence[Line], *, round_id: int | None) -> int:
    """Ask for the roles of a workbook in one proposal, whose number is returned. Invalid while a row is wrong."""
    rows = _right(rows_to_grant(session, act, lines, round_id=round_id))
    wanted = [GrantIn(row.person.login, role) for row in rows for role in row.roles]
    return propose_grants(session, act, wanted, round_id=round_id)


def _right(rows: Sequence[BulkRow]) -> Sequence[BulkRow]:
    if wrong := [f"第 {row.number} 行：{problem}" for row in rows for problem in row.problems]:
        raise Invalid("名单有误，全部未办理：", wrong)
    return rows


def _rows(session: Session, lines: Sequence[Line]) -> list[BulkRow]:
    """The rows as they stand, reporting units by code or name and roles by their Chinese names; one query."""
    units = session.exec(select(Organisation.name, Organisation.code)).all()
    codes = dict(units) | {code: code for _, code in units}
    times = Counter(line.entry.get("login") for line in lines)
    return [_row(line, codes, repeated=times[line.entry.get("login")] > 1) for line in lines]


def _row(line: Line, codes: Mapping[str, str], *, repeated: bool) -> BulkRow:
    entry = line.entry
    unit = entry.get("organisation", "")
    person = NewAccount(
        entry.get("login", ""),
        entry.get("name", ""),
        entry.get("email", ""),
        unit=entry.get("unit", ""),
        uscc=entry.get("uscc", ""),
        disciplines=tuple(entry.get("disciplines", ())),
        organisation=codes.get(unit, unit) or None,
    )
    written: list[str] = entry.get("roles", [])
    roles = list(dict.fromkeys(ROLES.get(role, role) for role in written))
    problems = list(line.problems)
    if repeated and person.login:
        problems.append(f"账号“{person.login}”在表中不止一行，请合为一行，几种身份用、隔开")
    return BulkRow(line.number, person, roles, problems)


def _accounts(session: Session, lines: Sequence[Line]) -> dict[str, Account]:
    logins = sorted({str(line.entry["login"]) for line in lines if "login" in line.entry})
    found = session.exec(select(Account).where(col(Account.login).in_(listed(session, logins)))).all()
    return {account.login: account for account in found}


def _to_add(row: BulkRow, account: Account | None, known: Known) -> BulkRow:
    person = row.person
    if account is None and person.login:
        # what is missing is told already
        whole = replace(person, name=person.name or "某", email=person.email or "x@example.org")
        return replace(row, problems=_plain([*row.problems, *known.problems(whole), *_role_problems(row)]))
    if account is None or row.problems:
        return row
    return replace(row, problems=_plain([another_problem(account, person.name, person.email)]), fresh=False)


def _role_problems(row: BulkRow) -> list[str]:
    """What the security administrator could not ask for, told here already."""
    unknown = [f"没有“{role}”这种身份" for role in row.roles if role not in ROLE_NAMES]
    lonely = Role.REPORTER in row.roles and row.person.organisation is None
    return [*unknown, *(["推荐单位经办人须填写所属推荐单位"] if lonely else [])]


def _to_grant(
    act: Act, row: BulkRow, account: Account | None, wanted: Wanted, held: Mapping[int, Collection[str]]
) -> BulkRow:
    faults = [fault_of(GrantIn(row.person.login, role), account) for role in row.roles]
    if row.problems or account is None or any(faults):
        return replace(row, problems=_plain([*row.problems, *faults]), fresh=bool(row.roles))
    here = account.id or 0
    fresh = [role for role in row.roles if (here, role) in wanted]
    problems = [
        another_problem(account, row.person.name, row.person.email),
        OWN if fresh and here == act.actor.account_id else "",
        f"身份不能兼任：{clash}" if (clash := clash_of(account.login, {*held.get(here, ()), *fresh})) else "",
    ]
    return replace(row, roles=fresh, problems=_plain(problems), fresh=bool(fresh))


def _plain(problems: Iterable[str]) -> list[str]:
    """Each problem once, without its full stop: it stands in a cell."""
    return [one.removesuffix("。") for one in dict.fromkeys(problems) if one]

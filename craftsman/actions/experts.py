"""The expert library: loaded from a table, listed with past loads, contacts shown to whom needs them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act, record
from craftsman.actions.reasons import written
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound
from craftsman.mail.addresses import is_address
from craftsman.rules.identity import phone_problem, uscc_problem
from craftsman.store.secrets import OwnKey
from models import Account, Assignment, AssignmentStatus, Expert, Round

PLAIN = ("number", "name", "title", "unit", "uscc", "group_uscc", "region", "disciplines", "login", "active")
CONTACT = ("phone", "email")


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one row: a new expert, columns that change by their keys, or nothing.

    `cleared` are those of the changed columns where nothing is to stand.
    """

    number: str
    name: str
    fresh: bool
    changed: Sequence[str]
    cleared: Sequence[str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a table, row by row."""

    fates: Sequence[Fate]

    @property
    def added(self) -> int:
        """How many experts are new."""
        return sum(one.fresh for one in self.fates)

    @property
    def changed(self) -> int:
        """How many experts are brought up to date."""
        return sum(bool(one.changed) for one in self.fates)

    @property
    def cleared(self) -> int:
        """How many of them lose what stood in a column."""
        return sum(bool(one.cleared) for one in self.fates)

    @property
    def same(self) -> int:
        """How many experts stay as they were."""
        return len(self.fates) - self.added - self.changed


@dataclass(frozen=True, slots=True)
class ExpertLine:
    """An expert of the library, with the sheets that they were ever given.

    `masked` is for who draws in one round alone: that there is an account is told, its login is not.
    """

    expert: Expert
    past: int
    masked: bool = False

    @property
    def state(self) -> str:
        """Whether they may be drawn."""
        return "在库" if self.expert.active else "停用"

    @property
    def facets(self) -> Mapping[str, tuple[str, ...]]:
        """By what a list of experts is filtered."""
        return {"state": (self.state,), "discipline": tuple(self.expert.disciplines)}

    @property
    def text(self) -> str:
        """Where words are looked for."""
        shown = f"{self.expert.number} {self.expert.name} {self.expert.unit}"
        return shown if self.masked else f"{shown} {self.expert.login}"

    @property
    def account(self) -> str:
        """The login, as far as it is shown; empty where there is none."""
        return "有" if self.masked and self.expert.login else self.expert.login


def load_experts(
    session: Session, act: Act, rows: Sequence[Mapping[str, Any]], *, source: str, dry_run: bool = False
) -> Loaded:
    """Enter experts by their number, or bring them up to date; those who are not in the table stay as they are.

    So does what a row does not name; what it names as empty is cleared. `source` names the document.
    Invalid with a line for each fault; then nothing is loaded.
    """
    act.must("expert.load", None)
    told = written(source, "专家名单的来源文件")
    logins = set(session.exec(select(Account.login)).all())
    if faults := [fault for row in rows for fault in _faults(row, logins)]:
        raise Invalid(f"专家名单有 {len(faults)} 处问题，未载入：", faults)
    known = {expert.number: expert for expert in session.exec(select(Expert)).all()}
    changes = [_changed(act, known.get(row["number"]), row) for row in rows]
    found = Loaded([_fate(known, row, change) for row, change in zip(rows, changes, strict=True)])
    if dry_run:
        return found
    for row, change in zip(rows, changes, strict=True):
        _take(session, act, known.get(row["number"]), row, change)
    facts = {"added": found.added, "changed": found.changed, "source": told}
    record(session, act, None, [Entry("expert.loaded", "experts", facts)])
    return found


def experts_of(session: Session, act: Act) -> list[tuple[Expert, int]]:
    """The library in the order of numbers, each with the sheets that they were ever given; two queries."""
    act.must("expert.read", None)
    return _all_with_loads(session)


def expert_lines(session: Session, act: Act) -> list[ExpertLine]:
    """The library for a page that is searched and filtered; two queries."""
    return [ExpertLine(expert, past) for expert, past in experts_of(session, act)]


def expert_lines_for(session: Session, act: Act, round_: Round) -> list[ExpertLine]:
    """The library for whoever draws from it, or watches the draw, in one round; two queries."""
    act.must("expert.read", round_.id)
    return [ExpertLine(expert, past, masked=True) for expert, past in _all_with_loads(session)]


def _all_with_loads(session: Session) -> list[tuple[Expert, int]]:
    query = (
        select(Account.login, func.count())
        .join(Assignment, col(Assignment.account_id) == Account.id)
        .where(Assignment.status != AssignmentStatus.VOID)
        .group_by(Account.login)
    )
    loads = dict(session.exec(query).all())
    experts = session.exec(select(Expert).order_by(col(Expert.number))).all()
    return [(expert, loads.get(expert.login, 0)) for expert in experts]


def expert_line(session: Session, act: Act, number: str) -> Expert:
    """One expert, without the contact; or NotFound."""
    act.must("expert.read", None)
    return expert_by_number(session, number)


def contact_of(session: Session, act: Act, number: str, *, reason: str) -> tuple[str, str]:
    """Phone and e-mail of an expert; every look is recorded with its reason."""
    act.must("expert.load", None)
    grounds = written(reason, "查看联系方式的理由")
    expert = expert_by_number(session, number)
    record(session, act, None, [Entry("expert.contact_read", f"expert/{number}", private={"reason": grounds})])
    return _opened(act, expert, "phone"), _opened(act, expert, "email")


def expert_by_number(session: Session, number: str) -> Expert:
    """The expert of that number, or NotFound."""
    found = session.exec(select(Expert).where(Expert.number == number)).first()
    if found is None:
        raise NotFound(f"专家库中没有编号“{number}”；用 craftsman expert list 查看。")
    return found


def _faults(row: Mapping[str, Any], logins: set[str]) -> list[str]:
    found = [uscc_problem(row[key]) for key in ("uscc", "group_uscc") if row.get(key)]
    found += [phone_problem(row["phone"])] if row.get("phone") else []
    found += ["邮箱地址不正确，应形如 name@example.org"] if row.get("email") and not is_address(row["email"]) else []
    found += [f"没有账号“{row['login']}”"] if row.get("login") and row["login"] not in logins else []
    return [f"专家 {row['number']}：{problem}" for problem in found if problem]


def _fate(known: Collection[str], row: Mapping[str, Any], changed: Mapping[str, Any]) -> Fate:
    columns = [key.removesuffix("_cipher") for key in changed]
    cleared = [key.removesuffix("_cipher") for key, value in changed.items() if value == ""]
    return Fate(row["number"], row["name"], row["number"] not in known, columns, cleared)


def _take(
    session: Session, act: Act, expert: Expert | None, row: Mapping[str, Any], changed: Mapping[str, Any]
) -> None:
    """Write one row into the library."""
    if expert is None:
        own = act.place.secrets.new_own()
        sealed = {f"{key}_cipher": _sealed(own, row["number"], key, text) for key, text in _contact(row).items()}
        session.add(Expert.model_validate({**_wanted(row), **sealed, "data_key": own.wrapped, "updated_at": act.now}))
        return
    for key, value in changed.items():
        setattr(expert, key, value)
    if changed:
        expert.updated_at = act.now
        session.add(expert)


def _wanted(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in PLAIN if key in row}


def _contact(row: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(row[key]) for key in CONTACT if key in row}


def _changed(act: Act, expert: Expert | None, row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an expert that a row changes, with what is to stand there; none of one who is not there yet."""
    if expert is None:
        return {}
    own = act.place.secrets.own(expert.data_key)
    plain = {key: value for key, value in _wanted(row).items() if getattr(expert, key) != value}
    return plain | {
        f"{key}_cipher": _sealed(own, expert.number, key, text)
        for key, text in _contact(row).items()
        if _opened(act, expert, key) != text
    }


def _sealed(own: OwnKey, number: str, key: str, text: str) -> str:
    return own.seal(text, f"expert/{number}/{key}") if text else ""


def _opened(act: Act, expert: Expert, key: str) -> str:
    cipher: str = getattr(expert, f"{key}_cipher")
    return act.place.secrets.own(expert.data_key).unseal(cipher, f"expert/{expert.number}/{key}") if cipher else ""

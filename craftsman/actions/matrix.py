"""The table of permissions as auditors read it: who may do each act, in which relation, in which phase of the stage."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from craftsman.actions.acting import TOLD, Act
from craftsman.actions.matrix_words import ACTS, PHASES, RELATIONS
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.errors import Forbidden
from craftsman.rules.access import ANY_TIME, ANYBODYS, LENT, NEVER_LENT, Denial, Limit, Phase, Relation, limit_of
from craftsman.rules.permissions import PERMISSIONS, PUBLIC, SERVICE, allowed

# everybody who is in the table, in the order in which it is printed
COLUMNS: Mapping[str, str] = {**ROLE_NAMES, SERVICE: "系统"}
ANYBODY = "任何人"


@dataclass(frozen=True, slots=True)
class Line:
    """One act with the roles that may do it under the same limit; an act whose roles differ has several lines."""

    act: str
    title: str
    roles: Sequence[str]
    who: str
    relations: str
    phases: str
    lendable: bool


def must_see_matrix(act: Act) -> None:
    """Forbidden unless some role of the actor, in whatever round, lets the table be read."""
    if not allowed("matrix.read", {role for role, _ in act.actor.grants}):
        raise Forbidden(TOLD[Denial.ROLE], asked="matrix.read")


def matrix_lines() -> list[Line]:
    """The whole table, by act."""
    return [line for act in sorted(PERMISSIONS.keys() | PUBLIC) for line in _lines(act)]


def matrix_csv() -> str:
    """The table as CSV for spreadsheets, with a mark at its head by which these know its encoding."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["事项", "代码", "身份", "与对象的关系", "环节的状态", "应急授权可用"])
    for line in matrix_lines():
        writer.writerow(
            [line.title, line.act, line.who, line.relations, line.phases, "可" if line.lendable else "不可"]
        )
    return "\ufeff" + text.getvalue()


def _lines(act: str) -> list[Line]:
    if act in PUBLIC:
        return [_line(act, (), limit_of(act, ""))]
    by_limit: dict[Limit, list[str]] = {}
    for role in COLUMNS:
        if role in PERMISSIONS[act]:
            by_limit.setdefault(limit_of(act, role), []).append(role)
    return [_line(act, roles, limit) for limit, roles in by_limit.items()]


def _line(act: str, roles: Sequence[str], limit: Limit) -> Line:
    who = "、".join(COLUMNS[role] for role in roles) or ANYBODY
    return Line(
        act,
        ACTS[act],
        roles,
        who,
        _relations(limit),
        _phases(limit),
        act not in NEVER_LENT and bool({*LENT} & {*roles}),
    )


def _relations(limit: Limit) -> str:
    """In words; that nobody acts on a case that concerns them is a rule for all, and not told on every line."""
    if Relation.NONE in limit.relations:
        barred = "、".join(RELATIONS[one] for one in Relation if one in ANYBODYS - limit.relations)
        return f"除{barred}以外" if barred else "不限"
    return f"仅限{'、'.join(RELATIONS[one] for one in Relation if one in limit.relations)}"


def _phases(limit: Limit) -> str:
    return "不限" if limit.phases == ANY_TIME else "、".join(PHASES[one] for one in Phase if one in limit.phases)

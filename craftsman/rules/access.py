"""What an act asks beyond the role: in which relation to its object, in which phase of the stage (docs/adr/0037).

With the table of rules/permissions.py this is the whole matrix: act x role x relation x phase, each cell yes or no. An
act that is not in LIMITS asks neither; no act at all is open to whoever the case concerns.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from craftsman.rules.permissions import PERMISSIONS, PUBLIC, SERVICE


class Relation(StrEnum):
    """What somebody is to the object of an act."""

    NONE = "none"
    OWN = "own"
    ASSIGNED = "assigned"
    UNIT = "unit"
    MADE = "made"
    CONFLICTED = "conflicted"


class Phase(StrEnum):
    """Where the stage of an act stands; the states of models/stage.py as far as acts tell them apart."""

    BEFORE = "before"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    PASSED = "passed"
    FINISHED = "finished"


class Denial(StrEnum):
    """Why an act is denied."""

    ROLE = "role"
    CONFLICT = "conflict"
    RELATION = "relation"
    PHASE = "phase"


@dataclass(frozen=True, slots=True)
class Limit:
    """In which relations and phases a role may do an act."""

    relations: frozenset[Relation]
    phases: frozenset[Phase]


PHASES: Mapping[str, Phase] = {
    "planned": Phase.BEFORE,
    "due": Phase.BEFORE,
    "opening": Phase.BEFORE,
    "open": Phase.OPEN,
    "closing_due": Phase.CLOSING,
    "closing": Phase.CLOSING,
    "awaiting": Phase.CLOSED,
    "passed": Phase.PASSED,
}

ANY_TIME = frozenset(Phase)
ANYBODYS = frozenset(Relation) - {Relation.CONFLICTED}
EVERY_ROLE = ""
_NOT_MADE = Limit(ANYBODYS - {Relation.MADE}, ANY_TIME)
# about oneself no more than about what one made
_OTHERS = Limit(frozenset({Relation.NONE, Relation.ASSIGNED, Relation.UNIT}), ANY_TIME)
_OPEN = frozenset({Phase.OPEN})
_SEALED = frozenset({Phase.CLOSED, Phase.PASSED, Phase.FINISHED})
_ASSIGNED_WHILE_OPEN = Limit(frozenset({Relation.ASSIGNED}), _OPEN)
_OF_UNIT = Limit(frozenset({Relation.UNIT}), ANY_TIME)
_OF_UNIT_WHILE_OPEN = Limit(frozenset({Relation.UNIT}), _OPEN)
_WHILE_OPEN = Limit(ANYBODYS, _OPEN)
_FREE = Limit(ANYBODYS, ANY_TIME)

LIMITS: Mapping[str, Mapping[str, Limit]] = {
    "account.confirm": {EVERY_ROLE: _OTHERS},
    "account.end_role": {EVERY_ROLE: _OTHERS},
    "account.password": {
        "security": Limit(frozenset({Relation.OWN}), ANY_TIME),
        "auditor": Limit(frozenset({Relation.OWN}), ANY_TIME),
    },
    "account.propose": {EVERY_ROLE: _OTHERS},
    "amendment.confirm": {EVERY_ROLE: _NOT_MADE},
    "appeal.file": {EVERY_ROLE: _OF_UNIT_WHILE_OPEN},
    "appeal.read": {"reporter": _OF_UNIT},
    "appeal.rule": {EVERY_ROLE: _WHILE_OPEN},
    "ballot.cast": {EVERY_ROLE: _ASSIGNED_WHILE_OPEN},
    "document.release": {EVERY_ROLE: _NOT_MADE},
    "emergency.agree": {EVERY_ROLE: _OTHERS},
    "endorsement.decide": {"reporter": _OF_UNIT_WHILE_OPEN, "staff": _WHILE_OPEN},
    "gate.sign": {
        EVERY_ROLE: Limit(ANYBODYS, _SEALED),
        "verifier": Limit(ANYBODYS - {Relation.MADE}, _SEALED),
    },
    "nomination.restore": {EVERY_ROLE: _WHILE_OPEN},
    "nomination.withdraw": {"reporter": _OF_UNIT_WHILE_OPEN, "staff": _WHILE_OPEN},
    "outreach.confirm": {EVERY_ROLE: _NOT_MADE},
    "paper.hand_in": {"reporter": _OF_UNIT},
    "score.read": {EVERY_ROLE: Limit(ANYBODYS, _SEALED)},
    "score.reopen": {EVERY_ROLE: Limit(_OTHERS.relations, _OPEN)},
    "score.submit": {EVERY_ROLE: _ASSIGNED_WHILE_OPEN},
    "screening.confirm": {EVERY_ROLE: Limit(_NOT_MADE.relations, _OPEN)},
    "substitute.promote": {EVERY_ROLE: _NOT_MADE},
    "tally.confirm": {EVERY_ROLE: _NOT_MADE},
    "tie.confirm": {EVERY_ROLE: _OTHERS},
}

# three who exclude each other, and every other role
ADMINISTRATORS = frozenset({"admin", "security", "auditor"})
# what the three and services may do: the installation, accounts, letters that wait, looking; nothing of a selection
TECHNICAL = frozenset(
    {"backup.make", "doctor.read", "keys.rotate", "mail.deliver", "reference.load", "stage.close", "stage.run"}
)
# acts of two: who may propose and who may confirm are never one role
DUAL: Mapping[str, str] = {
    "account.propose": "account.confirm",
    "amendment.propose": "amendment.confirm",
    "correction.request": "correction.resolve",
    "document.render": "document.release",
    "erasure.ask": "erasure.confirm",
    "screening.override": "screening.confirm",
    "tally.void": "tally.confirm",
    "tie.record": "tie.confirm",
}
# approvals: of these a service does none
APPROVALS = frozenset({*DUAL.values(), "gate.sign", "notice.post", "objection.rule", "appeal.rule", "waiver.sign"})
# the roles that may be lent for an hour, and what may not be done under them: marks, votes, signatures, seals, grants
LENT = ("staff", "verifier", "discipline")
NEVER_LENT = frozenset(
    {
        "ballot.cast",
        "ballot.second_round",
        "correction.request",
        "gate.delegate",
        "gate.sign",
        "score.reopen",
        "score.submit",
        "stage.close",
        "tally.import",
    }
)


def denial(
    act: str, roles: Collection[str], relation: Relation | None = None, phase: Phase | None = None
) -> Denial | None:
    """Why these roles may not do the act; None when they may. A relation or phase that is None is not known yet.

    Where it is not known, what may be done in some relation and phase is let through: the act asks again with both.
    """
    holding = [EVERY_ROLE] if act in PUBLIC else [role for role in roles if role in PERMISSIONS.get(act, ())]
    if not holding:
        return Denial.ROLE
    if relation == Relation.CONFLICTED:
        return Denial.CONFLICT
    limits = [limit_of(act, role) for role in holding]
    fitting = [limit for limit in limits if relation is None or relation in limit.relations]
    if not fitting:
        return Denial.RELATION
    return None if phase is None or any(phase in limit.phases for limit in fitting) else Denial.PHASE


def limit_of(act: str, role: str) -> Limit:
    """In which relations and phases a role that has the act may do it."""
    limits = LIMITS.get(act, {})
    return limits.get(role) or limits.get(EVERY_ROLE) or _FREE


def excluding(roles: Collection[str]) -> tuple[str, str] | None:
    """Two of these roles that nobody may hold together; None where there are none."""
    held = sorted(set(roles) - {SERVICE})
    administrator = next((role for role in held if role in ADMINISTRATORS), None)
    other = next((role for role in held if role != administrator), None)
    return (administrator, other) if administrator and other else None


def phase_of(status: str, *, finished: bool) -> Phase:
    """The phase of a stage in this state, in a round that is finished or is not."""
    return Phase.FINISHED if finished else PHASES[status]

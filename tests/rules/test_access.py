"""Every cell of the table of permissions, against the matrix as it was agreed on, typed in anew below."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from craftsman.actions.matrix_words import ACTS
from craftsman.rules.access import (
    ADMINISTRATORS,
    APPROVALS,
    DUAL,
    LENT,
    LIMITS,
    NEVER_LENT,
    PHASES,
    TECHNICAL,
    Denial,
    Phase,
    Relation,
    denial,
    excluding,
)
from craftsman.rules.permissions import PERMISSIONS, PUBLIC
from models import Role, StageStatus

ROLES = (*(role.value for role in Role), "service")
# columns: N reporter, R expert, J judge, C chair, K committee, L leader, S staff, V verifier, D discipline,
# SA admin, SE security, AU auditor, svc service
COLUMNS = (
    *("reporter", "expert", "judge", "chair", "committee", "leader"),
    *("staff", "verifier", "discipline", "admin", "security", "auditor", "service"),
)
# . no   + in any relation   a assigned   u of the own unit   t to others (neither own nor made)   m not what one made
# o one's own alone; the last column: which phases (blank: any; o open; s sealed, passed or finished)
MATRIX = """
act                    N R J C K L S V D SA SE AU svc phases
nomination.withdraw    u . . . . . + . . . . . . o
nomination.restore     . . . . . . + . . . . . . o
intake.import          + . . . . . + . . . . . .
paper.hand_in          u . . . . . + . . . . . .
doctor.read             . . . . . . . . . + + + .
nomination.read        . . . . . . + + + . . + .
paper.read             + . . . . . + + + . . + .
document.read          . . . . . . + + + . . + .
expert.read            . . . . . . + + + . . + .
panel.read             . . . . . . + + + . . + .
evidence.read          . . . . . . + + + . . + .
tally.read             . . . . . . + + + . . + .
review.inspect         . . . . . . + + + . . + .
mail.read              . . . . . . + + + . . + .
lead.decide            + . . . . . + . . . . . .
merge.decide           . . . . . . + . . . . . .
endorsement.decide     u . . . . . + . . . . . . o
screening.override     . . . . . . + . . . . . .
screening.confirm      . . . . . . . m . . . . . o
screening.supplement   . . . . . . + . . . . . .
round.open             . . . . . . + . . . . . .
waiver.sign            . . . . . . . + . . . . .
review.draw            . . . . . . + . . . . . .
review.reassign        . . . . . . + . . . . . .
panel.draw             . . . . . . + . . . . . .
panel.answer           . . . . . . + . . . . . .
expert.load            . . . . . . + . . . . . .
recusal.declare        . + + . + + + + . . . . .
tie.declare            + + + + + + + + + . . + .
tie.record             . . . . . . + . . . . . .
tie.confirm            . . . . . . . t t . . . .
score.submit           . a a . . . . . . . . . . o
score.reopen           . . . t . . . . . . . . . o
score.read             . . . . . . + + + . . + . s
evidence.add           . . . . . . + . . . . . .
contest.post           . . . . . . + + . . . . .
appeal.file            u . . . . . . . . . . . . o
appeal.read            u . . . . . + + + . . + .
appeal.rule            . . . . . . + + . . . . . o
ballot.cast            . . . . a . . . . . . . . o
ballot.second_round    . . . . . . + . . . . . .
tally.import           . . . . . . + . . . . . .
tally.void             . . . . . . + . . . . . .
tally.confirm          . . . . . . . m m . . . .
gate.sign              + + . . + + + m + . . . . s
gate.delegate          + + . . + + + + + . . . .
correction.request     . . . . . . + . . . . . .
correction.resolve     . . . . . . . + . . . . .
result.recompute       . . . . . . . . + . . + .
notice.post            . . . . . . . + . . . . .
notice.correct         . . . . . . + . . . . . .
notice.edit            . . . . . . + . . . . . .
notice.clear           . . . . . . + + . . . . .
notice.outage          . . . . . . + + . . . . .
list.place             . . . . . . + . . . . . .
substitute.propose     . . . . . . + + . . . . .
substitute.promote     . . . . . . . m . . . . .
objection.handle       . . . . . . + + . . . . .
objection.investigate  . . . . . . + + + . . . .
objection.rule         . . . . . . . + . . . . .
award.pack             . . . . . . + . . . . . .
document.make          . . . . . . + . . . . . .
document.render        . . . . . . + . . . . . .
document.release       . . . . . . . m . . . . .
amendment.propose      . . . . . . + . . . . . .
amendment.confirm      . . . . . . . m . . . . .
outreach.record        + . . . . . + + . . . . .
outreach.confirm       . . . . . . m m . . . . .
mail.confirm           . . . . . . + . . . . . .
mail.deliver           . . . . . . + . . + . . +
stage.run              . . . . . . . . . . . . +
stage.close            . . . . . . + . . . . . +
stage.retry            . . . . . . + . . . . . .
audit.read             . . . . . . + + + . . + .
matrix.read            . . . . . . . . + + + + .
account.create         . . . . . . . . . + . . .
account.reset_factor   . . . . . . . . . . + . .
session.end            . . . . . . . . . . + . .
token.make             + . . . . . + + + . . . .
token.read             . . . . . . . . . . + + .
token.revoke           . . . . . . . . . . + . .
account.read           . . . . . . . . . + + + .
trail.read             . . . . . . . . . . . + .
account.password       . . . . . . . . . + o o .
account.propose        . . . . . . . . . . t . .
account.confirm        . . . . . . . . . . . t .
account.end_role       . . . . . . . . . . t . .
emergency.ask          . . . . . . . . . + + . .
emergency.agree        . . . . . . . . . t t . .
emergency.end          . . . . . . . . . + + + .
backup.make            . . . . . . . . . + . . .
reference.load         . . . . . . . . . + . . .
consent.read           . . . . . . + + + . . + .
consent.record         + . . . . . + . . . . . .
consent.withdraw       . . . . . . + . . . . . .
erasure.ask            . . . . . . + . . . . . .
erasure.confirm        . . . . . . . + . . . . .
erasure.read           . . . . . . + + + . . + .
keys.rotate            . . . . . . . . . + . . .
person.unmask          + . . . . . + + . . . . .
person.unmask_agree    . . . . . . + + . . . . .
subject.export         . . . . . . + . . . . . .
access.ask             + + + + + + + + + + + + +
access.use             + + + + + + + + + + + + +
lead.file              + + + + + + + + + + + + +
objection.file         + + + + + + + + + + + + +
"""
RELATIONS: dict[str, Callable[[str], bool]] = {
    ".": lambda _: False,
    "+": lambda relation: relation != "conflicted",
    "a": lambda relation: relation == "assigned",
    "u": lambda relation: relation == "unit",
    "t": lambda relation: relation in {"none", "assigned", "unit"},
    "m": lambda relation: relation not in {"made", "conflicted"},
    "o": lambda relation: relation == "own",
}
WHEN = {"": set(Phase), "o": {"open"}, "s": {"closed", "passed", "finished"}}


def typed() -> Iterator[tuple[str, dict[str, str], str]]:
    """The matrix by act: role -> mark, and the phases."""
    for line in MATRIX.strip().splitlines()[1:]:
        act, *marks = line.split()
        yield act, dict(zip(COLUMNS, marks, strict=False)), "".join(marks[len(COLUMNS) :])


def test_matrix_tells_of_every_act() -> None:
    assert sorted(act for act, _, _ in typed()) == sorted(PERMISSIONS.keys() | PUBLIC)
    assert set(COLUMNS) == set(ROLES)


def test_every_cell_is_as_agreed(record_property: Callable[[str, object], None]) -> None:
    wrong: list[tuple[str, ...]] = []
    cells = 0
    for act, marks, phases in typed():
        for role, relation, phase in product(ROLES, Relation, Phase):
            cells += 1
            agreed = RELATIONS[marks[role]](relation) and phase in WHEN[phases]
            if agreed != (denial(act, [role], relation, phase) is None):
                wrong.append((act, role, relation, phase))
    record_property("cells", cells)
    assert wrong == []
    assert cells == len(PERMISSIONS.keys() | PUBLIC) * len(ROLES) * len(Relation) * len(Phase) > 16_000


def test_conflicted_is_always_denied() -> None:
    cells = product(PERMISSIONS.keys() | PUBLIC, ROLES, Phase)
    assert [cell for cell in cells if denial(cell[0], [cell[1]], Relation.CONFLICTED, cell[2]) is None] == []
    assert denial("score.submit", ROLES, Relation.CONFLICTED, Phase.OPEN) == Denial.CONFLICT


def test_unknown_act_is_nobodys() -> None:
    found = {denial("award.revoke", ROLES, relation, phase) for relation, phase in product(Relation, Phase)}
    assert found == {Denial.ROLE}


def test_more_roles_allow_no_less() -> None:
    together = denial("gate.sign", ["verifier", "staff"], Relation.MADE, Phase.CLOSED)
    assert (denial("gate.sign", ["verifier"], Relation.MADE, Phase.CLOSED), together) == (Denial.RELATION, None)


def test_limits_name_acts_and_roles() -> None:
    assert LIMITS.keys() - PERMISSIONS.keys() == set()
    assert [act for act, limits in LIMITS.items() if limits.keys() - PERMISSIONS[act] - {""}] == []


def test_administrators_do_no_business() -> None:
    theirs = {act for act, roles in PERMISSIONS.items() if roles & {"admin", "security"}}
    own = {act for act in PERMISSIONS if act.startswith(("account.", "emergency.", "matrix.", "session.", "token."))}
    assert theirs - own == {"backup.make", "doctor.read", "keys.rotate", "mail.deliver", "reference.load"}
    assert theirs - own <= TECHNICAL


def test_auditor_only_looks_and_confirms_grants() -> None:
    reads = {act for act in PERMISSIONS if act.endswith((".read", ".inspect"))}
    theirs = {act for act, roles in PERMISSIONS.items() if "auditor" in roles} - reads
    # a recount changes nothing, a tie is told of oneself
    assert theirs == {"account.confirm", "account.password", "emergency.end", "result.recompute", "tie.declare"}


def test_no_role_proposes_and_confirms() -> None:
    assert {(one, two): PERMISSIONS[one] & PERMISSIONS[two] for one, two in DUAL.items()} == {
        pair: frozenset() for pair in DUAL.items()
    }


def test_services_never_approve() -> None:
    services = {act for act, roles in PERMISSIONS.items() if "service" in roles}
    assert services & APPROVALS == set()
    assert services <= TECHNICAL


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_administrators_exclude_every_role(role: str) -> None:
    others = [other for other in ROLES if other not in {role, "service"}]
    assert [other for other in others if excluding({role, other}) is None] == []
    assert excluding({role}) is None


def test_business_roles_go_together() -> None:
    assert excluding(set(ROLES) - ADMINISTRATORS) is None


def test_nothing_that_seals_is_lent() -> None:
    assert {"ballot.cast", "score.submit", "gate.sign", "stage.close"} <= NEVER_LENT
    assert PERMISSIONS.keys() >= NEVER_LENT
    assert set(LENT).isdisjoint(ADMINISTRATORS)
    # of grants, too, nobody who was lent a role disposes
    assert [act for act, roles in PERMISSIONS.items() if act.startswith("account.") and roles & set(LENT)] == []


def test_every_state_has_a_phase() -> None:
    assert PHASES.keys() == {status.value for status in StageStatus}


def test_every_act_has_words() -> None:
    assert ACTS.keys() == PERMISSIONS.keys() | PUBLIC

"""Who may have come twice: nominations, and leads, that are alike enough for a person to look at."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.views import round_by_key
from craftsman.rules.eligibility import unit_key
from craftsman.rules.names import same_name_key
from models import Lead, LeadStatus, MergeKind, Nomination, Person
from models.nomination import GONE


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two that may be of one person, and why one thinks so; a person decides."""

    kind: MergeKind
    first: str
    second: str
    why: str


def merge_candidates(session: Session, round_key: str) -> list[Candidate]:
    """Nominations of one name with the same unit or birth month, and open leads of one name and unit; two queries."""
    round_ = round_by_key(session, round_key)
    query = select(Nomination.case_no, Person.name, Nomination.unit, Person.born).join(Person)
    standing = query.where(Nomination.round_id == round_.id, col(Nomination.status).not_in(GONE))
    standing = standing.where(col(Person.erased_at).is_(None))
    people: dict[str, list[tuple[str, str, str]]] = {}
    for case_no, name, unit, born in session.exec(standing.order_by(Nomination.case_no)).all():
        people.setdefault(same_name_key(name), []).append((case_no, unit_key(unit), born))
    leads = select(Lead.receipt_no, Lead.name, Lead.unit).where(Lead.round_id == round_.id)
    filed: dict[tuple[str, str], list[str]] = {}
    for receipt, name, unit in session.exec(
        leads.where(Lead.status == LeadStatus.FILED).order_by(Lead.receipt_no)
    ).all():
        filed.setdefault((same_name_key(name), unit_key(unit)), []).append(receipt)
    pairs = [pair for group in people.values() for pair in _alike(group)]
    same = [
        Candidate(MergeKind.LEAD, group[0], other, "姓名、单位相同") for group in filed.values() for other in group[1:]
    ]
    return pairs + same


def _alike(group: list[tuple[str, str, str]]) -> list[Candidate]:
    return [
        Candidate(
            MergeKind.NOMINATION,
            first[0],
            second[0],
            "姓名、单位相同" if first[1] == second[1] else "姓名、出生年月相同",
        )
        for place, first in enumerate(group)
        for second in group[place + 1 :]
        if first[1] == second[1] or first[2] == second[2]
    ]

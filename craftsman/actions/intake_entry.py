"""Writing the rows of a workbook: people, nominations and their channels, a batch of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.intake_file import SealedRow
from craftsman.actions.intake_merge import Known, Plan
from craftsman.programme.programme import Programme
from craftsman.store.bulk import insert_rows, update_rows
from models import Nomination, NominationChannel, NominationStatus, Organisation, Person, Round


@dataclass(frozen=True, slots=True)
class Desk:
    """The round that a workbook is taken into, and whether new nominations are welcome."""

    round: Round
    programme: Programme
    organisations: Mapping[str, Organisation]
    accepting: bool

    @property
    def round_id(self) -> int:
        """The round's id."""
        assert self.round.id is not None
        return self.round.id


def enter(session: Session, act: Act, desk: Desk, rows: Sequence[SealedRow]) -> list[str]:
    """Insert people and nominations; returns the case numbers in row order."""
    if not rows:
        return []
    insert_rows(session, [_person(desk, row) for row in rows])
    query = select(Person.id_index, Person.id).where(Person.round_id == desk.round_id)
    people = {index: number or 0 for index, number in session.exec(query).all()}
    numbers = _case_numbers(session, desk, rows)
    common: dict[str, Any] = {"round_id": desk.round_id, "nominated_by": act.actor.account_id, "submitted_at": act.now}
    fresh = [
        Nomination(
            case_no=number, person_id=people[row.person.id_index], **common, **_nomination_columns(act, desk, row)
        )
        for row, number in zip(rows, numbers, strict=True)
    ]
    insert_rows(session, fresh)
    return numbers


def _person(desk: Desk, row: SealedRow) -> Person:
    return Person(round_id=desk.round_id, id_index=row.person.id_index, **_person_columns(row))


def _person_columns(row: SealedRow) -> dict[str, Any]:
    return {
        "name": row.row.name,
        "sex": row.row.sex,
        "ethnicity": row.row.ethnicity,
        "born": row.row.birth.isoformat()[:7],
        "id_cipher": row.person.id_cipher,
        "birth_cipher": row.person.birth_cipher,
        "phone_cipher": row.person.phone_cipher,
    }


def _nomination_columns(act: Act, desk: Desk, row: SealedRow) -> dict[str, Any]:
    return {
        "organisation_id": desk.organisations[row.row.reporting_unit].id,
        "status": NominationStatus.IN_REVIEW,
        "unit": row.row.unit,
        "uscc": row.row.uscc,
        "region": row.row.region,
        "post": row.row.post,
        "industry": row.row.industry,
        "rank": row.row.rank,
        "row_digest": row.digest,
        "details": row.details,
        "updated_at": act.now,
    }


def _case_numbers(session: Session, desk: Desk, rows: Sequence[SealedRow]) -> list[str]:
    """Year, unit and the next number within the unit, such as 2026-tangshan-0007; no number is used twice."""
    year = f"{desk.round.year}-"
    last: dict[str, int] = {}
    for taken in session.exec(select(Nomination.case_no).where(col(Nomination.case_no).startswith(year))).all():
        head, _, number = taken.rpartition("-")
        last[head] = max(last.get(head, 0), int(number))
    numbers: list[str] = []
    for row in rows:
        head = f"{year}{row.row.reporting_unit}"
        last[head] = last.get(head, 0) + 1
        numbers.append(f"{head}-{last[head]:04d}")
    return numbers


def correct(session: Session, act: Act, desk: Desk, rows: Sequence[tuple[SealedRow, Known]]) -> None:
    """Write corrected rows over what was there; a returned nomination is in review again."""
    update_rows(session, Person, [{"id": known.person_id, **_person_columns(row)} for row, known in rows])
    changes = [{"id": known.nomination_id, **_nomination_columns(act, desk, row)} for row, known in rows]
    update_rows(session, Nomination, changes)


def keep_channels(session: Session, desk: Desk, plan: Plan) -> None:
    """Keep every way in which the nominations came, once each."""
    if not plan.new and not plan.corrected and not plan.merged:
        return
    query = select(Person.id_index, Nomination.id).join(Nomination).where(Nomination.round_id == desk.round_id)
    ids = {index: number or 0 for index, number in session.exec(query).all()}
    merging = [row for row, known in (*plan.corrected, *plan.merged) if row.row.channel not in known.channels]
    insert_rows(
        session,
        [
            NominationChannel(
                nomination_id=ids[row.person.id_index], channel=row.row.channel, source=row.row.reporting_unit
            )
            for row in (*plan.new, *merging)
        ],
    )

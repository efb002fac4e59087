"""Writing the rows of a workbook: people, nominations and their channels, a batch of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Integer, cast
from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act
from craftsman.actions.intake_file import SealedRow
from craftsman.actions.intake_merge import Known, Plan
from craftsman.actions.people import sealed_under
from craftsman.actions.withdrawal import close_withdrawals
from craftsman.programme.programme import Programme
from craftsman.store.bulk import insert_rows, insert_values, listed, update_rows
from models import Merge, MergeKind, Nomination, NominationChannel, NominationStatus, Organisation, Person, Round

PUT_FORWARD_AGAIN = "另一推荐单位重新申报。"
MERGED_BY_IMPORT = "另一推荐单位的汇总表报送了同一人，其渠道一并记入。"


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
    scope = {"round_id": desk.round_id}
    # they were wrapped before this transaction, by what may have been retired since
    keys = act.place.secrets.all_rewrapped(row.person.data_key for row in rows)
    people = [
        scope | {"id_index": row.person.id_index, "data_key": key} | _person_columns(row)
        for key, row in zip(keys, rows, strict=True)
    ]
    insert_values(session, Person, people)
    ids = _ids(session, desk, rows)
    numbers = _case_numbers(session, desk, rows)
    common: dict[str, Any] = scope | {"nominated_by": act.actor.account_id, "submitted_at": act.now}
    fresh = [
        common | {"case_no": number, "person_id": ids[row.person.id_index]} | _nomination_columns(act, desk, row)
        for row, number in zip(rows, numbers, strict=True)
    ]
    insert_values(session, Nomination, fresh)
    return numbers


def _ids(session: Session, desk: Desk, rows: Sequence[SealedRow]) -> dict[str, int]:
    """The people of these rows alone, for a round may hold many more."""
    here = listed(session, [row.person.id_index for row in rows])
    query = select(Person.id_index, Person.id).where(Person.round_id == desk.round_id)
    return {index: number or 0 for index, number in session.exec(query.where(col(Person.id_index).in_(here))).all()}


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


def _corrected_person(act: Act, row: SealedRow, known: Known) -> dict[str, Any]:
    """Whoever has a key keeps it, for their papers are under it too; others get the row's."""
    secrets = act.place.secrets
    if known.data_key:
        own = secrets.own(known.data_key)
        told = row.row
        row = replace(row, person=sealed_under(own, row.person.id_index, told.id_number, told.birth, told.phone))
    return {**_person_columns(row), "data_key": secrets.rewrapped(row.person.data_key)}


def _nomination_columns(act: Act, desk: Desk, row: SealedRow) -> dict[str, Any]:
    return {
        "organisation_id": desk.organisations[row.row.reporting_unit].id,
        "status": NominationStatus.IN_REVIEW,
        "unit": row.row.unit,
        "uscc": row.row.uscc,
        "region": row.row.region,
        "post": row.row.post,
        "industry": row.row.industry,
        "seat": row.row.seat,
        "rank": row.row.rank,
        "row_digest": row.digest,
        "details": row.details,
        "updated_at": act.now,
    }


def _case_numbers(session: Session, desk: Desk, rows: Sequence[SealedRow]) -> list[str]:
    """Year, unit and the next number within the unit, such as 2026-tangshan-0007; no number is used twice."""
    year = f"{desk.round.year}-"
    behind_unit = func.substr(Nomination.case_no, func.length(year) + func.length(Organisation.code) + 2)
    highest = select(Organisation.code, func.max(cast(behind_unit, Integer))).join(Nomination)
    of_year = highest.where(col(Nomination.case_no).startswith(year)).group_by(col(Organisation.code))
    last: dict[str, int] = dict(session.exec(of_year).all())
    numbers: list[str] = []
    for row in rows:
        unit = row.row.reporting_unit
        last[unit] = last.get(unit, 0) + 1
        numbers.append(f"{year}{unit}-{last[unit]:04d}")
    return numbers


def correct(session: Session, act: Act, desk: Desk, rows: Sequence[tuple[SealedRow, Known]]) -> None:
    """Write corrected rows over what was there; a returned nomination is in review again."""
    update_rows(session, Person, [{"id": known.person_id, **_corrected_person(act, row, known)} for row, known in rows])
    changes = [{"id": known.nomination_id, **_nomination_columns(act, desk, row)} for row, known in rows]
    update_rows(session, Nomination, changes)
    again = [known.nomination_id for _, known in rows if known.status == NominationStatus.WITHDRAWN]
    close_withdrawals(session, act, again, PUT_FORWARD_AGAIN)


def keep_channels(session: Session, act: Act, desk: Desk, plan: Plan) -> None:
    """Keep every way in which the nominations came, once each."""
    if not plan.new and not plan.corrected and not plan.merged:
        return
    here = listed(session, [row.person.id_index for row in plan.new])
    query = select(Person.id_index, Nomination.id).join(Nomination).where(Nomination.round_id == desk.round_id)
    ids = {index: number or 0 for index, number in session.exec(query.where(col(Person.id_index).in_(here))).all()}
    ways = [(ids[row.person.id_index], row) for row in plan.new]
    for row, known in (*plan.corrected, *plan.merged):
        if row.row.channel not in known.channels:
            ways.append((known.nomination_id, row))
    channels = [
        {"nomination_id": number, "channel": row.row.channel, "source": row.row.reporting_unit} for number, row in ways
    ]
    insert_values(session, NominationChannel, channels)
    _keep_merges(session, act, desk, plan)


def _keep_merges(session: Session, act: Act, desk: Desk, plan: Plan) -> None:
    """Keep what a second unit brought for somebody who was nominated before, so that it can be undone."""
    merges = [
        Merge(
            round_id=desk.round_id,
            kind=MergeKind.WAY,
            kept=known.case_no,
            merged=row.row.reporting_unit,
            before=row.row.channel,
            reason=MERGED_BY_IMPORT,
            account_id=act.actor.account,
            merged_at=act.now,
        )
        for row, known in plan.merged
    ]
    insert_rows(session, merges)

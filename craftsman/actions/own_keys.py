"""The keys of the people behind nominations, under which all files of theirs lie."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.errors import Refused
from craftsman.store.bulk import update_rows
from craftsman.store.secrets import ERASED, OwnKey
from models import Nomination, Person


def own_key_of(session: Session, act: Act, nomination_id: int) -> OwnKey:
    """The key that opens what belongs to a nomination; one query. Refused once the person is erased."""
    query = select(Person).join(Nomination).where(Nomination.id == nomination_id)
    person = session.exec(query).one()
    if person.erased_at is not None:
        raise Refused(ERASED)
    return act.place.secrets.own(person.data_key)


def keys_for_files(session: Session, act: Act, nomination_ids: Collection[int]) -> dict[int, OwnKey]:
    """The keys by nomination, for files that come in; people from before own keys are given one. Two statements."""
    query = select(Nomination.id, Person).join(Person, col(Person.id) == Nomination.person_id)
    rows = session.exec(query.where(col(Nomination.id).in_(nomination_ids))).all()
    if any(person.erased_at is not None for _, person in rows):
        raise Refused(ERASED)
    secrets = act.place.secrets
    given = {person.id: secrets.new_own().wrapped for _, person in rows if not person.data_key}
    update_rows(session, Person, [{"id": number, "data_key": wrapped} for number, wrapped in given.items()])
    return {number or 0: secrets.own(given.get(person.id, person.data_key)) for number, person in rows}

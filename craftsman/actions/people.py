"""Personal fields of people: sealed when they come in, opened in memory only where a rule needs them."""

from dataclasses import dataclass, field
from datetime import date

from craftsman.store.secrets import Secrets
from models import Person


@dataclass(frozen=True, slots=True)
class SealedFields:
    """A person's sealed fields with the index by which the same person is found again in the round."""

    id_index: str
    id_cipher: str = field(repr=False)
    birth_cipher: str = field(repr=False)
    phone_cipher: str = field(repr=False)


def seal_fields(secrets: Secrets, round_key: str, id_number: str, birth: date, phone: str) -> SealedFields:
    """Encrypt a person's fields, each bound to the person and to its own place."""
    index = secrets.index(id_number, scope=round_key)
    return SealedFields(
        index,
        secrets.seal(id_number, bound_to=f"person:{index}:id"),
        secrets.seal(birth.isoformat(), bound_to=f"person:{index}:birth"),
        secrets.seal(phone, bound_to=f"person:{index}:phone"),
    )


def birth_of(secrets: Secrets, person: Person) -> date:
    """The birth day, for a rule to look at; it must not be kept or written anywhere."""
    return date.fromisoformat(secrets.unseal(person.birth_cipher, bound_to=f"person:{person.id_index}:birth"))


def phone_of(secrets: Secrets, person: Person) -> str:
    """The phone number, for somebody who may call the nominee."""
    return secrets.unseal(person.phone_cipher, bound_to=f"person:{person.id_index}:phone")


def id_number_of(secrets: Secrets, person: Person) -> str:
    """The identity number, for a document that must bear it."""
    return secrets.unseal(person.id_cipher, bound_to=f"person:{person.id_index}:id")

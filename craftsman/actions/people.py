"""Personal fields of people: sealed when they come in, opened in memory only where a rule needs them."""

from dataclasses import dataclass, field
from datetime import date

from craftsman.store.secrets import OwnKey, Secrets
from models import Person


@dataclass(frozen=True, slots=True)
class SealedFields:
    """A person's sealed fields with the index by which the same person is found again in the round."""

    id_index: str
    id_cipher: str = field(repr=False)
    birth_cipher: str = field(repr=False)
    phone_cipher: str = field(repr=False)
    data_key: str = field(repr=False)


def sealed_under(own: OwnKey, index: str, id_number: str, birth: date, phone: str) -> SealedFields:
    """Encrypt a person's fields under their key, each bound to the person and to its own place."""
    return SealedFields(
        index,
        own.seal(id_number, bound_to=f"person:{index}:id"),
        own.seal(birth.isoformat(), bound_to=f"person:{index}:birth"),
        own.seal(phone, bound_to=f"person:{index}:phone"),
        own.wrapped,
    )


def birth_of(secrets: Secrets, person: Person) -> date:
    """The birth day, for a rule to look at; it must not be kept or written anywhere."""
    return date.fromisoformat(_opened(secrets, person, "birth"))


def phone_of(secrets: Secrets, person: Person) -> str:
    """The phone number, for somebody who may call the nominee."""
    return _opened(secrets, person, "phone")


def id_number_of(secrets: Secrets, person: Person) -> str:
    """The identity number, for a document that must bear it."""
    return _opened(secrets, person, "id")


def _opened(secrets: Secrets, person: Person, name: str) -> str:
    cipher: str = getattr(person, f"{name}_cipher")
    return secrets.own(person.data_key).unseal(cipher, bound_to=f"person:{person.id_index}:{name}")

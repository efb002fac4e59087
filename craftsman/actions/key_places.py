"""Where ciphers lie: each table with the key of its rows, and what each cipher is bound to.

Whoever seals a new column enters it here, so that rotation puts it under the new key and no key is retired too early.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel, and_, col, or_, select

from craftsman.store.key_file import FIRST
from craftsman.store.secrets import OWN, Secrets
from models import AuthenticatorApp, Expert, FormDraft, Lead, Message, Objection, ObjectorRecord, Person, ScoreDraft

Bound = Callable[[Any], str]
_KEY = "data_key"


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A table: `sealed` are the columns under a row's data key (if it has one), `direct` those under a wrapping key.

    `holder` has the data key where that is another table; what is bound to a row is told by the holder's row. `id` is
    the primary key, by which batches go.
    """

    model: type[SQLModel]
    sealed: Mapping[str, Bound] = field(default_factory=dict[str, Bound])
    direct: Mapping[str, Bound] = field(default_factory=dict[str, Bound])
    holder: type[SQLModel] | None = None
    id: str = "id"

    @property
    def key(self) -> Any:
        """The primary key's column."""
        return self._column(self.id)

    @property
    def rows(self) -> Any:
        """The query of all rows, each with the one that has its data key."""
        if self.holder is None:
            return select(self.model, self.model)
        return select(self.model, self.holder).join(self.holder)

    def under(self, key: str) -> ColumnElement[bool]:
        """Whether a row needs this key of the key file to be opened."""
        return or_(*(_under(column, key) for column in self._columns()))

    def outdated(self, active: str) -> ColumnElement[bool]:
        """Whether a row holds anything that the active key has not wrapped or sealed yet."""
        current = (f"{active}.", f"{OWN}.")
        return or_(*(and_(column != "", *(~column.startswith(one) for one in current)) for column in self._columns()))

    def put_anew(self, secrets: Secrets, row: Any, holder: Any) -> None:
        """Wrap a row's data key by the active key, and seal under it what was sealed before rows had one."""
        for name, bound in self.direct.items():
            if cipher := getattr(row, name):
                setattr(row, name, secrets.seal(secrets.unseal(cipher, bound(holder)), bound(holder)))
        if not self._has_key:
            return
        own = secrets.own(holder.data_key) if holder.data_key else secrets.new_own()
        holder.data_key = secrets.rewrapped(own.wrapped)
        for name, bound in self.sealed.items():
            cipher = getattr(row, name)
            if cipher and not cipher.startswith(f"{OWN}."):
                setattr(row, name, own.seal(own.unseal(cipher, bound(holder)), bound(holder)))

    def _columns(self) -> list[Any]:
        names = [self._column(name) for name in (*self.sealed, *self.direct)]
        return [*names, col(getattr(self._holder, _KEY))] if self._has_key else names

    @property
    def _holder(self) -> type[SQLModel]:
        return self.holder or self.model

    @property
    def _has_key(self) -> bool:
        return _KEY in self._holder.model_fields

    def _column(self, name: str) -> Any:
        return col(getattr(self.model, name))


def _under(column: Any, key: str) -> ColumnElement[bool]:
    if key != FIRST:
        return column.startswith(f"{key}.")
    # the first ciphers name no key
    return and_(column != "", or_(column.startswith(f"{FIRST}."), ~column.contains(".")))


def _person(name: str) -> Bound:
    return lambda row: f"person:{row.id_index}:{name}"


def _expert(name: str) -> Bound:
    return lambda row: f"expert/{row.number}/{name}"


PLACES: Sequence[KeyPlace] = (
    KeyPlace(Person, {f"{name}_cipher": _person(name) for name in ("id", "birth", "phone")}),
    KeyPlace(Lead, {"contact_cipher": lambda row: f"lead:{row.receipt_no}:contact"}),
    KeyPlace(Objection),
    KeyPlace(
        ObjectorRecord, {"cipher": lambda row: f"objection:{row.receipt_no}"}, holder=Objection, id="objection_id"
    ),
    KeyPlace(Expert, {f"{name}_cipher": _expert(name) for name in ("phone", "email")}),
    KeyPlace(
        Message,
        {"recipient_cipher": lambda row: f"letter:{row.event_key}"},
        direct={"context_cipher": lambda row: f"words:{row.event_key}"},
    ),
    KeyPlace(AuthenticatorApp, direct={"secret_cipher": lambda row: f"account/{row.account_id}/authenticator"}),
    KeyPlace(FormDraft, direct={"fields_cipher": lambda row: f"draft/{row.account_id}{row.form}"}),
    KeyPlace(ScoreDraft, direct={"comment_cipher": lambda row: f"score-draft/{row.assignment_id}"}),
)

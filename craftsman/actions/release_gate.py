"""The release gate: no file that is meant for the public is kept or let out while personal data is found in it."""

from collections.abc import Iterable
from typing import Protocol

from sqlmodel import Session

from craftsman.actions.views import read_programme
from craftsman.documents.leaks import leaks
from craftsman.errors import Refused
from craftsman.programme.schema import Office
from models import Round

NamedFile = tuple[str, bytes]


class Contacts(Protocol):
    """An office as far as its numbers and addresses may be published."""

    @property
    def phone(self) -> str:
        """For questions."""
        ...

    @property
    def supervision_phone(self) -> str:
        """For complaints."""
        ...

    @property
    def postcode(self) -> str:
        """Six digits."""
        ...

    @property
    def email(self) -> str:
        """Where letters go."""
        ...


def office_contacts(office: Contacts) -> tuple[str, ...]:
    """Numbers and addresses that may stand in a public document."""
    return office.phone, office.supervision_phone, office.postcode, office.email


def refuse_personal_data(files: Iterable[NamedFile], office: Contacts) -> None:
    """Refused with every place of every file where something was found that must not leave the house."""
    allowed = office_contacts(office)
    found = [f"{name} · {hit}" for name, content in files for hit in leaks(content, allowed)]
    if found:
        raise Refused("文件中有不得公开的个人信息，未予放行；请删去后重新生成：", found)


def office_of(session: Session, round_id: int) -> Office:
    """The office of a round's programme."""
    return read_programme(session.get_one(Round, round_id).programme).rules.office

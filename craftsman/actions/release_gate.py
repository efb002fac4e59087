"""The release gate: no file that is meant for the public is kept or let out while personal data is found in it."""

from collections.abc import Iterable

from sqlmodel import Session

from craftsman.actions.views import read_programme
from craftsman.documents.leaks import leaks
from craftsman.errors import Refused
from craftsman.programme.schema import Office
from models import Round

NamedFile = tuple[str, bytes]


def office_contacts(office: Office) -> tuple[str, ...]:
    """Numbers and addresses that may stand in a public document."""
    return office.phone, office.supervision_phone, office.postcode, office.email


def refuse_personal_data(files: Iterable[NamedFile], office: Office) -> None:
    """Refused with every place of every file where something was found that must not leave the house."""
    allowed = office_contacts(office)
    found = [f"{name} · {hit}" for name, content in files for hit in leaks(content, allowed)]
    if found:
        raise Refused("文件中有不得公开的个人信息，未予放行；请删去后重新生成：", found)


def office_of(session: Session, round_id: int) -> Office:
    """The office of a round's programme."""
    return read_programme(session.get_one(Round, round_id).programme).rules.office

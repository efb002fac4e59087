"""Nominees as documents tell them: the public columns of the workbook, codes in words."""

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from craftsman.actions.lists import Listed, listed
from craftsman.actions.provenance import channels_of
from craftsman.documents.facts import Nominee
from craftsman.programme.programme import Programme
from craftsman.workbook.columns import BY_KEY
from craftsman.workbook.lists import code_list
from models import Nomination
from models.nomination import GONE

Condition = ColumnElement[bool] | bool
_CODED = ("political", "education", "unit_nature", "position", "skill_level")


def nominees(
    session: Session, round_id: int, programme: Programme, *conditions: ColumnElement[bool] | bool
) -> tuple[Nominee, ...]:
    """Those of a round who still stand, by case number, narrowed by conditions; a constant number of statements."""
    query = select(Nomination.id).where(
        Nomination.round_id == round_id, col(Nomination.status).not_in(GONE), *conditions
    )
    ids = session.exec(query).all()
    people = listed(session, dict.fromkeys((one or 0 for one in ids), ""))
    channels = channels_of(session, round_id)
    return tuple(
        _nominee(programme, number, one, channels.get(one.id, frozenset()))
        for number, one in enumerate(people, start=1)
    )


def _nominee(programme: Programme, number: int, one: Listed, channels: Collection[str]) -> Nominee:
    details = one.nomination.details
    words = {key: _word(programme, key, details.get(key)) for key in _CODED}
    titles = code_list(programme, "channels")
    return Nominee(
        number=number,
        case_no=one.case_no,
        name=one.person.name,
        sex=_word(programme, "sex", one.person.sex),
        ethnicity=_word(programme, "ethnicity", one.person.ethnicity),
        unit=one.nomination.unit,
        region=_word(programme, "region", one.nomination.region),
        post=one.nomination.post,
        industry=_word(programme, "industry", one.nomination.industry),
        channel="、".join(title for key, title in titles.items() if key in channels),
        recommending_unit=one.recommender.name,
        rank=one.nomination.rank,
        years_in_trade=_plain(details.get("years_in_trade")),
        deeds=_plain(details.get("deeds")),
        honours=_plain(details.get("honours")),
        seat=_word(programme, "seat", one.nomination.seat),
        **words,
    )


def _word(programme: Programme, key: str, code: object) -> str:
    return code_list(programme, BY_KEY[key].codes).get(_plain(code), _plain(code))


def _plain(value: object) -> str:
    return "" if value is None else str(value)

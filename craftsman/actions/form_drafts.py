"""Drafts of forms: what somebody typed and has not handed in, sealed for their account. No act, so no event either."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, update
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.errors import Invalid, Refused
from models import FormDraft

KEPT = timedelta(days=7)
LONGEST = 100_000
ELSEWHERE = "您在另一个窗口保存了较新的草稿，本页所填内容没有覆盖它。请核对后，以其中一个窗口为准。"

Fields = Sequence[tuple[str, str]]

# built once: every page of a sheet asks it
_MINE = select(FormDraft).where(
    col(FormDraft.account_id) == bindparam("account"), col(FormDraft.form) == bindparam("form")
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as its owner has it back; `fields` in the order in which they stood in the form."""

    form: str
    page: str
    fields: Fields
    version: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class About:
    """Whom drafts may tell of: numbers that stand in address or fields, and whole forms, as the path of a sheet."""

    words: Collection[str]
    forms: Collection[str] = ()


def keep_fields(  # noqa: PLR0913  (where it was typed, and what)
    session: Session, act: Act, form: str, fields: Fields, *, page: str, based_on: int | None = None
) -> int:
    """Keep the typed fields of a form in place of those kept before; returns the draft's version.

    Refused when it is `based_on` another version than the one there is: another window has kept more since.
    """
    plain = json.dumps(list(fields), ensure_ascii=False)
    if len(plain) > LONGEST or len(form) > 300 or len(page) > 600:
        raise Invalid("填写的内容过长，未能保存草稿。")
    row = _row(session, act, form) or FormDraft(
        account_id=act.actor.account, form=form, page=page, fields_cipher="", version=0, saved_at=act.now
    )
    if based_on is not None and row.fields_cipher and _lives(act, row) and based_on != row.version:
        raise Refused(ELSEWHERE)
    row.fields_cipher = act.place.secrets.seal(plain, _bound(row))
    row.page, row.version, row.saved_at, row.ended_at = page, row.version + 1, act.now, None
    session.add(row)
    return row.version


def kept_fields(session: Session, act: Act, form: str) -> Kept | None:
    """The draft of a form; None when there is none, or it is too old."""
    row = _row(session, act, form)
    return _kept(act, row) if row and _lives(act, row) else None


def kept_by_id(session: Session, act: Act, draft_id: int) -> Kept | None:
    """A draft of the actor's own; None for anybody else's."""
    query = select(FormDraft).where(FormDraft.id == draft_id, FormDraft.account_id == act.actor.account_id)
    row = session.exec(query.where(*_live(act))).first()
    return _kept(act, row) if row else None


def drafts_waiting(session: Session, act: Act) -> Sequence[tuple[int, str, datetime]]:
    """The drafts of the actor: number, page and time, the latest first. One query, nothing is unsealed."""
    query = select(FormDraft.id, FormDraft.page, FormDraft.saved_at)
    query = query.where(FormDraft.account_id == act.actor.account_id, *_live(act))
    rows = session.exec(query.order_by(col(FormDraft.saved_at).desc()).limit(20)).all()
    return [(draft_id or 0, page, saved_at) for draft_id, page, saved_at in rows]


def draft_number(session: Session, act: Act, form: str) -> int:
    """The number of the draft of a form."""
    row = _row(session, act, form)
    assert row is not None
    return row.id or 0


def end_draft(session: Session, act: Act, form: str) -> None:
    """Leave nothing of a draft whose form was sent; where there is none, nothing happens."""
    _end(session, act, col(FormDraft.account_id) == act.actor.account, col(FormDraft.form) == form)


def drop_old_drafts(session: Session, act: Act) -> None:
    """Leave nothing of drafts that nobody handed in for days. The portal asks for it each minute."""
    _end(session, act, col(FormDraft.ended_at).is_(None), col(FormDraft.saved_at) < act.now - KEPT)


def drafts_about(session: Session, act: Act, about: About) -> Sequence[tuple[int, datetime]]:
    """The drafts of whomever that tell of somebody, as number and time of saving; each one is unsealed for it."""
    rows = session.exec(select(FormDraft).where(col(FormDraft.ended_at).is_(None)).order_by(col(FormDraft.id))).all()
    return [(row.id or 0, row.saved_at) for row in rows if _tells_of(act, row, about)]


def end_drafts_about(session: Session, act: Act, about: About) -> int:
    """Leave nothing of the drafts that tell of somebody whose data go; how many there were."""
    found = [number for number, _ in drafts_about(session, act, about)]
    _end(session, act, col(FormDraft.id).in_(found))
    return len(found)


def _tells_of(act: Act, row: FormDraft, about: About) -> bool:
    if row.form in about.forms:
        return True
    told = "\n".join([f"{row.form}/", row.page, *(value for _, value in _kept(act, row).fields)])
    return any(word and word in told for word in about.words)


def _end(session: Session, act: Act, *which: ColumnElement[bool]) -> None:
    session.exec(update(FormDraft).where(*which).values(fields_cipher="", page="", ended_at=act.now))


def _row(session: Session, act: Act, form: str) -> FormDraft | None:
    return session.exec(_MINE, params={"account": act.actor.account, "form": form}).first()


def _lives(act: Act, row: FormDraft) -> bool:
    return row.ended_at is None and row.saved_at >= act.now - KEPT


def _live(act: Act) -> tuple[ColumnElement[bool], ...]:
    return col(FormDraft.ended_at).is_(None), col(FormDraft.saved_at) >= act.now - KEPT


def _kept(act: Act, row: FormDraft) -> Kept:
    fields = json.loads(act.place.secrets.unseal(row.fields_cipher, _bound(row)))
    return Kept(row.form, row.page, [(name, value) for name, value in fields], row.version, row.saved_at)


def _bound(row: FormDraft) -> str:
    return f"draft/{row.account_id}{row.form}"

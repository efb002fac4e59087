"""Draws of panels for the eyes of whoever may look: what was announced, who was in the pool, who came out of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders
from craftsman.actions.panels import draws_of
from craftsman.actions.views import round_by_key
from craftsman.rules.panel import Need, ranked, read_pool, text_digest
from models import Account, Expert, PanelDraw, PanelSeat, Role, Round


@dataclass(frozen=True, slots=True)
class Ranked:
    """One expert of the pool at their place in the order of the seed, with the digest that gives it."""

    number: str
    digest: str
    disciplines: Sequence[str]
    seat: PanelSeat | None


@dataclass(frozen=True, slots=True)
class DrawPage:
    """One draw: its needs, the pool in the drawn order, and the seats with their experts."""

    draw: PanelDraw
    needs: Sequence[Need]
    pool: Sequence[Ranked]
    seats: Sequence[tuple[PanelSeat, Expert]]


@dataclass(frozen=True, slots=True)
class Draws:
    """The draws of a round, the newest first, and who of the library is not drawn because they are set inactive."""

    pages: Sequence[DrawPage]
    inactive: Sequence[Expert]
    active: int


def draws_seen(session: Session, act: Act, round_key: str) -> Draws:
    """The draws of a round as they may be checked by hand; four queries."""
    found = draws_of(session, act, round_key)
    experts = session.exec(select(Expert).order_by(col(Expert.number))).all()
    out = [one for one in experts if not one.active]
    return Draws([_page(draw, seats) for draw, seats in reversed(found)], out, len(experts) - len(out))


@dataclass(frozen=True, slots=True)
class AnnouncingDesk:
    """What an announcement can be made of: the round, active experts by discipline, who may watch."""

    round: Round
    active: int
    knowing: Mapping[str, int]
    witnesses: Sequence[Account]


def announcing_desk(session: Session, act: Act, round_key: str) -> AnnouncingDesk:
    """The library as an announcement would fix it; three queries."""
    round_ = round_by_key(session, round_key)
    act.must("panel.draw", round_.id)
    known = session.exec(select(Expert.disciplines).where(col(Expert.active))).all()
    knowing = Counter(code for codes in known for code in set(codes))
    return AnnouncingDesk(round_, len(known), knowing, holders(session, Role.DISCIPLINE, round_.id or 0))


def _page(draw: PanelDraw, seats: Sequence[tuple[PanelSeat, Expert]]) -> DrawPage:
    needs = [Need(**need) for need in draw.needs]  # pyright: ignore[reportArgumentType]
    pool = read_pool(draw.pool)
    taken = {expert.number: seat for seat, expert in seats}
    # before it is drawn nobody shall read off a page who would be
    order = ranked(pool, draw.seed) if draw.drawn_at else sorted(pool)
    rows = [Ranked(one, text_digest(f"{draw.seed}:{one}"), pool[one], taken.get(one)) for one in order]
    return DrawPage(draw, needs, rows, seats)

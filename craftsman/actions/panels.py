"""Panels drawn from the expert library: needs, seed and pool announced, then drawn, and drawn again as proof."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.reasons import written
from craftsman.actions.views import read_programme, round_by_key
from craftsman.audit.events import read_event
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.rules.panel import Need, Seat, draw_seats, pool_text, read_pool, text_digest
from craftsman.store.bulk import insert_rows
from models import AuditEvent, Expert, PanelDraw, PanelSeat, Role, Round, SeatStatus

LONGEST = 200


def panel_ahead(  # noqa: PLR0913  (an act's three, then what is announced by name)
    session: Session, act: Act, round_key: str, *, needs: Sequence[Need], seed: str, source: str, witness: str = ""
) -> PanelDraw:
    """The draw as it would be announced now; nothing is kept. Refused and Invalid as `announce_panel`."""
    round_ = round_by_key(session, round_key)
    act.must("panel.draw", round_.id)
    _must_be_sound(round_, needs)
    seed, source = _short(seed, "种子"), _short(source, "种子来源")
    pool = _pool(session)
    draw_seats(read_pool(pool), needs, seed)
    return PanelDraw(
        round_id=round_.id or 0,
        seed=seed,
        source=source,
        needs=[{"discipline": one.discipline, "seats": one.seats, "alternates": one.alternates} for one in needs],
        pool=pool,
        pool_digest=text_digest(pool),
        witness_id=_witness(session, round_, witness),
        announced_by=act.actor.account,
        announced_at=act.now,
    )


def announce_panel(  # noqa: PLR0913  (an act's three, then what is announced by name)
    session: Session, act: Act, round_key: str, *, needs: Sequence[Need], seed: str, source: str, witness: str = ""
) -> PanelDraw:
    """Fix needs, seed and pool of a draw before it is made. `source` says where the seed is from; a witness watches.

    Refused where the library cannot meet the needs; Invalid for unknown disciplines.
    """
    announced = panel_ahead(session, act, round_key, needs=needs, seed=seed, source=source, witness=witness)
    round_ = round_by_key(session, round_key)
    session.add(announced)
    session.flush()
    facts = {"needs": announced.needs, "pool": announced.pool_digest, "experts": len(read_pool(announced.pool))}
    facts |= {"seed": announced.seed, "source": announced.source, "witness": witness}
    record(session, act, round_.id, [Entry("panel.announced", subject_of(round_, announced), facts)])
    return announced


def draw_panel(session: Session, act: Act, draw_id: int) -> list[Seat]:
    """Draw an announced panel; members are invited, alternates wait. Refused when drawn before or the pool changed."""
    announced, round_ = draw_at_hand(session, draw_id)
    act.must("panel.draw", round_.id)
    if announced.drawn_at is not None:
        raise Refused(f"第 {draw_id} 号抽取已经完成，不能再抽；需要另抽的请重新公告。")
    if text_digest(_pool(session)) != announced.pool_digest:
        raise Refused("公告之后专家库有变动，不能再按原公告抽取；请重新公告。")
    seats = _drawn(announced)
    experts = dict(session.exec(select(Expert.number, Expert.id)).all())
    insert_rows(session, [_seat_row(announced, experts[one.number] or 0, one) for one in seats])
    announced.drawn_by, announced.drawn_at = act.actor.account, act.now
    session.add(announced)
    session.flush()
    record(session, act, round_.id, [Entry("panel.drawn", subject_of(round_, announced), _result(announced, seats))])
    return seats


def verify_draw(session: Session, act: Act, draw_id: int) -> list[str]:
    """Draw again with what was announced; a line for each thing that is not as the history has it."""
    announced, round_ = draw_at_hand(session, draw_id)
    act.must("panel.read", round_.id)
    if announced.drawn_at is None:
        raise Refused(f"第 {draw_id} 号公告尚未抽取。")
    again = _drawn(announced)
    subject, claim = subject_of(round_, announced), (announced.seed, text_digest(announced.pool))
    was_announced, was_drawn = (_told(session, subject, one) for one in ("panel.announced", "panel.drawn"))
    seats = {(one.number, one.alternate, one.position) for one in again}
    checks = {
        "专家名单与公告的指纹不符": claim[1] == announced.pool_digest,
        "种子或名单与历史记录中的公告不符": claim == (was_announced["seed"], was_announced["pool"]),
        "按公告的种子和名单重新抽取，结果与历史记录不符": was_drawn == _result(announced, again),
        "保存的抽取结果与重新抽取不符": seats == _kept(session, announced),
    }
    return [fault for fault, holds in checks.items() if not holds]


def draws_of(session: Session, act: Act, round_key: str) -> list[tuple[PanelDraw, list[tuple[PanelSeat, Expert]]]]:
    """The draws of a round with their seats in order."""
    round_ = round_by_key(session, round_key)
    act.must("panel.read", round_.id)
    draws = session.exec(select(PanelDraw).where(PanelDraw.round_id == round_.id).order_by(col(PanelDraw.id))).all()
    query = (
        select(PanelSeat, Expert)
        .join(Expert, col(Expert.id) == PanelSeat.expert_id)
        .join(PanelDraw, col(PanelDraw.id) == PanelSeat.draw_id)
        .where(PanelDraw.round_id == round_.id)
        .order_by(col(PanelSeat.id))
    )
    seats = session.exec(query).all()
    return [(draw, [(seat, expert) for seat, expert in seats if seat.draw_id == draw.id]) for draw in draws]


def _must_be_sound(round_: Round, needs: Sequence[Need]) -> None:
    known = {industry.code for industry in read_programme(round_.programme).reference.industries}
    if unknown := [one.discipline for one in needs if one.discipline and one.discipline not in known]:
        raise Invalid(f"产业名录中没有代码“{unknown[0]}”，请核对。")
    if not needs or any(one.seats < 1 or one.alternates < 0 for one in needs):
        raise Invalid("每项名额至少抽一名，候补不得为负数。")
    if len({one.discipline for one in needs}) < len(needs):
        raise Invalid("同一产业只能列一次名额，请合并。")


def _short(text: str, what: str) -> str:
    kept = written(text, what)
    if len(kept) > LONGEST:
        raise Invalid(f"{what}不超过 {LONGEST} 字。")
    return kept


def _witness(session: Session, round_: Round, login: str) -> int | None:
    if not login:
        return None
    for account in holders(session, Role.DISCIPLINE, round_.id or 0):
        if account.login == login:
            return account.id
    raise Invalid(f"账号“{login}”不是本轮次的监督人员，不能见证抽取。")


def _pool(session: Session) -> str:
    return pool_text(dict(session.exec(select(Expert.number, Expert.disciplines).where(col(Expert.active))).all()))


def _drawn(announced: PanelDraw) -> list[Seat]:
    needs = [Need(**need) for need in announced.needs]  # pyright: ignore[reportArgumentType]
    return draw_seats(read_pool(announced.pool), needs, announced.seed)


def _seat_row(announced: PanelDraw, expert_id: int, one: Seat) -> PanelSeat:
    return PanelSeat(
        draw_id=announced.id or 0,
        expert_id=expert_id,
        discipline=one.discipline,
        alternate=one.alternate,
        position=one.position,
        status=SeatStatus.STANDBY if one.alternate else SeatStatus.INVITED,
    )


def _result(announced: PanelDraw, seats: Sequence[Seat]) -> dict[str, object]:
    members = [[one.discipline, one.number] for one in seats if not one.alternate]
    alternates = [[one.discipline, one.number] for one in seats if one.alternate]
    return {"pool": announced.pool_digest, "members": members, "alternates": alternates}


def _told(session: Session, subject: str, act: str) -> dict[str, Any]:
    """What the history says of an act on a draw; nothing where it is not there."""
    query = select(AuditEvent.body).where(AuditEvent.act == act, AuditEvent.subject == subject)
    body = session.exec(query).first()
    return defaultdict(str, read_event(body)["facts"]) if body else defaultdict(str)


def _kept(session: Session, announced: PanelDraw) -> set[tuple[str, bool, int]]:
    query = select(Expert.number, PanelSeat.alternate, PanelSeat.position).join(Expert)
    return set(session.exec(query.where(PanelSeat.draw_id == announced.id)).all())


def draw_at_hand(session: Session, draw_id: int) -> tuple[PanelDraw, Round]:
    """A draw with its round, or NotFound."""
    found = session.get(PanelDraw, draw_id)
    if found is None:
        raise NotFound(f"没有第 {draw_id} 号抽取；用 craftsman panel list 查看。")
    return found, session.get_one(Round, found.round_id)


def subject_of(round_: Round, announced: PanelDraw) -> str:
    """How the history names a draw."""
    return f"{round_.key}/panel/{announced.id}"

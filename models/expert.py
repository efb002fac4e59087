"""The expert library, and panels drawn from it at random in public."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class Expert(Table, table=True):
    """One expert of the library, known by their number in it. Phone and e-mail are kept encrypted under `data_key`.

    `login` names their account, which they need before they can accept; inactive ones are not drawn.
    """

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=40)
    title: str = Field(default="", max_length=80)
    unit: str = Field(default="", max_length=120)
    uscc: str = Field(default="", max_length=18)
    group_uscc: str = Field(default="", max_length=18)
    region: str = Field(default="", max_length=6)
    disciplines: list[str] = Field(default_factory=list, sa_type=JSON)
    phone_cipher: str = Field(default="", max_length=300)
    email_cipher: str = Field(default="", max_length=600)
    data_key: str = Field(default="", max_length=120)
    login: str = Field(default="", max_length=60)
    active: bool = True
    updated_at: datetime = Field(sa_type=UtcDateTime)


class PanelDraw(Table, table=True):
    """A draw: seed, needs and pool stand before it is drawn. `pool` is canonical JSON, known by its SHA-256."""

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    seed: str = Field(max_length=200)
    source: str = Field(max_length=200)
    needs: list[dict[str, object]] = Field(sa_type=JSON)
    pool: str = Field(sa_type=Text)
    pool_digest: str = Field(max_length=64)
    witness_id: int | None = Field(default=None, foreign_key="account.id")
    announced_by: int = Field(foreign_key="account.id")
    announced_at: datetime = Field(sa_type=UtcDateTime)
    drawn_by: int | None = Field(default=None, foreign_key="account.id")
    drawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SeatStatus(StrEnum):
    """An alternate waits on standby until a member before them declines."""

    STANDBY = "standby"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


SEAT_MOVES: dict[SeatStatus, frozenset[SeatStatus]] = {
    SeatStatus.STANDBY: frozenset({SeatStatus.INVITED}),
    SeatStatus.INVITED: frozenset({SeatStatus.ACCEPTED, SeatStatus.DECLINED}),
    # whoever accepted may still be kept from coming, and is replaced
    SeatStatus.ACCEPTED: frozenset({SeatStatus.DECLINED}),
    SeatStatus.DECLINED: frozenset(),
}


class PanelSeat(Table, table=True):
    """One expert in the result of a draw: a member, or an alternate of that place in the order of their discipline."""

    __table_args__ = (UniqueConstraint("draw_id", "expert_id"),)

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="panel_draw.id")
    expert_id: int = Field(foreign_key="expert.id", index=True)
    discipline: str = Field(default="", max_length=40)
    alternate: bool = False
    position: int
    status: SeatStatus = Field(sa_type=text_enum(SeatStatus))
    reason: str = Field(default="", sa_type=Text)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

"""The person behind a nomination; personal fields are kept encrypted."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Table, UtcDateTime


class Person(Table, table=True):
    """One natural person in one round. `*_cipher` are AES-256-GCM texts, `id_index` an HMAC to find duplicates.

    `data_key` is this person's own key, wrapped: what is sealed under it opens no more once it is gone.
    """

    __table_args__ = (UniqueConstraint("round_id", "id_index"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    name: str = Field(max_length=40, index=True)
    sex: str = Field(max_length=1)
    ethnicity: str = Field(max_length=2)
    born: str = Field(max_length=7, description="YYYY-MM; the day is kept encrypted")
    id_index: str = Field(max_length=64)
    id_cipher: str = Field(max_length=200)
    birth_cipher: str = Field(max_length=200)
    phone_cipher: str = Field(max_length=200)
    data_key: str = Field(default="", max_length=120)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

"""Checkpoints of the history's tree, and the cosignatures of the witness."""

from datetime import datetime

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class Checkpoint(Table, table=True):
    """A signed head of the tree: `note` is the C2SP checkpoint as the log signed it, nothing added later."""

    size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False}, description="number of events")
    root: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)
    note: str = Field(sa_type=Text)


class Cosignature(Table, table=True):
    """A witness' word that the tree of this size continues all that it saw before."""

    id: int | None = Field(default=None, primary_key=True)
    size: int = Field(foreign_key="checkpoint.size", index=True)
    witness: str = Field(max_length=120)
    at: datetime = Field(sa_type=UtcDateTime, description="the witness' own clock")
    line: str = Field(sa_type=Text, description="the signature line, as it stands in a signed note")

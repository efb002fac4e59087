"""Organisations of the reporting tree."""

from sqlmodel import Field

from models.base import Table


class Organisation(Table, table=True):
    """A recommending unit (city, industry, province or enterprise union) known by its code."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=80)
    short: str = Field(max_length=80)
    kind: str = Field(max_length=20)
    email: str = Field(default="", max_length=120)

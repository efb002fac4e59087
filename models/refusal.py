"""How many acts were refused to an account lately, so that nobody can flood the history with refusals."""

from datetime import datetime

from sqlmodel import Field

from models.base import Table, UtcDateTime


class RefusalCount(Table, table=True):
    """Refusals since `since`: those `told` stand in the history one by one, those `left_out` will as one number."""

    account_id: int = Field(primary_key=True, foreign_key="account.id", sa_column_kwargs={"autoincrement": False})
    since: datetime = Field(sa_type=UtcDateTime)
    told: int = 0
    left_out: int = 0

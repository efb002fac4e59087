"""Papers that come with a nomination; the bytes lie encrypted in the vault under their SHA-256."""

from datetime import datetime

from sqlmodel import Field

from models.base import Table, UtcDateTime


class Attachment(Table, table=True):
    """One paper of one nomination. `sha256` is of what is kept, `source_sha256` of what was handed in.

    They differ for photos, which are encoded anew. `number` is the paper's own number (a certificate's), if any.
    A paper that was replaced or withdrawn stays, with `withdrawn_at` set.
    """

    id: int | None = Field(default=None, primary_key=True)
    nomination_id: int = Field(foreign_key="nomination.id", index=True)
    kind: str = Field(max_length=40)
    sha256: str = Field(max_length=64)
    source_sha256: str = Field(max_length=64, index=True)
    media_type: str = Field(max_length=100)
    size: int
    file_name: str = Field(max_length=200)
    number: str = Field(default="", max_length=80, index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    added_at: datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_reason: str = Field(default="", max_length=500)

"""Letters as .eml files, named by a hash of their Message-ID: a repeat replaces itself."""

import hashlib
from email.message import EmailMessage
from email.policy import SMTP

WIRE = SMTP.clone(cte_type="7bit")


def as_bytes(message: EmailMessage) -> bytes:
    """A letter as it goes over the wire: CRLF, ASCII only."""
    return message.as_bytes(policy=WIRE)


def file_name(message_id: str) -> str:
    """The name of a letter's file; says nothing of the recipient."""
    return f"{hashlib.sha256(message_id.strip().encode()).hexdigest()[:40]}.eml"

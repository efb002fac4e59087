"""Who a letter goes to: plainly kept for units and accounts, sealed for private persons."""

import json

from craftsman.store.secrets import Secrets
from models import Message

SEALED_NAME = "个人（加密保存）"


def seal(secrets: Secrets, place: str, name: str, address: str) -> tuple[str, str, str]:
    """A keyed index to tell the recipient by within one event, the cipher of name and address, and its wrapped key."""
    packed = json.dumps([name, address], ensure_ascii=False)
    own = secrets.new_own()
    return secrets.index(address.lower(), f"letter:{place}"), own.seal(packed, f"letter:{place}"), own.wrapped


def reached(row: Message, secrets: Secrets | None) -> tuple[str, str]:
    """Name and address of a letter's recipient. Refused when sealed ones do not open."""
    if not row.recipient_cipher:
        return row.recipient_name, row.recipient
    assert secrets is not None, "a letter to a private person needs the keys"
    name, address = json.loads(secrets.own(row.data_key).unseal(row.recipient_cipher, f"letter:{row.event_key}"))
    return name, address

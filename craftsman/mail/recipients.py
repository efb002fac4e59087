"""What the outbox keeps sealed: private persons who get a letter, and words that only its recipient may read."""

import json
from collections.abc import Mapping

from craftsman.store.secrets import Secrets
from models import Message

SEALED_NAME = "个人（加密保存）"
# stands for sealed words wherever somebody else looks at the letter
SEALED_WORDS = "（仅收件人可见）"


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


def seal_words(secrets: Secrets, place: str, words: Mapping[str, str]) -> str:
    """The cipher of words that only the recipient may read; empty where there are none."""
    return secrets.seal(json.dumps(dict(words), ensure_ascii=False), f"words:{place}") if words else ""


def sealed_words(row: Message, secrets: Secrets | None) -> Mapping[str, str]:
    """The words of a letter that only its recipient may read. Refused when they do not open."""
    if not row.context_cipher:
        return {}
    assert secrets is not None, "a letter with sealed words needs the keys"
    return json.loads(secrets.unseal(row.context_cipher, f"words:{row.event_key}"))

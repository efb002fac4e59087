"""Addresses: what a letter can be sent to, how it stands on the wire, and how it is shown."""

import re
from email.utils import parseaddr

NO_DOMAIN = "craftsman.invalid"
LONGEST_ADDRESS = 120
# one mailbox, ASCII before the sign, no quoting, no comments: what every mail server takes
_WORD, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_LOCAL = re.compile(rf"(?=.{{1,64}}\Z){_WORD}(\.{_WORD})*")
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")


def is_address(text: str) -> bool:
    """Whether a letter can be written to this address: one plain mailbox of a domain, which may be Chinese."""
    local, sign, _ = text.rpartition("@")
    whole = len(text) <= LONGEST_ADDRESS and bool(sign) and _LOCAL.fullmatch(local) is not None
    return whole and _DOMAIN.fullmatch(on_the_wire(text).rpartition("@")[2]) is not None


def on_the_wire(address: str) -> str:
    """The address with its domain in ASCII (RFC 3490); one whose domain has no such form stays as it is."""
    local, sign, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}{sign}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def domain_of(sender: str) -> str:
    """The domain of a sender like `办公室 <office@example.org>`, for Message-IDs."""
    return on_the_wire(parseaddr(sender)[1]).rpartition("@")[2] or NO_DOMAIN


def masked(address: str) -> str:
    """An address as lists show it: z***@example.org."""
    local, sign, domain = address.rpartition("@")
    return f"{local[:1]}***{sign}{domain}"

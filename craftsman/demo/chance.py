"""Chance for scripted people: numbers that hang on names alone, so that every demo is the same."""

from hashlib import sha256


def chance(*parts: object, below: int = 100) -> int:
    """A number from 0 to below - 1."""
    return int.from_bytes(sha256("/".join(map(str, parts)).encode()).digest()[:4], "big") % below

"""Made-up numbers of the right form: identity numbers, unified social credit codes, mobile phones."""

from datetime import date
from random import Random

from craftsman.rules.identity import uscc_checksum_holds

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PREFIXES = ("133", "135", "136", "138", "139", "150", "151", "158", "177", "186", "189", "198")


def made_up_id(rng: Random, *, region: str, birth: date, male: bool) -> str:
    """A number whose check digit holds; its sequence is 990-999, which registers do not reach."""
    body = f"{region}{birth:%Y%m%d}99{2 * rng.randrange(5) + male}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def made_up_uscc(rng: Random, *, kind: str, region: str) -> str:
    """A code whose two check characters hold; `kind` is its first two characters, such as "91" for companies."""
    organisation = "MA" + "".join(rng.choices(_ALPHABET, k=6))
    body = f"{kind}{region}{organisation}{_organisation_check(organisation)}"
    return next(body + last for last in _ALPHABET if uscc_checksum_holds(body + last))


def made_up_phone(rng: Random) -> str:
    """Eleven digits of the right form with four noughts in the middle."""
    return f"{rng.choice(_PREFIXES)}0000{rng.randrange(10_000):04d}"


def _organisation_check(code: str) -> str:
    total = sum(int(char, 36) * weight for char, weight in zip(code, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11 if total % 11 else 11]

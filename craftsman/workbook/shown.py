"""How a cell's content is repeated to people: short, and masked wherever it may be personal."""

import re
from datetime import date

from craftsman.rules.identity import mask_id, mask_phone
from craftsman.workbook.columns import Column
from craftsman.workbook.text import narrowed, refused_character

_LONGEST = 40
# Identity and phone numbers that slipped into another column.
_ID_INSIDE = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{9}[\dXx]")
_PHONE_INSIDE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def shown_value(cell: object, column: Column) -> str:
    """A cell as it may be shown in a list of errors, at most 40 characters."""
    if column.personal:
        return (mask_id if column.kind == "id" else mask_phone)(_plain(cell))
    return shown_text(cell)


def shown_text(cell: object) -> str:
    """A cell of which nobody expects anything personal, as it may be shown; what slipped in is masked."""
    text = _plain(cell)
    for pattern, mask in ((_ID_INSIDE, mask_id), (_PHONE_INSIDE, mask_phone)):
        # one sign for one, so that the places are the same
        for found in pattern.finditer(narrowed(text)):
            text = text[: found.start()] + mask(text[found.start() : found.end()]) + text[found.end() :]
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _plain(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    # What cannot be written into XML or seen is shown by its code point.
    return "".join(f"[U+{ord(c):04X}]" if c != "\n" and refused_character(c) else c for c in str(cell))

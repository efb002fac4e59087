"""Reasons and findings that people write, as they are kept."""

import re

from craftsman.errors import Invalid

LONGEST_TEXT = 4000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def written(text: str, what: str) -> str:
    """A text as it is kept, `what` naming it. Invalid when empty, too long, or with characters no database takes."""
    cleaned = text.strip()
    if not cleaned or len(cleaned) > LONGEST_TEXT or CONTROL.search(cleaned):
        raise Invalid(f"请写明{what}，不超过 {LONGEST_TEXT} 字，且不含无法识别的字符。")
    return cleaned

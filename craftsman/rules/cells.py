"""Texts that a spreadsheet would take for formulas: neutralised where they go out, as before where they come back."""

import re

_MARK = "'"
# what Excel, WPS and LibreOffice begin a formula with, in full width too; a tab or return hides one from a glance
_TRIGGER = re.compile(r"[\t\r]|\s*[=+\-@＝＋－＠]")
_MARKED = re.compile(rf"{_MARK}(?:{_TRIGGER.pattern})")


def neutralised(text: str) -> str:
    """Put an apostrophe before what a spreadsheet or a CSV reader might take for a formula."""
    return f"{_MARK}{text}" if _TRIGGER.match(text) else text


def as_written(text: str) -> str:
    """A cell that came back as it was before it was neutralised."""
    return text[1:] if _MARKED.match(text) else text

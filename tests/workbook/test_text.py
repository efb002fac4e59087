"""Text of cells: width is folded once for all, days are read in the usual spellings and in no other."""

import unicodedata
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from craftsman.workbook.text import date_of, folded, folded_code, holds_wide_digits, narrowed, refused_character

TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("０９ＡＺａｚ－／．　12Aa①㎏ｶ")), max_size=20)
SPELLINGS = (
    "{0.year}-{0.month}-{0.day}",
    "{0.year}-{0.month:02d}-{0.day:02d}",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}.{0.month}.{0.day}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}年{0.month:02d}月{0.day:02d}",
    "{0.year}{0.month:02d}{0.day:02d}",
)


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    once, code = folded(text), folded_code(text)
    assert (folded(once), folded_code(code), holds_wide_digits(once)) == (once, code, False)


@given(TEXTS)
def test_folding_is_no_compatibility_form(text: str) -> None:
    """Only digits, letters and canonical forms change; ①, ㎏ and half-width kana stay what they are."""
    assert folded(text) == unicodedata.normalize("NFC", narrowed(text)).strip()
    assert len(narrowed(text)) == len(text)


@given(st.dates(date(1000, 1, 1)), st.sampled_from(SPELLINGS))
def test_days_are_read_in_every_usual_spelling(day: date, spelling: str) -> None:
    assert date_of(spelling.format(day)) == day


@given(st.text("0123456789-/.年月日 ", max_size=11))
def test_nothing_else_is_a_day(text: str) -> None:
    """A text that is read as a day is one of the spellings of that very day."""
    day = date_of(text)
    assert day is None or _plain(text) in {_plain(spelling.format(day)) for spelling in SPELLINGS}


def _plain(text: str) -> str:
    """Without noughts in front and without what sets parts apart, where there is any."""
    parts = "".join(sign if sign.isdigit() else " " for sign in text).split()
    return " ".join(part.lstrip("0") for part in parts) if len(parts) > 1 else text


@given(st.characters(categories=["Co", "Cs"]))
def test_private_and_broken_signs_are_refused(sign: str) -> None:
    assert f"U+{ord(sign):04X}" in str(refused_character(f"某{sign}"))


@given(st.text(st.characters(categories=["Lo", "Nd", "Po"]), max_size=20))
def test_plain_text_is_not_refused(text: str) -> None:
    assert refused_character(text) is None

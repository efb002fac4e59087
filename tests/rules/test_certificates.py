"""Certificate numbers: the check character of ISO 7064 MOD 37,36, and how forgiving reading is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.errors import Invalid
from craftsman.rules.certificates import certificate_number, check_character, is_sound, read_certificate_number

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NUMBER = certificate_number("HBDGJ", 2026, "A", 3)
TYPED = [
    NUMBER,
    NUMBER.lower(),
    NUMBER.replace("-", ""),
    NUMBER.replace("-", " "),
    NUMBER.replace("-", "\u2014"),
    f"  {NUMBER}\n",
    "".join(chr(ord(mark) + 0xFEE0) for mark in NUMBER),
]


def test_published_vector_of_the_standard() -> None:
    """The Global Release Identifier, whose handbook prints this example."""
    assert check_character("A1-2425G-ABC1234002") == "M"


def test_number_ends_with_check_character() -> None:
    assert f"HBDGJ-2026-A-003-{check_character('HBDGJ-2026-A-003')}" == NUMBER


@pytest.mark.parametrize("typed", TYPED)
def test_typing_habits_are_forgiven(typed: str) -> None:
    assert read_certificate_number(typed) == NUMBER


@pytest.mark.parametrize("typed", ["", "HBDGJ", "2026-A-003-X", "HBDGJ-2026-003-X", f"{NUMBER}号", "HBDGJ-26-A-003-X"])
def test_other_shapes_are_invalid(typed: str) -> None:
    with pytest.raises(Invalid, match="组成"):
        read_certificate_number(typed)


def test_wrong_check_character_is_told() -> None:
    wrong = NUMBER[:-1] + ("A" if NUMBER[-1] != "A" else "B")
    with pytest.raises(Invalid, match="校验位不符"):
        read_certificate_number(wrong)


@given(st.text(ALPHABET, min_size=1, max_size=20))
def test_every_text_checks_out(text: str) -> None:
    assert is_sound(text + check_character(text))


@given(st.text(ALPHABET, min_size=1, max_size=20), st.data())
def test_single_wrong_character_is_found(text: str, data: st.DataObject) -> None:
    sound = text + check_character(text)
    place = data.draw(st.integers(0, len(sound) - 1))
    other = data.draw(st.sampled_from(ALPHABET.replace(sound[place], "")))
    assert not is_sound(sound[:place] + other + sound[place + 1 :])


def test_swapped_sequence_digits_are_found() -> None:
    bad = [
        (prefix, one, other)
        for prefix in ("HBDGJ-2026-A-0", "HBDGJ-2026-B-1")
        for one in "0123456789"
        for other in "0123456789"
        if one != other and is_sound(f"{prefix}{other}{one}{check_character(f'{prefix}{one}{other}')}")
    ]
    assert bad == []


@given(st.integers(1, 9999), st.sampled_from("AB"), st.integers(2000, 2100))
def test_reading_gives_the_number_back(sequence: int, code: str, year: int) -> None:
    number = certificate_number("HBDGJ", year, code, sequence)
    assert read_certificate_number(number.replace("-", "").lower()) == number

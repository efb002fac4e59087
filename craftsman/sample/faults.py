"""Spoiling right rows in the ways in which real lists are wrong; a fault bears the name of the rule that finds it."""

from collections.abc import Callable, Mapping
from itertools import cycle
from random import Random

from craftsman.programme.programme import Programme
from craftsman.sample.rows import Cells

DUPLICATE = "duplicate_person"
MISPLACED = "reporting_unit_differs"
_DATE_TEXTS = ("九月上旬", "2025.9", "25/9/8", "2025年9月31日", "2025-9-8起")
_UNLISTED: tuple[tuple[str, str], ...] = (("education", "本科"), ("political", "党员"), ("skill_level", "二级工"))
_WIDE = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}

Fault = Callable[[Random, Cells], Cells]


def _wrong_check_digit(rng: Random, cells: Cells) -> Cells:
    number = str(cells["id_number"])
    return {"id_number": number[:17] + rng.choice([digit for digit in "0123456789" if digit != number[17]])}


def _id_as_number(rng: Random, cells: Cells) -> Cells:
    return {"id_number": float(str(cells["id_number"])[:17] + str(rng.randrange(10)))}


def _other_sex(_rng: Random, cells: Cells) -> Cells:
    return {"sex": "女" if cells["sex"] == "男" else "男"}


def _no_unit(_rng: Random, _cells: Cells) -> Cells:
    return {"unit": ""}


def _unlisted(rng: Random, _cells: Cells) -> Cells:
    return dict([rng.choice(_UNLISTED)])


def _odd_date(rng: Random, _cells: Cells) -> Cells:
    return {"unit_notice_start": rng.choice(_DATE_TEXTS)}


def _private_character(rng: Random, cells: Cells) -> Cells:
    return {"name": str(cells["name"])[:-1] + chr(0xE000 + rng.randrange(0x700))}


def _short_phone(_rng: Random, cells: Cells) -> Cells:
    return {"phone": str(cells["phone"])[:-1]}


def _long_deeds(_rng: Random, cells: Cells) -> Cells:
    return {"deeds": str(cells["deeds"]) * 7}


def _reversed_notice(_rng: Random, cells: Cells) -> Cells:
    return {"unit_notice_start": cells["unit_notice_end"], "unit_notice_end": cells["unit_notice_start"]}


_FAULTS: Mapping[str, Fault] = {
    "id_number": _wrong_check_digit,
    "id_as_number": _id_as_number,
    "sex_differs_from_id": _other_sex,
    "missing": _no_unit,
    "code_not_in_list": _unlisted,
    "date_text": _odd_date,
    "bad_character": _private_character,
    "phone": _short_phone,
    "too_long": _long_deeds,
    "notice_ends_before_start": _reversed_notice,
}
_ORDER = (DUPLICATE, MISPLACED, *_FAULTS)


def spoil(rng: Random, programme: Programme, rows: list[Cells], *, wrong: int, spare: set[int]) -> dict[int, str]:
    """Spoil `wrong` of the rows in place, none of `spare`; return place in the list -> rule that finds the fault."""
    places = [place for place in range(len(rows)) if place not in spare]
    rng.shuffle(places)
    local = {unit.name for unit in programme.reference.reporting_units if unit.regions}
    found: dict[int, str] = {}
    for rule in cycle(_ORDER):
        left = min(wrong - len(found), len(places))
        if left <= 0:
            return found
        if rule == DUPLICATE:
            if left > 1:
                found |= _duplicate(rows, places.pop(), places.pop())
        elif rule == MISPLACED:
            found |= _misplace(rng, rows, places, local)
        else:
            place = places.pop()
            rows[place] = rows[place] | _FAULTS[rule](rng, rows[place])
            found[place] = rule
    raise AssertionError


def widen(cells: Cells) -> Cells:
    """The same row with full-width digits in the phone number: a remark, not an error."""
    return cells | {"phone": str(cells["phone"]).translate(_WIDE)}


def _duplicate(rows: list[Cells], first: int, second: int) -> dict[int, str]:
    person = ("name", "sex", "ethnicity", "id_number", "phone")
    rows[second] = rows[second] | {key: rows[first][key] for key in person}
    return {first: DUPLICATE, second: DUPLICATE}


def _misplace(rng: Random, rows: list[Cells], places: list[int], local: set[str]) -> dict[int, str]:
    place = next((place for place in places if rows[place]["reporting_unit"] in local), None)
    others = sorted(local - {rows[place]["reporting_unit"]}) if place is not None else []
    if place is None or not others:
        return {}
    places.remove(place)
    rows[place] = rows[place] | {"reporting_unit": rng.choice(others)}
    return {place: MISPLACED}

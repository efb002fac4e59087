"""Double-blind scoring: judges read a case under its number alone; who and where it comes from is left out."""

from collections.abc import Mapping
from dataclasses import replace

from craftsman.actions.sheets import PublicCase, TaskRow

HIDDEN = "（双盲，隐去）"
TELLING = frozenset({"uscc", "reporting_unit", "cluster", "postcode", "certificate_no", "name", "unit"})


def blind_task(row: TaskRow) -> TaskRow:
    """A line of a judge's list without name and unit."""
    return replace(row, name=HIDDEN, unit=HIDDEN)


def blind_case(case: PublicCase) -> PublicCase:
    """A case without name, unit and place, and with these struck from all texts about it."""
    return replace(case, name=HIDDEN, unit=HIDDEN, region="", details=_struck(case.details, (case.name, case.unit)))


def _struck(details: Mapping[str, object], words: tuple[str, ...]) -> dict[str, object]:
    return {key: _without(value, words) for key, value in details.items() if key not in TELLING}


def _without(value: object, words: tuple[str, ...]) -> object:
    if not isinstance(value, str):
        return value
    for word in words:
        value = value.replace(word, HIDDEN) if word else value
    return value

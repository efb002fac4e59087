"""Classes of people (一线职工, 产业工人, 农民工 …), derived from what the workbook says of post and unit."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol


class ClassRule(Protocol):
    """How a class is derived; see `craftsman.programme.schema.PersonClass`."""

    @property
    def key(self) -> str:
        """The class's key."""
        ...

    @property
    def when(self) -> Sequence[Mapping[str, Collection[str]]]:
        """Cases: column -> codes; one is enough, all columns of it must hold."""
        ...

    @property
    def unless(self) -> Sequence[Mapping[str, Collection[str]]]:
        """Cases that keep a person out."""
        ...


def classes_of(values: Mapping[str, object], rules: Sequence[ClassRule]) -> frozenset[str]:
    """The classes of one person; `values` are the codes by column, a truth as "1" or "0", several as a sequence."""
    return frozenset(rule.key for rule in rules if _belongs(values, rule))


def _belongs(values: Mapping[str, object], rule: ClassRule) -> bool:
    within = not rule.when or any(_holds(values, case) for case in rule.when)
    return within and not any(_holds(values, case) for case in rule.unless)


def _holds(values: Mapping[str, object], case: Mapping[str, Collection[str]]) -> bool:
    return all(not _codes(values.get(column)).isdisjoint(codes) for column, codes in case.items())


def _codes(value: object) -> set[str]:
    if value is None:
        return set()
    if isinstance(value, bool):
        return {"1" if value else "0"}
    if isinstance(value, list | tuple):
        return {str(one) for one in value}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return {str(value)}

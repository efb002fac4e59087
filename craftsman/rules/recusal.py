"""Who may not judge whom: conflicts of interest computed from identities, units and declarations."""

from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import Literal, Protocol

Kind = Literal["self", "same_unit", "recommending_unit", "nominator", "declared"]
KINDS: tuple[Kind, ...] = ("self", "same_unit", "recommending_unit", "nominator", "declared")


class Reviewer(Protocol):
    """A member of the panel. `person_key` is a blind index of the ID number; an unknown value is None or empty."""

    @property
    def person_key(self) -> str | None:
        """Blind index of the ID number."""
        ...

    @property
    def employer_uscc(self) -> str | None:
        """Code of the employer."""
        ...

    @property
    def group_uscc(self) -> str | None:
        """Code of the employer's group."""
        ...

    @property
    def organisation_code(self) -> str | None:
        """Code of the union or body that sent the reviewer."""
        ...

    @property
    def declared(self) -> AbstractSet[str]:
        """Ids of nominations the reviewer declared an interest in."""
        ...


class Nomination(Protocol):
    """A nominee's case. `nominator_key` is a person's key or an organisation's code."""

    @property
    def id(self) -> str:
        """Id of the nomination."""
        ...

    @property
    def person_key(self) -> str | None:
        """Blind index of the ID number."""
        ...

    @property
    def unit_uscc(self) -> str | None:
        """Code of the nominee's unit."""
        ...

    @property
    def unit_group_uscc(self) -> str | None:
        """Code of that unit's group."""
        ...

    @property
    def recommending_unit(self) -> str | None:
        """Code of the recommending unit."""
        ...

    @property
    def nominator_key(self) -> str | None:
        """Key of the person or code of the body that nominated."""
        ...


def conflicts(reviewer: Reviewer, nomination: Nomination, *, kinds: Collection[Kind] = KINDS) -> tuple[str, ...]:
    """Chinese reasons why this reviewer neither reads, scores nor votes, in the order of KINDS; none if empty.

    Kinship, apprenticeship and shared work are known only when declared.
    """
    found = (_CHECKS[kind](reviewer, nomination) for kind in KINDS if kind in kinds)
    return tuple(reason for reason in found if reason)


def _self(reviewer: Reviewer, nomination: Nomination) -> str:
    return "评委本人是候选人" if _same([reviewer.person_key], [nomination.person_key]) else ""


def _same_unit(reviewer: Reviewer, nomination: Nomination) -> str:
    if _same([reviewer.employer_uscc], [nomination.unit_uscc]):
        return "评委与候选人在同一单位"
    mine = [reviewer.employer_uscc, reviewer.group_uscc]
    theirs = [nomination.unit_uscc, nomination.unit_group_uscc]
    return "评委与候选人的单位属于同一集团" if _same(mine, theirs) else ""


def _recommending_unit(reviewer: Reviewer, nomination: Nomination) -> str:
    return "评委来自推荐单位" if _same([reviewer.organisation_code], [nomination.recommending_unit]) else ""


def _nominator(reviewer: Reviewer, nomination: Nomination) -> str:
    mine = [reviewer.person_key, reviewer.organisation_code]
    return "评委或其所在组织是提名人" if _same(mine, [nomination.nominator_key]) else ""


def _declared(reviewer: Reviewer, nomination: Nomination) -> str:
    return "评委已申报回避" if nomination.id in reviewer.declared else ""


def _same(mine: Collection[str | None], theirs: Collection[str | None]) -> bool:
    # Two unknowns are not the same unit: blanks never meet.
    return bool(_known(mine) & _known(theirs))


def _known(keys: Collection[str | None]) -> set[str]:
    return {key.strip().upper() for key in keys if key and key.strip()}


_CHECKS: Mapping[Kind, Callable[[Reviewer, Nomination], str]] = {
    "self": _self,
    "same_unit": _same_unit,
    "recommending_unit": _recommending_unit,
    "nominator": _nominator,
    "declared": _declared,
}

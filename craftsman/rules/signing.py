"""Whether a gate has the sign-offs that it demands."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class Demand(Protocol):
    """So many different people in a role."""

    @property
    def role(self) -> str:
        """The role that signs."""
        ...

    @property
    def count(self) -> int:
        """How many of them."""
        ...


def still_missing(demands: Sequence[Demand], signed: Mapping[str, int]) -> dict[str, int]:
    """Roles and numbers of sign-offs that a gate still waits for."""
    open_ = {demand.role: demand.count - signed.get(demand.role, 0) for demand in demands}
    return {role: count for role, count in open_.items() if count > 0}

"""Refused: an act declined for a reason that a person can be told."""

from collections.abc import Sequence


class Refused(Exception):  # noqa: N818  (it names what happened, not a fault)
    """An act was declined; nothing was changed.

    `reason` says in Chinese what is wrong and what to do. `details` may list further lines (one problem each).
    The portal answers with `status`, the CLI prints the reason and exits 1, a flow records it and does not retry.
    """

    status = 409

    def __init__(self, reason: str, details: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = tuple(details)

    def __str__(self) -> str:
        """Return the reason and its details, a line each."""
        return "\n".join((self.reason, *(f"  · {line}" for line in self.details)))


class Invalid(Refused):
    """What was handed in is wrong in itself (a file, a form, a configuration)."""

    status = 422


class Forbidden(Refused):
    """The person may not do this act, or not on this case; `asked` is the act's name in the table of permissions."""

    status = 403

    def __init__(
        self, reason: str, details: Sequence[str] = (), *, asked: str = "", round_id: int | None = None
    ) -> None:
        super().__init__(reason, details)
        self.asked = asked
        self.round_id = round_id


class NotFound(Refused):
    """There is no such thing, or it is not for this person to see."""

    status = 404

"""How a form is answered: what was done, or its page once more with what is wrong and what was typed."""

from collections.abc import Callable

from starlette.responses import Response

from craftsman.errors import Forbidden, NotFound, Refused


def settled(deed: Callable[[], Response], again: Callable[[Refused], Response]) -> Response:
    """The answer of a deed; where it is refused for what was sent, the page `again` with the reason on it.

    What is forbidden or not there has pages of its own.
    """
    try:
        return deed()
    except (Forbidden, NotFound):
        raise
    except Refused as refused:
        return again(refused)

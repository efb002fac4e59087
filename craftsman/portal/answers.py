"""How a form is answered: what was done, its page once more with what is wrong, or the list that it searches."""

from collections.abc import Callable

from starlette.responses import RedirectResponse, Response

from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.portal.forms import Form
from craftsman.portal.parts import Visit
from craftsman.portal.searching import LONGEST_WORDS, keep_words


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


def search(visit: Visit, form: Form) -> RedirectResponse:
    """Send the browser to the list that the form was on, narrowed by its words; nothing is changed."""
    words = form.text("words", most=LONGEST_WORDS)
    return RedirectResponse(keep_words(visit.portal, visit.request, visit.sender, words), status_code=303)

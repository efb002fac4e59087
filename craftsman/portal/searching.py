"""Searched words, which may be names: they wait here under a number, and only the number stands in the address.

So a search can be gone back to and leafed through, and no proxy, log or browser keeps whom somebody looked for.
"""

from urllib.parse import urlencode

from starlette.requests import Request

from craftsman.portal.forms import new_number
from craftsman.portal.paging import TOLD_ONCE
from craftsman.portal.process import Portal

FOUND = "found"
LONGEST_WORDS = 60
# as long as a session may be idle
KEPT = 2 * 60 * 60
OVER = "查找的字词只保存两小时，已经不在；下面是全部，请重新查找。"


def keep_words(portal: Portal, request: Request, sender: str, words: str) -> str:
    """The address under which the list of this request is found narrowed by the words; without words, the list's own.

    Nobody but the sender finds them there.
    """
    dropped = {*TOLD_ONCE, FOUND}
    fields = [pair for pair in request.query_params.multi_items() if pair[0] not in dropped]
    if words:
        number = new_number()
        portal.pending.searches.keep(f"{sender}\0{number}", words, portal.ticks() + KEPT)
        fields.append((FOUND, number))
    return f"{request.url.path}?{urlencode(fields)}" if fields else request.url.path


def kept_words(portal: Portal, request: Request, sender: str) -> str:
    """The words that the address of this request stands for; empty where it stands for none, or they are over."""
    number = request.query_params.get(FOUND, "")
    return (portal.pending.searches.look(f"{sender}\0{number}", portal.ticks()) or "") if number else ""

"""Public pages that browsers and proxies may keep for a while, and are told when they are still the same."""

import hashlib

from starlette.responses import Response

from craftsman.portal.parts import Visit

# seconds: a notice that is posted or corrected, or an honour revoked, is to be seen within minutes
MINUTE, MINUTES, DAY = 60, 300, 86_400


def cacheable(visit: Visit, answer: Response, seconds: int) -> Response:
    """The answer with its ETag, 304 where the visitor has it already; for whoever has logged in it stays unkept.

    Call it for pages without forms that must be ours: a page that may be kept bears nobody's cookie.
    """
    if visit.actor is not None or visit.waiting is not None or answer.status_code != 200:
        return answer
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    kept = {"etag": tag, "cache-control": f"public, max-age={seconds}", "vary": "Cookie"}
    if tag in _known(visit):
        return Response(status_code=304, headers=kept)
    answer.headers.update(kept)
    del answer.headers["set-cookie"]
    return answer


def _known(visit: Visit) -> set[str]:
    """The tags that the visitor names; proxies that compress a page make its tag a weak one."""
    named = visit.request.headers.get("if-none-match", "")
    return {one.strip().removeprefix("W/") for one in named.split(",")}

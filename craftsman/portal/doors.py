"""The outermost door: safe headers on every answer, and a calm page with a number where something broke."""

import logging
import traceback
from collections.abc import Callable
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("craftsman.portal")

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SCRIPTED = f"{POLICY}; script-src 'self'"
BESIDE = f"{SCRIPTED}; connect-src 'self'; frame-src 'self'; media-src 'self'"
YEAR = 365 * 24 * 3600
HEADERS = MappingProxyType(
    {
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        # not "no-referrer": browsers would then send `Origin: null` with our own forms
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cache-control": "no-store",
    }
)


class Doors:
    """ASGI middleware around all pages of the portal; `broken_page` renders the page of a fault by its number.

    Where people come by https (`secure`), browsers are told to come by nothing else for a year.
    """

    def __init__(self, app: ASGIApp, broken_page: Callable[[str], Response], *, secure: bool = False) -> None:
        self.app = app
        self.broken_page = broken_page
        self.headers = {**HEADERS, **({"strict-transport-security": f"max-age={YEAR}"} if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; what the answer does not set itself, the door sets."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_safely(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_safely)
        except Exception as fault:
            if started:
                raise
            await self.broken_page(_logged(scope, fault))(scope, receive, send_safely)


def _logged(scope: Scope, fault: Exception) -> str:
    """Log where it broke, without the fault's own words: those of a database repeat the values it was given."""
    number: str = scope["state"]["number"]
    where = "".join(traceback.format_tb(fault.__traceback__))
    logger.error("fault %s: %s\n%s", number, type(fault).__name__, where)
    return number

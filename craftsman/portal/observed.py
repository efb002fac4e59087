"""Around all doors: each request gets a number, and one line in the log when it is answered."""

import logging
import uuid
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from craftsman.logs import told

logger = logging.getLogger("craftsman.access")

Count = Callable[[str, str, int, float], None]
NOWHERE = "(none)"


class Observed:
    """ASGI middleware: numbers requests, times them by `ticks`, counts them, and logs who asked what.

    The line names the route, not the address as it came: that may hold numbers of receipts and cases.
    """

    def __init__(self, app: ASGIApp, count: Count, ticks: Callable[[], float]) -> None:
        self.app = app
        self.count = count
        self.ticks = ticks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it was answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = uuid.uuid4().hex[:12]
        scope.setdefault("state", {})["number"] = number
        began, status = self.ticks(), 500

        async def send_numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = number
            await send(message)

        try:
            await self.app(scope, receive, send_numbered)
        finally:
            self._note(scope, number, status, self.ticks() - began)

    def _note(self, scope: Scope, number: str, status: int, seconds: float) -> None:
        route = scope.get("root_path", "") + getattr(scope.get("route"), "path", NOWHERE)
        # made-up methods would otherwise fill the memory with labels
        method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST"} else "other"
        self.count(method, route, status, seconds)
        client = scope.get("client")
        fields = {
            "request": number,
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "user": scope["state"].get("login", ""),
            "from": client[0] if client else "",
        }
        logger.info("%s %s %s", method, route, status, extra=told(fields))

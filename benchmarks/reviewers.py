"""Reviewers in a program of their own: they open score sheets on the portal over loopback, fill them in and send them.

An open load: each request has its instant, and its latency counts from there: a slow portal does not slow the load.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

HIDDEN = re.compile(r'name="(form_token|form_number)" value="([^"]*)"')
MARK = re.compile(r'name="(mark\.\w+)"')
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
PLACE = re.compile(rb"location: (\S+)", re.IGNORECASE)
# the portal closes connections that rest for five seconds; browsers open another one then
RESTED = 3.0
SEEN, SENT = "page seen", "sheet sent"


@dataclass
class Tally:
    """Latencies in seconds by kind of request, the sheets whose receipt came, and what went wrong."""

    taken: dict[str, list[float]] = field(default_factory=lambda: {SEEN: [], SENT: []})
    acknowledged: list[int] = field(default_factory=list[int])
    errors: list[str] = field(default_factory=list[str])


@dataclass
class Reviewer:
    """One reviewer with a connection of their own; `page` is the sheet in front of them."""

    port: int
    cookie: str
    sheets: list[int]
    page: str = ""
    used: float = 0.0
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def see(self) -> None:
        """Open the next sheet."""
        status, _, self.page = await self._ask("GET", f"/sheets/{self.sheets[0]}")
        if status != 200:
            raise ValueError(f"GET answered {status}")

    async def send(self) -> int:
        """Send the sheet in front; return its number once the portal says that it is kept."""
        body, sheet = urlencode(self._filled()), self.sheets.pop(0)
        self.page = ""
        status, place, _ = await self._ask("POST", f"/sheets/{sheet}", body)
        if status != 303 or not place.endswith("done=scored"):
            raise ValueError(f"POST answered {status}")
        return sheet

    async def keep(self) -> int:
        """Keep the sheet in front as a draft, as the page's script does while somebody types."""
        sheet, fields = self.sheets[0], self._filled()
        status, _, _ = await self._ask("POST", f"/sheets/{sheet}/draft", urlencode(fields))
        if status != 200:
            raise ValueError(f"POST answered {status}")
        return sheet

    def _filled(self) -> dict[str, object]:
        hidden = dict(HIDDEN.findall(self.page))
        marks = {name: 70 + (self.sheets[0] + place) % 26 for place, name in enumerate(MARK.findall(self.page))}
        return {**hidden, **marks, "comment": "符合事实"}

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if time.perf_counter() - self.used > RESTED:
            self.close()
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.used = time.perf_counter()
        return self.reader, self.writer

    async def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str, str]:
        reader, writer = await self._connected()
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Cookie: {self.cookie}"]
        if body:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length, place = LENGTH.search(head), PLACE.search(head)
        told = await reader.readexactly(int(length[1])) if length else b""
        return int(head.split(b" ", 2)[1]), place[1].decode() if place else "", told.decode()


async def opening(reviewers: Sequence[Reviewer]) -> None:
    """Let all open a page, and every second one send it: half then have a page before them, and the portal is warm."""
    for place, reviewer in enumerate(reviewers):
        await reviewer.see()
        if place % 2:
            await reviewer.send()
        reviewer.close()


async def scoring(reviewers: Sequence[Reviewer], rate: float, seconds: float) -> Tally:
    """Let all take turns at `rate` requests a second together."""
    tally = Tally()
    start = time.perf_counter() + 0.5
    every = len(reviewers) / rate
    await asyncio.gather(
        *(
            _keep_on(one, tally, [start + place / rate + turn * every for turn in range(int(seconds / every))])
            for place, one in enumerate(reviewers)
        )
    )
    return tally


async def _keep_on(reviewer: Reviewer, tally: Tally, instants: Sequence[float]) -> None:
    for instant in instants:
        await asyncio.sleep(max(0.0, instant - time.perf_counter()))
        try:
            if reviewer.page:
                tally.acknowledged.append(await reviewer.send())
                kind = SENT
            elif reviewer.sheets:
                await reviewer.see()
                kind = SEEN
            else:
                return
        except (OSError, EOFError, ValueError) as fault:
            tally.errors.append(repr(fault))
            reviewer.page = ""
            continue
        tally.taken[kind].append(time.perf_counter() - instant)

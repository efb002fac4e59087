"""A mail server on this machine that keeps what it is sent; for rehearsals and tests, never for real letters."""

import asyncio
from email import message_from_bytes
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from craftsman.mail.files import file_name
from craftsman.store.files import write_atomically


class Keeper:
    """Keeps each letter as an .eml file before it answers 250."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take one letter; a repeat replaces itself."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        write_atomically(self._folder / file_name(message_from_bytes(raw)["Message-ID"] or ""), raw)
        return "250 OK"


class LoopbackServer(Controller):
    """`with LoopbackServer(folder) as server:` — listens on `server.port`, a free one where 0 is asked for."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", port: int = 0, *, handler: object = None) -> None:
        self.folder = folder
        super().__init__(handler or Keeper(folder), hostname=host, port=port)

    def __enter__(self) -> Self:
        """Start to listen."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop(no_assert=True)

    def _trigger_server(self) -> None:
        # the base class knocks at its own port to see whether it answers; with port 0 that is known only now
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

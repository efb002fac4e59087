"""The witness as a small web service of the audit office: one address, `POST /add-checkpoint`."""

from collections.abc import Callable
from datetime import datetime

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from craftsman.audit.witness import Witness

LARGEST = 64 * 1024  # bytes; a checkpoint with 63 proof lines takes some five thousand


def witness_app(witness: Witness, now: Callable[[], datetime]) -> Starlette:
    """The service of one witness."""

    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                return PlainTextResponse("too large\n", status_code=413)
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return PlainTextResponse("not UTF-8\n", status_code=400)
        answer = await run_in_threadpool(witness.add_checkpoint, text, int(now().timestamp()))
        return Response(answer.body, answer.status, media_type=answer.media_type)

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"]), Route("/healthz", healthz)])


def serve_witness(app: Starlette, host: str, port: int) -> None:
    """Serve until stopped."""
    uvicorn.run(app, host=host, port=port, server_header=False, access_log=False, log_level="warning")

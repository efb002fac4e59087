"""What all resources share: whose token came, for what it is, and the kinds of answers that are documented."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.api_tokens import SCOPES, UNKNOWN, Caller, caller_of
from craftsman.errors import Forbidden, Refused
from craftsman.portal.process import Portal
from craftsman.store.engine import reading

BEARER = HTTPBearer(auto_error=False, description="令牌由活动办公室开具（craftsman token make）")
TOO_OFTEN = "请求过多，请稍后再试。"
LARGEST = 16 * 1024 * 1024
TOO_LARGE = f"内容超过 {LARGEST // 1024 // 1024} MB，或没有写明长度（Content-Length），请分批报送。"


class Unknown(Refused):
    """No token came, or none that holds."""

    status = 401


class TooLarge(Refused):
    """More was sent than is read."""

    status = 413


class Problem(BaseModel):
    """A refusal (RFC 9457); `errors` has a line for each thing that is wrong."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[str] = []


REFUSALS: Mapping[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": description}
    for status, description in {
        401: "令牌无效",
        403: "令牌或账号无此权限",
        404: "没有找到",
        409: "现在不能办理",
        413: "内容过大",
        422: "内容有误",
        429: "请求过多",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a program: the portal, and whom its token acts for."""

    portal: Portal
    caller: Caller

    def act(self, request_key: str = "", content: bytes = b"") -> Act:
        """An act of the account; the same key with the same content is the same request."""
        request_id = None
        if request_key:
            same = f"{self.caller.token_id}\0{request_key}\0".encode() + sha256(content).digest()
            request_id = "api-" + sha256(same).hexdigest()
        return Act(self.caller.actor, self.portal.place.now(), self.portal.place, request_id=request_id)


class TokenFirst(APIRoute):
    """A route that asks whose token came before it reads what was sent: nobody else's megabytes are read into rows."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own handler, behind the token and the length."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            sent = token.strip() if scheme.lower() == "bearer" else ""
            request.state.caller = await run_in_threadpool(_caller, request.app.state.portal, request, sent)
            _must_be_short(request)
            return await answer(request)

        return guarded


def caller_with(scope: str) -> Callable[..., Call]:
    """What a resource of a `TokenFirst` router depends on: a token with this scope."""

    def called(request: Request, _documented: Annotated[object, Depends(BEARER)] = None) -> Call:
        portal: Portal = request.app.state.portal
        caller: Caller = request.state.caller
        request.state.login = caller.actor.login
        portal.must_not_throng(portal.limits.calls, str(caller.token_id), TOO_OFTEN)
        if scope not in caller.scopes:
            raise Forbidden(f"该令牌不能用于“{SCOPES[scope]}”，请联系活动办公室另行开具。")
        return Call(portal, caller)

    return called


def _must_be_short(request: Request) -> None:
    length = request.headers.get("content-length", "")
    known = length.isascii() and length.isdecimal()
    if request.method == "POST" and (not known or int(length[:12]) > LARGEST):
        raise TooLarge(TOO_LARGE)


def _caller(portal: Portal, request: Request, token: str) -> Caller:
    try:
        with reading(portal.place.engine) as session:
            return caller_of(session, Act(SYSTEM, portal.place.now(), portal.place), token)
    except Forbidden as refused:
        address = request.client.host if request.client else ""
        portal.must_not_throng(portal.limits.bad_tokens, address, TOO_OFTEN)
        raise Unknown(UNKNOWN) from refused

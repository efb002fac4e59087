"""The API as one FastAPI app, and its refusals as problem details (RFC 9457)."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from craftsman.errors import Invalid, NotFound, Refused
from craftsman.portal.api import nominations, results, rounds
from craftsman.portal.api.calls import Unknown
from craftsman.portal.process import Portal, TooOften

PROBLEM = "application/problem+json"
TITLES = {
    401: "令牌无效",
    403: "不能办理",
    404: "没有找到",
    405: "没有找到",
    409: "现在不能办理",
    413: "内容过大",
    422: "内容有误",
    429: "请稍后再试",
}
DESCRIPTION = """供其他系统使用：报送推荐汇总、查看进度、查看已发布的结果。

每次请求带 `Authorization: Bearer 令牌`；令牌由活动办公室开具，写明用途和期限。
写入须带 `Idempotency-Key`，重发同一请求不会重复办理。"""


def create_api(portal: Portal) -> FastAPI:
    """The API of a portal; it shares the portal's workplace, limits and clock."""
    api = FastAPI(
        title="craftsman", version="1", description=DESCRIPTION, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    api.state.portal = portal
    for resource in (rounds, nominations, results):
        api.include_router(resource.router)
    api.add_exception_handler(Refused, tell_refusal)
    api.add_exception_handler(HTTPException, tell_http_fault)
    api.add_exception_handler(RequestValidationError, tell_bad_content)
    return api


def tell_refusal(_request: Request, refused: Exception) -> JSONResponse:
    """A refusal with its reason and its lines."""
    assert isinstance(refused, Refused)
    answer = _problem(refused)
    if isinstance(refused, TooOften):
        answer.headers["retry-after"] = str(refused.seconds)
    if isinstance(refused, Unknown):
        answer.headers["www-authenticate"] = "Bearer"
    return answer


def tell_http_fault(_request: Request, fault: Exception) -> JSONResponse:
    """An address that leads nowhere, or a method it does not know."""
    assert isinstance(fault, HTTPException)
    return _problem(NotFound("没有这个接口，请核对网址和方法。"), fault.status_code)


def tell_bad_content(_request: Request, fault: Exception) -> JSONResponse:
    """What does not fit the description: where, and what is wanted; never the value, which may be personal."""
    assert isinstance(fault, RequestValidationError)
    lines = [f"{'.'.join(str(step) for step in error['loc'])}: {error['type']}" for error in fault.errors()]
    return _problem(Invalid("请求与接口说明不符，请按 openapi.json 改正后重发。", lines[:50]))


def _problem(refused: Refused, status: int = 0) -> JSONResponse:
    chosen = status or refused.status
    told = {
        "type": "about:blank",
        "title": TITLES.get(chosen, "不能办理"),
        "status": chosen,
        "detail": refused.reason,
        "errors": list(refused.details),
    }
    return JSONResponse(told, status_code=chosen, media_type=PROBLEM)

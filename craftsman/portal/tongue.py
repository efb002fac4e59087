"""Choosing the language of the pages; the choice stays with the browser."""

from typing import Literal

from fastapi import APIRouter
from starlette.responses import RedirectResponse

from craftsman.portal.back import safe_path
from craftsman.portal.headers import keep_cookie
from craftsman.portal.language import COOKIE
from craftsman.portal.parts import Stranger, go

router = APIRouter()


@router.get("/language/{language}")
def choose(visit: Stranger, language: Literal["zh-CN", "en"], next: str = "/") -> RedirectResponse:  # noqa: A002
    """Show pages in this language from now on, and go back to where the visitor was."""
    answer = go(safe_path(next))
    keep_cookie(answer, visit.portal, COOKIE, language)
    return answer

"""What single answers say in their heads: which scripts a page may run, and cookies."""

from starlette.responses import HTMLResponse, RedirectResponse

from craftsman.portal.doors import BESIDE, SCRIPTED
from craftsman.portal.process import Portal


def scripted(page: HTMLResponse) -> HTMLResponse:
    """The page, which may run our own script files; all others may run none."""
    page.headers["content-security-policy"] = SCRIPTED
    return page


def beside(page: HTMLResponse) -> HTMLResponse:
    """The page, which may run our own script files, send by script to us, and show our files within itself."""
    page.headers["content-security-policy"] = BESIDE
    return page


def keep_cookie(answer: HTMLResponse | RedirectResponse, portal: Portal, name: str, value: str) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send; it ends with the browser."""
    secure = portal.place.settings.secure_cookies
    answer.set_cookie(portal.cookie(name), value, secure=secure, httponly=True, samesite="strict", path="/")

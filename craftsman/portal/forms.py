"""What comes in by POST: read whole, checked for its token and origin, and numbered so that it is carried out once."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request

from craftsman.errors import Forbidden, Invalid

LARGEST = 200_000
MOST_FIELDS = 500
TOKEN, NUMBER = "form_token", "form_number"
OWN = frozenset({TOKEN, NUMBER})
UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
FORGED = "表单已失效（可能登录已过期，或页面不是从本系统打开的），请返回、刷新页面后重新提交。"


@dataclass(frozen=True, slots=True)
class Form:
    """A submitted form whose token and origin hold; `fields` in the order they came."""

    fields: Sequence[tuple[str, str]]
    path: str

    def text(self, name: str, *, most: int = 4000) -> str:
        """The text of a field, stripped; empty when absent. Invalid when it is longer than `most` characters."""
        value = dict(self.fields).get(name, "").strip()
        if len(value) > most:
            raise Invalid(f"填写的内容过长（最多 {most} 字），请删减后再提交。")
        return value

    def all(self, name: str) -> list[str]:
        """All values of a field, as of check boxes."""
        return [value for key, value in self.fields if key == name]

    def under(self, prefix: str) -> Mapping[str, str]:
        """Fields whose names begin with a prefix, by the rest of their names."""
        return {key.removeprefix(prefix): value.strip() for key, value in self.fields if key.startswith(prefix)}

    def request_id(self, sender: str) -> str:
        """The same for the same form sent twice with the same content; other content is another request."""
        number = dict(self.fields).get(NUMBER, "")
        content = [(key, value) for key, value in self.fields if key not in OWN]
        return "web-" + hashlib.sha256(repr((sender, self.path, number, content)).encode()).hexdigest()


def token_of(key: str) -> str:
    """The token that a form of this session bears."""
    return hmac.new(key.encode(), b"portal form", hashlib.sha256).hexdigest()


def new_number() -> str:
    """The number of a form that is being shown."""
    return secrets.token_urlsafe(16)


async def read_form(request: Request, *, key: str, public_host: str) -> Form:
    """The form of a request. Forbidden when it does not come from our own page, Invalid when it cannot be read."""
    _must_be_ours(request, public_host)
    if int(request.headers.get("content-length", LARGEST + 1)) > LARGEST:
        raise Invalid("提交的内容过大，请删减后再提交。")
    try:
        body = (await request.body()).decode("ascii")
        fields = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as fault:
        raise Invalid("提交的内容无法识别，请返回页面重新填写。") from fault
    # browsers end the lines of a text area with CR LF
    fields = [(key, value.replace("\r\n", "\n")) for key, value in fields]
    if any(_unfit(value) for pair in fields for value in pair):
        raise Invalid("填写的内容含有无法识别的字符，请删去后再提交。")
    if not hmac.compare_digest(dict(fields).get(TOKEN, "").encode(), token_of(key).encode()):
        raise Forbidden(FORGED)
    return Form(fields, request.url.path)


def _must_be_ours(request: Request, public_host: str) -> None:
    """Browsers say where a form came from; what says nothing at all still needs the token."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Forbidden(FORGED)
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc not in {request.headers.get("host", ""), public_host}:
        raise Forbidden(FORGED)


def _unfit(text: str) -> bool:
    """Control characters and lone surrogates are kept by one database and refused by another."""
    return UNFIT.search(text) is not None

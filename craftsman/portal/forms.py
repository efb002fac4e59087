"""What comes in by POST: read whole, checked for its token and origin, and numbered so that it is carried out once."""

import hashlib
import hmac
import re
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from craftsman.errors import Forbidden, Invalid
from craftsman.store.uploads import Upload

LARGEST = 200_000
LEAVE_OUT = "请删除图片等无关内容或分批上传"
MOST_FIELDS = 500
# browsers show a broken connection instead of our answer while they still send: so much more is read and dropped
MOST_DROPPED = 200 * 1024 * 1024
TOKEN, NUMBER = "form_token", "form_number"
OWN = frozenset({TOKEN, NUMBER})
UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
UNREADABLE = "提交的内容无法识别，请返回页面重新填写。"
FORGED = "表单已失效（可能登录已过期，或页面不是从本系统打开的），请返回、刷新页面后重新提交。"


@dataclass(frozen=True, slots=True)
class Form:
    """A submitted form whose token and origin hold; `fields` in the order they came, `files` by their fields."""

    fields: Sequence[tuple[str, str]]
    path: str
    files: Mapping[str, Upload] = field(default_factory=dict[str, Upload])

    def file(self, name: str) -> Upload:
        """The file of a field. Invalid when none was chosen."""
        if name not in self.files:
            raise Invalid("请先选择文件，再提交。")
        return self.files[name]

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
        content += [(key, f"{file.name}\0{file.sha256}") for key, file in self.files.items()]
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
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdecimal() or int(length[:9]) > LARGEST:
        raise Invalid("提交的内容过大，请删减后再提交。")
    try:
        body = (await request.body()).decode("ascii")
        fields = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as fault:
        raise Invalid(UNREADABLE) from fault
    return _checked(Form(fields, request.url.path), key)


async def read_upload(  # noqa: PLR0913  (what is taken, by name)
    request: Request, *, key: str, public_host: str, largest: int, remedy: str = LEAVE_OUT, most_files: int = 1
) -> Form:
    """As `read_form` for a form with files of at most `largest` bytes together, counted while they come in.

    `remedy` says what to do about larger ones. A field that was left empty has no file.
    """
    _must_be_ours(request, public_host)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Invalid(UNREADABLE)
    stream = _bounded(request.stream(), largest, remedy)
    parser = MultiPartParser(
        request.headers, stream, max_files=most_files, max_fields=MOST_FIELDS, max_part_size=LARGEST
    )
    try:
        sent = await parser.parse()
    except (MultiPartException, ValueError, ClientDisconnect) as fault:
        raise Invalid(UNREADABLE) from fault
    try:
        form = await _form_of(sent, request.url.path)
    finally:
        await sent.close()
    if any(len(file.content) > largest for file in form.files.values()):
        raise _too_large(largest, remedy)
    return _checked(form, key)


async def _form_of(sent: FormData, path: str) -> Form:
    fields = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    chosen = {name: value for name, value in sent.multi_items() if isinstance(value, UploadFile) and value.filename}
    return Form(fields, path, {name: Upload(file.filename or "", await file.read()) for name, file in chosen.items()})


async def _bounded(stream: AsyncGenerator[bytes], largest: int, remedy: str) -> AsyncGenerator[bytes]:
    """The stream up to a file of `largest` bytes with the form around it; Invalid when there is more."""
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size <= largest + LARGEST:
            yield chunk
        elif size > MOST_DROPPED:
            break
    if size > largest + LARGEST:
        raise _too_large(largest, remedy)


def day_of(text: str, otherwise: str) -> date:
    """The day that was typed, as 2026-04-13; Invalid with what is told `otherwise`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(otherwise) from None


def _too_large(largest: int, remedy: str) -> Invalid:
    return Invalid(f"文件超过 {largest // 1024 // 1024} MB，{remedy}。")


def _checked(form: Form, key: str) -> Form:
    """The form with plain line ends. Invalid for characters that nobody types, Forbidden without its token."""
    # browsers end the lines of a text area with CR LF
    fields = [(name, value.replace("\r\n", "\n")) for name, value in form.fields]
    names = [(name, file.name) for name, file in form.files.items()]
    if any(_unfit(value) for pair in [*fields, *names] for value in pair):
        raise Invalid("填写的内容含有无法识别的字符，请删去后再提交。")
    if not hmac.compare_digest(dict(fields).get(TOKEN, "").encode(), token_of(key).encode()):
        raise Forbidden(FORGED)
    return Form(fields, form.path, form.files)


def _must_be_ours(request: Request, public_host: str) -> None:
    """Browsers say where a form came from; what says nothing at all still needs the token."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Forbidden(FORGED)
    origin = request.headers.get("origin")
    if origin is not None and _host(origin) not in {request.headers.get("host", ""), public_host}:
        raise Forbidden(FORGED)


def _host(origin: str) -> str | None:
    """The host of an origin; None for what is no address at all."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _unfit(text: str) -> bool:
    """Control characters and lone surrogates are kept by one database and refused by another."""
    return UNFIT.search(text) is not None

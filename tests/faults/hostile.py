"""Hostile requests drawn by a seed: addresses, forms, files, headers and cookies that nobody honest sends."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote_from_bytes, urlencode

from starlette.routing import BaseRoute, Route

from craftsman.settings import HOME
from tests.faults.hostile_values import BOMBS, TEXTS

FORM, MULTIPART, JSON = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get")
PARAMETERS = (
    "page",
    "next",
    "done",
    "q",
    "number",
    "name",
    "state",
    "status",
    "kind",
    "version",
    "receipt",
    "after",
    "of",
    "to",
)
# ending one's session and exporting need no field: with the right token they are no attack
PROPER = ("/logout", "/export")
PART = re.compile(r"\{(\w+)(?::\w+)?\}")
FIELD = re.compile(r'name="([a-z_][a-z_.]*)"')


@dataclass
class Hostile:
    """One request as it goes over the wire; `who` sends it, whose cookie it bears unless that is stolen or made up."""

    kind: str
    who: str
    method: str
    path: bytes
    query: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.kind}: {self.who} {self.method} {self.path[:80]!r}?{self.query[:60]!r} {self.body[:100]!r}"


@dataclass(frozen=True)
class Visitor:
    """Somebody's cookie, and the token of their forms."""

    login: str
    cookie: str
    token: str


def fields_of_pages() -> list[str]:
    """The names of all fields of all forms."""
    pages = (HOME / "templates" / "pages").rglob("*.html")
    return sorted({name for page in pages for name in FIELD.findall(page.read_text())} - {"form_token", "form_number"})


class Attacker:
    """Draws requests against these routes; `known` are values that lead to something, by name of the part."""

    def __init__(
        self, routes: Sequence[BaseRoute], people: Sequence[Visitor], known: dict[str, list[str]], seed: int
    ) -> None:
        self.random = Random(seed)
        self.routes = [route for route in routes if isinstance(route, Route)]
        self.people, self.known, self.fields = list(people), known, fields_of_pages()
        self.kinds: list[Callable[[], Hostile]] = [
            self.strange_address,
            self.others_pages,
            self.without_token,
            self.from_elsewhere,
            self.unreadable,
            self.unfit,
            self.hostile_values,
            self.hostile_values,
            self.bad_cookie,
            self.bomb,
        ]

    def draw(self) -> Hostile:
        """The next request; the kinds take turns by chance."""
        return self.random.choice(self.kinds)()

    def strange_address(self) -> Hostile:
        """Any method at any route, its parts and parameters hostile."""
        route = self.random.choice(self.routes)
        query = [(self.random.choice(PARAMETERS), self._text()) for _ in range(self.random.randrange(4))]
        one = self._request("strange address", self._person(), self.random.choice(METHODS), self._path(route, 0.5))
        one.query = urlencode(query, errors="surrogatepass").encode()
        return one

    def others_pages(self) -> Hostile:
        """A page that is there, asked for by anybody."""
        route = self._route("GET")
        return self._request("others' pages", self._person(), "GET", self._path(route, 0))

    def without_token(self) -> Hostile:
        """A form without its token, with somebody else's, or with a made-up one."""
        who, other = self._person(), self._person()
        token = self.random.choice(["", "0" * 64, self._text(), other.token if other != who else ""])
        return self._form("without token", who, token)

    def from_elsewhere(self) -> Hostile:
        """A form with the right token that another site sent."""
        who = self._person()
        one = self._form("from elsewhere", who, who.token)
        evil = [
            (b"sec-fetch-site", b"cross-site"),
            (b"sec-fetch-site", b"same-site"),
            (b"origin", b"https://evil.example"),
            (b"origin", b"null"),
            (b"origin", b"https://[::1"),
        ]
        one.headers = [pair for pair in one.headers if pair[0] != b"sec-fetch-site"]
        one.headers.append(self.random.choice(evil))
        return one

    def unreadable(self) -> Hostile:
        """A body that is not what its type says, with the right token in it where there is room."""
        who = self._person()
        one = self._form("unreadable", who, who.token)
        broken = [
            (JSON, json.dumps({"form_token": who.token, "a": [1] * 50}).encode()),
            (FORM, b"%ff%fe&" + one.body + b"%zz"),
            (FORM, one.body + b"&a=b" * 600),
            (FORM, one.body + b"&a=" + b"x" * 210_000),
            (FORM, "表单=值".encode()),
            (MULTIPART, b"--x\r\nContent-Disposition: form-data"),
            (MULTIPART, b"--x\r\n\r\n\r\n--x--"),
            (MULTIPART, one.body),
            ("multipart/form-data", one.body),
            ('multipart/form-data; boundary="', one.body),
            ("multipart/form-data; boundary=" + "x" * 5000, one.body),
            (self._text(), one.body),
        ]
        kind, one.body = self.random.choice(broken)
        one.headers = [pair for pair in one.headers if pair[0] not in {b"content-type", b"content-length"}]
        length = self.random.choice([str(len(one.body)), str(len(one.body)), "-1", "x", "9" * 30])
        one.headers += [(b"content-type", _header(kind)), (b"content-length", length.encode())]
        return one

    def unfit(self) -> Hostile:
        """The right token, and a field with characters that nobody types."""
        who = self._person()
        return self._form("unfit", who, who.token, extra=[("reason", self.random.choice(["a\0b", "\x1b", "\ud800"]))])

    def hostile_values(self) -> Hostile:
        """The right token, and hostile text in every field; the box that confirms is ticked seldom."""
        who = self._person()
        return self._form("hostile values", who, who.token)

    def bad_cookie(self) -> Hostile:
        """A cookie that is made up, cut, doubled or overlong."""
        who = self._person()
        one = self._form("bad cookie", who, who.token) if self.random.random() < 0.5 else self.others_pages()
        one.kind = "bad cookie"
        cookie = self.random.choice([who.cookie[:-1], who.cookie + "x", "x" * 8000, self._text(), "", who.cookie * 2])
        one.headers = [pair for pair in one.headers if pair[0] != b"cookie"]
        one.headers.append((b"cookie", b"__Host-craftsman=" + _header(cookie)))
        return one

    def bomb(self) -> Hostile:
        """A file that swells, refers to itself or is none, sent where files are taken."""
        who = self._person()
        route = self.random.choice(
            [one for one in self._posts() if re.search("intake|papers|evidence|objection|leads", one.path)]
        )
        one = self._request("bomb", who, "POST", self._path(route, 0.05))
        name = self.random.choice(
            ["a.xlsx", "a.zip", "../../a.pdf", "a.jpg", "a\0.docx", "x" * 300 + ".xlsx", "a.svg", ""]
        )
        part = self.random.choice(["workbook", "paper", "file", "files", "photo", "evidence"])
        pieces = [("form_token", who.token.encode(), ""), *((key, _bytes(self._text()), "") for key in self._names(3))]
        pieces.append((part, self.random.choice(BOMBS), name))
        one.body = b"".join(_piece(*piece) for piece in pieces) + b"--x--\r\n"
        one.headers += [(b"content-type", MULTIPART.encode()), (b"content-length", str(len(one.body)).encode())]
        return one

    def _form(self, kind: str, who: Visitor, token: str, extra: Sequence[tuple[str, str]] = ()) -> Hostile:
        route = self.random.choice(self._posts())
        one = self._request(kind, who, "POST", self._path(route, 0.1))
        fields = [(name, self._text()) for name in self._names(12)] + [("form_number", self._text()), *extra]
        if self.random.random() < 0.1:
            fields.append(("confirmed", "yes"))
        one.body = urlencode([("form_token", token), *fields], errors="surrogatepass").encode()
        one.headers += [(b"content-type", FORM.encode()), (b"content-length", str(len(one.body)).encode())]
        return one

    def _request(self, kind: str, who: Visitor, method: str, path: bytes) -> Hostile:
        headers = [(b"host", b"testserver"), (b"sec-fetch-site", b"same-origin")]
        if who.cookie:
            headers.append((b"cookie", f"__Host-craftsman={who.cookie}".encode()))
        return Hostile(kind, who.login, method, path, headers=headers)

    def _path(self, route: Route, evil: float) -> bytes:
        def value(part: re.Match[str]) -> str:
            known = self.known.get(part[1])
            hostile = known is None or self.random.random() < evil
            text = self._text() if hostile else self.random.choice(known or [""])
            return quote_from_bytes(_bytes(text), safe="/." if hostile and self.random.random() < 0.5 else "")

        return PART.sub(value, route.path).encode()

    def _route(self, method: str) -> Route:
        return self.random.choice([route for route in self.routes if method in (route.methods or ())])

    def _posts(self) -> list[Route]:
        return [route for route in self.routes if "POST" in (route.methods or ()) and not route.path.endswith(PROPER)]

    def _person(self) -> Visitor:
        return self.random.choice(self.people)

    def _text(self) -> str:
        return self.random.choice(TEXTS)

    def _names(self, most: int) -> list[str]:
        return self.random.sample(self.fields, self.random.randrange(min(most, len(self.fields))))


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _header(text: str) -> bytes:
    return _bytes(text).replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")


def _piece(name: str, content: bytes, file: str) -> bytes:
    named = f'; filename="{file}"' if file else ""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content + b"\r\n"

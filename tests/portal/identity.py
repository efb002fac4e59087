"""A small identity provider on loopback with real keys, which lies where it is told to; its people are fictitious."""

import base64
import hashlib
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "craftsman", "一个秘密 of the portal+%"
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


@dataclass
class Identity:
    """What the provider answers: `claims` are put over the true ones (None: left out), `asks` shows a form first."""

    login: str = "expert1"
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey | ECKey | OctKey = field(default_factory=lambda: KEY)
    algorithm: str = "RS256"
    published: list[dict[str, Any]] | None = None
    discovery: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] = field(default_factory=dict)
    asks: bool = False
    secret: str = SECRET
    now: int = 0
    address: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        """The provider's pages."""
        routes = [
            Route("/.well-known/openid-configuration", self.describe),
            Route("/keys", self.publish),
            Route("/authorize", self.authorize),
            Route("/token", self.exchange, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    def describe(self, _request: Request) -> Response:
        """Where everything is."""
        self.fetched.append("discovery")
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        told = {name: f"{self.address}/{path}" for name, path in ends.items()}
        return JSONResponse({"issuer": self.address, **told, **self.discovery})

    def publish(self, _request: Request) -> Response:
        """The public halves of the keys."""
        self.fetched.append("keys")
        own = [{**KEY.as_dict(private=False)}]
        return JSONResponse({"keys": own if self.published is None else self.published})

    def authorize(self, request: Request) -> Response:
        """Send the browser back with a code: at once, or from a page of ours where somebody presses a button."""
        asked = dict(request.query_params)
        code = hashlib.sha256(asked["state"].encode()).hexdigest()
        self.codes[code] = asked
        back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
        page = f'<a href="{back.replace("&", "&amp;")}">agree</a>'
        return HTMLResponse(page) if self.asks else RedirectResponse(back, status_code=303)

    async def exchange(self, request: Request) -> Response:
        """An ID token for a code that was not used, from the client that holds its verifier."""
        sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(sent["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest())
        if asked is None or not self._known(request) or challenge.rstrip(b"=").decode() != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        true: dict[str, Any] = {
            "iss": self.address,
            "sub": "17",
            "aud": CLIENT,
            "exp": self.now + 300,
            "iat": self.now,
            "nonce": asked["nonce"],
            "preferred_username": self.login,
        }
        claims = {name: value for name, value in {**true, **self.claims}.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "first"}
        signed = jwt.encode(header, claims, self.key, algorithms=[self.algorithm])
        return JSONResponse({"access_token": "opaque", "token_type": "Bearer", "id_token": signed, **self.token})

    def _known(self, request: Request) -> bool:
        if not self.secret:
            return "authorization" not in request.headers
        pair = f"{quote_plus(CLIENT)}:{quote_plus(self.secret)}".encode()
        return request.headers.get("authorization") == f"Basic {base64.b64encode(pair).decode()}"


@contextmanager
def served_identity() -> Generator[Identity]:
    """The provider on a port of its own, known as localhost: another site than 127.0.0.1."""
    identity = Identity()
    server = uvicorn.Server(uvicorn.Config(identity.app(), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    identity.address = f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    yield identity
    server.should_exit = True
    thread.join()

"""An OpenID provider as its client sees it: where to send people, and whom it vouches for when they are back."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from craftsman.actions.provider import client_secret, is_loopback, is_wanted, problems_of
from craftsman.errors import Refused
from craftsman.settings import Settings

logger = logging.getLogger("craftsman.portal")

# signatures by a key of the provider's own; `none` and those by a shared secret are not among them
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
SIGNING = frozenset({"RSA", "EC", "OKP"})
PATIENCE = 5.0
KEPT = 3600.0
# a provider that has just changed its keys is asked again, but not for every stray token
ASKED_AGAIN = 60.0
LEEWAY = 60
UNREACHABLE = "统一身份认证服务暂时无法使用，请稍后再试，或用账号和密码登录。"
NOT_VOUCHED = "统一身份认证的答复未通过核验，登录没有成功；请回到登录页重新开始，仍不成功请联系活动办公室。"


class Discovery(BaseModel):
    """What a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Keys(BaseModel):
    """The keys that a provider publishes."""

    keys: list[dict[str, Any]]


class Provider:
    """One provider with what was last heard of it; `ticks` is a clock that only rises."""

    def __init__(self, settings: Settings, ticks: Callable[[], float]) -> None:
        self.issuer = settings.oidc_issuer
        self.claim = settings.oidc_claim
        self._back = f"{settings.public_url}/login/oidc/back"
        self._client_id, self._secret = settings.oidc_client_id, client_secret(settings)
        self._ticks = ticks
        self._client = httpx.Client(timeout=PATIENCE, headers={"accept": "application/json"})
        self._kept: dict[str, tuple[float, Any]] = {}

    def way(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser. Refused when the provider cannot be asked where that is."""
        return prepare_grant_uri(
            self._discovery().authorization_endpoint,
            self._client_id,
            "code",
            redirect_uri=self._back,
            scope="openid profile",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )

    def login_of(self, code: str, *, nonce: str, verifier: str, now: datetime) -> str:
        """The login that the provider vouches for in exchange for a code. Refused when anything does not hold."""
        answer = self._exchange(code, verifier)
        try:
            claims = self._claims(str(answer.get("id_token", "")), str(answer.get("access_token", "")), nonce, now)
        except (JoseError, ValueError) as fault:
            raise _told(type(fault).__name__, NOT_VOUCHED) from None
        login = claims.get(self.claim)
        if not isinstance(login, str) or not login:
            raise Refused(f"统一身份认证的答复中没有账号名（{self.claim}）；请联系活动办公室核对认证服务的设置。")
        return login

    def _exchange(self, code: str, verifier: str) -> Mapping[str, Any]:
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": verifier,
        }
        if self._secret:
            # RFC 6749, 2.3.1: both are encoded as forms are before they are put into the header
            proof = (quote_plus(self._client_id), quote_plus(self._secret))
            answer = self._answered("POST", self._discovery().token_endpoint, data=sent, auth=proof)
        else:
            whole = {**sent, "client_id": self._client_id}
            answer = self._answered("POST", self._discovery().token_endpoint, data=whole)
        return _object(answer, NOT_VOUCHED)

    def _claims(self, token: str, access_token: str, nonce: str, now: datetime) -> Mapping[str, Any]:
        """The claims of an ID token that holds in everything: OpenID Connect Core 1.0, 3.1.3.7."""
        try:
            decoded = jwt.decode(token, self._keys(KEPT), algorithms=list(ALGORITHMS))
        except InvalidKeyIdError:
            decoded = jwt.decode(token, self._keys(ASKED_AGAIN), algorithms=list(ALGORITHMS))
        asked = {"nonce": nonce, "client_id": self._client_id, "access_token": access_token}
        issuer, audience = ({"essential": True, "value": value} for value in (self.issuer, self._client_id))
        claims = CodeIDToken(decoded.claims, decoded.header, {"iss": issuer, "aud": audience}, asked)
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        return claims

    def _discovery(self) -> Discovery:
        url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = Discovery.model_validate(self._fetched(url, KEPT))
        except ValidationError as fault:
            raise _told(type(fault).__name__, UNREACHABLE) from None
        ends = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        trial = is_loopback(self.issuer)
        safe = all(end.startswith("https://") or (trial and is_loopback(end)) for end in ends)
        if found.issuer != self.issuer or not safe:
            raise Refused("统一身份认证服务的自述与设置不符（issuer 或地址）；请联系活动办公室核对设置。")
        return found

    def _keys(self, kept: float) -> KeySet:
        listed = Keys.model_validate(self._fetched(self._discovery().jwks_uri, kept))
        usable = [key for key in listed.keys if key.get("kty") in SIGNING and key.get("use", "sig") == "sig"]
        return KeySet.import_key_set({"keys": usable})

    def _fetched(self, url: str, kept: float) -> Mapping[str, Any]:
        at, document = self._kept.get(url, (0.0, None))
        if document is None or self._ticks() - at >= kept:
            answer = self._answered("GET", url)
            if answer.is_error:
                raise _told(f"status {answer.status_code}", UNREACHABLE)
            document = _object(answer, UNREACHABLE)
            self._kept[url] = (self._ticks(), document)
        return document

    def _answered(self, method: str, url: str, **sent: Any) -> httpx.Response:
        try:
            return self._client.request(method, url, **sent)
        except httpx.HTTPError as fault:
            raise _told(type(fault).__name__, UNREACHABLE) from None


def provider_of(settings: Settings, ticks: Callable[[], float]) -> Provider | None:
    """The provider that is set, or None. Refused when its settings are unsafe or lack something."""
    if problems := problems_of(settings):
        raise Refused("统一身份认证（OIDC）的设置不完整，门户没有启动；请改正后重试：", problems)
    return Provider(settings, ticks) if is_wanted(settings) else None


def _object(answer: httpx.Response, otherwise: str) -> Mapping[str, Any]:
    """The JSON object that was answered, whatever its status. Refused for anything else."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _told("no JSON object", otherwise)
    return found


def _told(fault: str, reason: str) -> Refused:
    """The refusal for a fault of the provider; its own words, which may hold a token, are not logged."""
    logger.warning("identity provider: %s", fault)
    return Refused(reason)

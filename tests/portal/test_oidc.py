"""Logging in by an identity provider, against a real one on loopback; whatever does not hold begins no session."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey
from sqlmodel import col, select

from craftsman.actions.health import examine
from craftsman.actions.provider import DONE_BEFORE, NO_ACCOUNT, enter, problems_of
from craftsman.actions.workplace import Workplace
from craftsman.errors import Refused
from craftsman.portal.app import create_app
from craftsman.portal.oidc import CANCELLED, STRAY
from craftsman.portal.provider import NOT_VOUCHED, UNREACHABLE
from craftsman.settings import Settings
from craftsman.store.engine import reading, transaction
from models import Account, AuditEvent, LoginSession
from tests.factories import act_of, make_account
from tests.portal.identity import CLIENT, KEY, SECRET, Identity, served_identity
from tests.portal.scene import SCORING, Scene, Visitor, make_doors

BROWSER = httpx.Client()


@pytest.fixture(scope="module")
def server() -> Iterator[Identity]:
    with served_identity() as identity:
        yield identity


@pytest.fixture
def identity(server: Identity) -> Identity:
    """The provider, honest again after the test before."""
    fresh = Identity(address=server.address, now=int(SCORING.timestamp()))
    server.__dict__.update(fresh.__dict__)
    return server


@pytest.fixture
def scene(place: Workplace, tmp_path: Path, identity: Identity) -> Scene:
    """A portal that knows the provider."""
    terms = {"oidc_issuer": identity.address, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    return make_doors(place, tmp_path, {**terms, "public_url": "https://testserver"})


def set_out(visitor: Visitor, onward: str = "/tasks") -> str:
    """From the login page to the provider; where it sends the browser back to."""
    answer = visitor.get(f"/login/oidc?next={onward}")
    assert answer.status_code == 303, answer.text
    back = urlsplit(BROWSER.get(answer.headers["location"]).headers["location"])
    return f"{back.path}?{back.query}"


def sessions(scene: Scene) -> int:
    with reading(scene.place.engine) as session:
        return len(session.exec(select(LoginSession)).all())


def test_button_stands_where_there_is_a_provider(scene: Scene, place: Workplace) -> None:
    without = Scene(place, scene.round)
    pages = [one.visitor().get("/login").text for one in (scene, without)]
    assert ["统一身份认证登录" in page for page in pages] == [True, False]
    assert without.visitor().get("/login/oidc").status_code == 404


def test_provider_logs_an_account_in(scene: Scene) -> None:
    visitor = scene.visitor()
    answer = visitor.get(set_out(visitor, "/notices"))
    assert (answer.status_code, answer.headers["refresh"]) == (200, "0; url=/notices")
    cookies = answer.headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in cookies if "Max-Age=0" not in cookie] == [
        "__Host-craftsman-form",
        "__Host-craftsman",
    ]
    assert "专家1" in visitor.get("/tasks").text
    with reading(scene.place.engine) as session:
        acts = session.exec(select(AuditEvent.act).order_by(col(AuditEvent.seq).desc()).limit(2)).all()
    assert list(acts) == ["session.opened", "session.provider"]


def test_cookie_of_the_way_is_short_lived(scene: Scene) -> None:
    cookie = scene.visitor().get("/login/oidc").headers["set-cookie"].split("; ")
    assert cookie[0].startswith("__Host-craftsman-oidc=")
    assert set(cookie[1:]) == {"HttpOnly", "Max-Age=600", "Path=/", "SameSite=lax", "Secure"}


def test_request_tells_what_the_standard_asks(scene: Scene, identity: Identity) -> None:
    way = urlsplit(scene.visitor().get("/login/oidc").headers["location"])
    asked = {name: values[0] for name, values in parse_qs(way.query).items()}
    drawn = {name: len(asked.pop(name)) for name in ("state", "nonce", "code_challenge")}
    assert f"{way.scheme}://{way.netloc}" == identity.address
    assert drawn == {"state": 64, "nonce": 64, "code_challenge": 43}
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": "https://testserver/login/oidc/back",
        "scope": "openid profile",
        "code_challenge_method": "S256",
    }


def _lies(now: int) -> list[dict[str, Any]]:
    return [
        {"claims": {"nonce": "0" * 64}},
        {"claims": {"nonce": None}},
        {"claims": {"aud": "another-client"}},
        {"claims": {"aud": ["another-client"]}},
        {"claims": {"aud": [CLIENT, "another-client"]}},
        {"claims": {"azp": "another-client"}},
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"exp": now - 120}},
        {"claims": {"exp": None}},
        {"claims": {"exp": "soon"}},
        {"claims": {"nbf": now + 600}},
        {"claims": {"at_hash": "0" * 22}},
        {"key": RSAKey.generate_key(2048, {"kid": "first"})},
        {"key": OctKey.import_key(SECRET), "algorithm": "HS256"},
        {"token": {"id_token": "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0."}},
        {"token": {"id_token": "no token"}},
        {"token": {"id_token": None}},
        {"published": []},
        {"published": [{"kty": "RSA", "kid": "first"}]},
        {"published": [{"kty": "oct", "kid": "first", "k": "AAAA"}]},
        {"published": ["no key"]},
        {"secret": "another secret"},
    ]


LIES = _lies(int(SCORING.timestamp()))


# keys print where they lie in memory, which is another place in each process
@pytest.mark.parametrize("lie", LIES, ids=range(len(LIES)))
def test_answer_that_does_not_hold_is_refused(scene: Scene, identity: Identity, lie: dict[str, Any]) -> None:
    identity.__dict__.update(lie)
    visitor = scene.visitor()
    answer = visitor.get(set_out(visitor))
    assert (answer.status_code, NOT_VOUCHED in answer.text, sessions(scene)) == (409, True, 0)


def test_lying_discovery_is_refused(scene: Scene, identity: Identity) -> None:
    for lie in ({"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"}, {"jwks_uri": 5}):
        identity.discovery = lie
        assert scene.visitor().get("/login/oidc").status_code == 409


def test_state_of_another_browser_is_refused(scene: Scene) -> None:
    mine, other = scene.visitor(), scene.visitor()
    back = set_out(other)
    set_out(mine)
    answers = [mine.get(back), scene.visitor().get(back)]
    assert [(answer.status_code, STRAY in answer.text) for answer in answers] == [(403, True), (403, True)]
    assert sessions(scene) == 0


@pytest.mark.parametrize("cookie", ["", "none", f"{'a' * 43}.1768183200.=", f"{'a' * 43}.999999999999.gA=="])
def test_made_up_cookie_is_refused(scene: Scene, cookie: str) -> None:
    visitor = scene.visitor()
    visitor.client.cookies.set("__Host-craftsman-oidc", cookie)
    answer = visitor.get("/login/oidc/back?code=x&state=")
    assert (answer.status_code, STRAY in answer.text) == (403, True)


def test_late_return_is_refused(scene: Scene) -> None:
    visitor = scene.visitor()
    back = set_out(visitor)
    scene.set_time("2026-01-12T10:10:01+08:00")
    assert visitor.get(back).status_code == 403


def test_code_is_good_once(scene: Scene) -> None:
    visitor = scene.visitor()
    back, kept = set_out(visitor), dict(visitor.client.cookies)
    assert visitor.get(back).status_code == 200
    thief = scene.visitor()
    thief.client.cookies.update(kept)
    assert (thief.get(back).status_code, sessions(scene)) == (409, 1)


def test_state_is_good_once(scene: Scene) -> None:
    with transaction(scene.place.engine) as session:
        enter(session, act_of(scene.place), "state", "expert1")
    with transaction(scene.place.engine) as session, pytest.raises(Refused, match=DONE_BEFORE):
        enter(session, act_of(scene.place), "state", "expert1")


@pytest.mark.parametrize("login", ["nobody", "EXPERT1", "gone"])
def test_provider_makes_no_account(scene: Scene, identity: Identity, login: str) -> None:
    with transaction(scene.place.engine) as session:
        make_account(session, "gone", disabled_at=SCORING)
    identity.login = login
    visitor = scene.visitor()
    answer = visitor.get(set_out(visitor))
    assert (answer.status_code, NO_ACCOUNT in answer.text, sessions(scene)) == (403, True, 0)
    with reading(scene.place.engine) as session:
        assert len(session.exec(select(Account)).all()) == 5


@pytest.mark.parametrize("name", [None, "", 7, ["expert1"]])
def test_answer_without_a_login_is_told(scene: Scene, identity: Identity, name: object) -> None:
    identity.claims = {"preferred_username": name}
    visitor = scene.visitor()
    assert "没有账号名（preferred_username）" in visitor.get(set_out(visitor)).text


def test_cancelled_login_is_told(scene: Scene) -> None:
    visitor = scene.visitor()
    back = set_out(visitor)
    state = parse_qs(urlsplit(back).query)["state"][0]
    for query in (f"error=access_denied&state={state}", f"state={state}", f"{urlsplit(back).query}&iss=https://evil"):
        answer = visitor.get(f"/login/oidc/back?{query}")
        assert (answer.status_code, CANCELLED in answer.text) == (409, True)


def test_provider_that_is_down_is_told(scene: Scene) -> None:
    settings = scene.place.settings.model_copy(update={"oidc_issuer": "http://localhost:9"})
    down = Scene(replace(scene.place, settings=settings), scene.round)
    answer = down.visitor().get("/login/oidc")
    assert (answer.status_code, UNREACHABLE in answer.text) == (409, True)


def test_provider_is_asked_once_an_hour(scene: Scene, identity: Identity) -> None:
    ticks = iter(range(0, 100_000, 50))
    client = scene.another_client(ticks=lambda: float(next(ticks)))
    for _ in range(3):
        visitor = Visitor(client)
        assert visitor.get(set_out(visitor)).status_code == 200
    assert sorted(identity.fetched) == ["discovery", "keys"]


def test_changed_keys_are_asked_for_again(scene: Scene, identity: Identity) -> None:
    ticks = iter(range(0, 100_000, 50))
    client = scene.another_client(ticks=lambda: float(next(ticks)))
    identity.published = [{**KEY.as_dict(private=False), "kid": "before"}, {**KEY.as_dict(private=False), "kid": "old"}]
    visitor = Visitor(client)
    assert visitor.get(set_out(visitor)).status_code == 409
    identity.published = None
    visitor.client.cookies.clear()
    assert visitor.get(set_out(visitor)).status_code == 200


def test_public_client_needs_no_secret(scene: Scene, identity: Identity) -> None:
    identity.secret = ""
    settings = scene.place.settings.model_copy(update={"oidc_client_secret": ""})
    visitor = Scene(replace(scene.place, settings=settings), scene.round).visitor()
    assert visitor.get(set_out(visitor)).status_code == 200


def _unsafe(folder: Path) -> list[tuple[dict[str, Any], str]]:
    open_file = folder / "secret"
    return [
        ({"oidc_client_id": ""}, "请同时设置 CRAFTSMAN_OIDC_ISSUER 和 CRAFTSMAN_OIDC_CLIENT_ID。"),
        ({"oidc_issuer": "http://id.example.org"}, "CRAFTSMAN_OIDC_ISSUER 须为 https 地址。"),
        (
            {"oidc_client_secret": "x", "oidc_client_secret_file": open_file},
            "CRAFTSMAN_OIDC_CLIENT_SECRET 和 CRAFTSMAN_OIDC_CLIENT_SECRET_FILE 只能设置一个。",
        ),
        ({"oidc_client_secret_file": folder / "none"}, "找不到 CRAFTSMAN_OIDC_CLIENT_SECRET_FILE 指明的文件。"),
        (
            {"oidc_client_secret_file": folder / "open"},
            "CRAFTSMAN_OIDC_CLIENT_SECRET_FILE 可被他人读取，请执行 chmod 400。",
        ),
    ]


def test_unsafe_settings_are_named(place: Workplace, tmp_path: Path) -> None:
    for name, mode in (("secret", 0o400), ("open", 0o644)):
        (tmp_path / name).write_text("secret\n")
        (tmp_path / name).chmod(mode)
    right = {"oidc_issuer": "https://id.example.org", "oidc_client_id": CLIENT}
    assert problems_of(Settings.model_validate(right)) == []
    assert problems_of(Settings()) == []
    for change, problem in _unsafe(tmp_path):
        assert problems_of(Settings.model_validate({**right, **change})) == [problem]


def test_doctor_and_portal_refuse_unsafe_settings(place: Workplace) -> None:
    unsafe = replace(place, settings=place.settings.model_copy(update={"oidc_issuer": "https://id.example.org"}))
    advice = problems_of(unsafe.settings)
    assert [one.advice for one in examine(unsafe) if "统一身份认证" in one.check] == advice
    with pytest.raises(Refused) as refusal:
        create_app(unsafe)
    assert list(refusal.value.details) == advice

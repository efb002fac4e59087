"""The API: what a token may do, rows handed in as a workbook's are, where cases stand, released results."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlmodel import select

from craftsman.actions.accounts import disable_account
from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.api_tokens import make_token, revoke_token, tokens
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid
from craftsman.portal.api.calls import LARGEST
from craftsman.store.engine import reading, transaction
from models import Nomination
from tests.actions.opened import row
from tests.factories import NOW, make_account
from tests.portal.announced_scene import announce
from tests.portal.intake_scene import KEY, make_intake_scene
from tests.portal.scene import Scene, make_scene

ALL = ("intake", "status", "results")
NOMINATIONS = f"/api/v1/rounds/{KEY}/nominations"


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Iterator[Scene]:
    made = make_intake_scene(place, tmp_path)
    with made.client:
        yield made


def token_for(scene: Scene, login: str, *scopes: str, name: str = "填报系统", days: int = 30) -> str:
    place = scene.place
    with transaction(place.engine) as session:
        act = Act(actor_by_login(session, login), place.now(), place)
        return make_token(session, act, name, scopes=scopes, days=days, secret=f"{login}-{len(name)}")


def asked(scene: Scene, path: str, token: str, **query: object) -> Response:
    return scene.client.get(path, params=query, headers={"authorization": f"Bearer {token}"})


def sent(scene: Scene, token: str, *rows: dict[str, object], key: str = "request-1", **query: object) -> Response:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
    texts = [{name: str(cell) for name, cell in one.items()} for one in rows]
    return scene.client.post(NOMINATIONS, json={"rows": texts}, params=query, headers=headers)


def counts(answer: Response) -> dict[str, Any]:
    told: dict[str, Any] = answer.json()
    return {name: told[name] for name in ("created", "unchanged", "refused", "repeated", "dry_run")}


def taken(created: int, unchanged: int = 0, refused: int = 0, **other: bool) -> dict[str, Any]:
    told = {"created": created, "unchanged": unchanged, "refused": refused, "repeated": False, "dry_run": False}
    return told | other


def kept(scene: Scene) -> int:
    with reading(scene.place.engine) as session:
        return len(session.exec(select(Nomination.id)).all())


def test_rows_are_taken_in_as_a_workbooks_are(scene: Scene) -> None:
    token = token_for(scene, "tangshan", *ALL)
    answer = sent(scene, token, row(1), row(2, phone="1380000"), row(3), row(4))
    assert (answer.status_code, counts(answer)) == (200, taken(3, refused=1))
    (problem,) = answer.json()["problems"]
    assert (problem["row"], problem["column"], "1380000" in answer.text) == (3, "phone", False)


def test_same_request_is_carried_out_once(scene: Scene) -> None:
    token = token_for(scene, "tangshan", *ALL)
    first, again = sent(scene, token, row(1)), sent(scene, token, row(1))
    assert (counts(first), counts(again), kept(scene)) == (taken(1), taken(1), 1)


def test_strangers_megabytes_are_not_read(scene: Scene) -> None:
    """What comes without a token is refused before it is parsed, and from those who have one only so much is taken."""
    token = token_for(scene, "tangshan", *ALL)
    rubbish, headers = b"[" * 200, {"content-type": "application/json", "idempotency-key": "request-1"}
    known = headers | {"authorization": f"Bearer {token}"}
    answers = [
        scene.client.post(NOMINATIONS, content=rubbish, headers=headers),
        scene.client.post(NOMINATIONS, content=rubbish, headers=known),
        scene.client.post(NOMINATIONS, content=iter([rubbish]), headers=known),
        scene.client.post(NOMINATIONS, content=b"", headers=known | {"content-length": str(LARGEST + 1)}),
    ]
    assert [(one.status_code, one.json()["status"]) for one in answers] == [
        (401, 401),
        (422, 422),
        (413, 413),
        (413, 413),
    ]


def test_trial_writes_nothing(scene: Scene) -> None:
    token = token_for(scene, "tangshan", *ALL)
    assert counts(sent(scene, token, row(1), dry_run=True)) == taken(1, dry_run=True)
    assert kept(scene) == 0


def test_units_see_their_own_nominations(scene: Scene) -> None:
    tangshan = token_for(scene, "tangshan", *ALL)
    handan = token_for(scene, "handan", "status", name="邯郸系统")
    sent(scene, tangshan, row(1), row(2), row(3))
    first = asked(scene, NOMINATIONS, tangshan, limit=2).json()
    rest = asked(scene, NOMINATIONS, tangshan, limit=2, after=first["next"]).json()
    numbers = [one["case_no"] for page in (first, rest) for one in page["nominations"]]
    assert (numbers, rest["next"]) == ([f"2026-tangshan-000{number}" for number in (1, 2, 3)], "")
    assert first["nominations"][0]["status_title"] == "办理中"
    assert asked(scene, NOMINATIONS, handan).json()["nominations"] == []


def test_rounds_are_told_with_their_stages(scene: Scene) -> None:
    (told,) = asked(scene, "/api/v1/rounds", token_for(scene, "tangshan", "status")).json()
    assert (told["key"], told["stages"][0]["status"]) == (KEY, "open")
    assert told == asked(scene, f"/api/v1/rounds/{KEY}", token_for(scene, "handan", "status", name="二")).json()


def test_token_serves_its_scopes_alone(scene: Scene) -> None:
    token = token_for(scene, "tangshan", "results")
    answers = [sent(scene, token, row(1)), asked(scene, NOMINATIONS, token), asked(scene, "/api/v1/results", token)]
    assert [answer.status_code for answer in answers] == [403, 403, 200]
    assert answers[0].json()["detail"] == "该令牌不能用于“报送推荐汇总”，请联系活动办公室另行开具。"


def test_token_may_no_more_than_its_account(scene: Scene) -> None:
    with transaction(scene.place.engine) as session:
        make_account(session, "reader", "discipline")
    assert sent(scene, token_for(scene, "reader", "intake"), row(1)).status_code == 403


def test_holders_make_tokens_for_themselves_alone(scene: Scene) -> None:
    token_for(scene, "tangshan", "status", name="唐山系统")
    with transaction(scene.place.engine) as session:
        handan, office = (Act(actor_by_login(session, login), NOW, scene.place) for login in ("handan", "root"))
        assert tokens(session, handan) == []
        with pytest.raises(Invalid, match="没有名为“唐山系统”的令牌"):
            revoke_token(session, handan, "唐山系统", "不是我的")
        with pytest.raises(Forbidden, match="不能开具令牌"):
            make_token(session, office, "管理系统", scopes=("status",), days=1, secret="x")


@pytest.mark.parametrize("fault", ["none", "unknown", "revoked", "over", "closed"])
def test_token_that_does_not_hold_is_refused(scene: Scene, fault: str) -> None:
    place, token = scene.place, token_for(scene, "tangshan", *ALL)
    with transaction(place.engine) as session:
        act = Act(make_account(session, "keeper", "security" if fault == "revoked" else "admin"), place.now(), place)
        if fault == "revoked":
            revoke_token(session, act, "填报系统", "系统停用")
        if fault == "closed":
            disable_account(session, act, "tangshan", "调离")
    if fault == "over":
        scene.set_time((place.now() + timedelta(days=30)).isoformat())
    answer = asked(scene, NOMINATIONS, {"none": "", "unknown": "craftsman_x"}.get(fault, token))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "令牌无效、已撤销或已过期，请联系活动办公室重新开具。"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 422),
        ("[]", 422),
        ('{"rows": []}', 422),
        ('{"rows": [{"name": {"nested": 1}}]}', 422),
        ('{"rows": [{"no_such_column": "1"}]}', 422),
        ('{"rows": [{}]}', 422),
    ],
)
def test_bad_content_is_told_as_problem(scene: Scene, body: str, status: int) -> None:
    token = token_for(scene, "tangshan", *ALL)
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "request-1", "content-type": "application/json"}
    answer = scene.client.post(NOMINATIONS, content=body, headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_writing_needs_its_key(scene: Scene) -> None:
    token = token_for(scene, "tangshan", *ALL)
    assert sent(scene, token, row(1), key="short").status_code == 422


def test_unknown_addresses_are_problems(scene: Scene) -> None:
    token = token_for(scene, "tangshan", *ALL)
    answers = [asked(scene, "/api/v1/nothing", token), asked(scene, "/api/v1/rounds/none", token)]
    assert [(one.status_code, one.json()["status"]) for one in answers] == [(404, 404), (404, 404)]


def test_guessing_tokens_is_slowed(scene: Scene) -> None:
    answers = [asked(scene, "/api/v1/rounds", f"craftsman_{number}") for number in range(25)]
    assert [answer.status_code for answer in answers] == [401] * 20 + [429] * 5
    assert answers[-1].headers["retry-after"] == "300"


def test_description_names_all_resources(scene: Scene) -> None:
    told = scene.client.get("/api/v1/openapi.json").json()
    assert sorted(told["paths"]) == [
        "/results",
        "/results/{key}",
        "/rounds",
        "/rounds/{key}",
        "/rounds/{key}/nominations",
    ]


def test_token_without_scope_or_end_is_refused(scene: Scene) -> None:
    for scopes, days in (((), 30), (("all",), 30), (("status",), 0), (("status",), 401)):
        with pytest.raises(Invalid):
            token_for(scene, "tangshan", *scopes, days=days)


def test_results_are_told_after_release(place: Workplace, tmp_path: Path) -> None:
    scene = announce(make_scene(place, tmp_path))
    with transaction(place.engine) as session:
        make_account(session, "press", "reporter")
    token = token_for(scene, "press", "results")
    before = [asked(scene, path, token).status_code for path in ("/api/v1/results", f"/api/v1/results/{KEY}")]
    path = f"/rounds/{KEY}/documents"
    scene.visitor("checker").send(path, f"/rounds/{KEY}/release", confirmed="yes")
    told = asked(scene, f"/api/v1/results/{KEY}", token).json()
    assert (before, told["round"]) == ([200, 404], KEY)
    assert [one["name"] for tier in told["tiers"] for one in tier["winners"]] == ["王虚构", "李虚构", "张虚构"]

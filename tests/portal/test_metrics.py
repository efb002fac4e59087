"""Figures for Prometheus, readiness, and one log line for each request."""

import json
import logging

import pytest
from httpx import Response
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from craftsman.logs import Lines, told
from craftsman.portal import staff
from tests.portal.scene import Scene

KEY = "hebei-great-craftsman-2026"
HERE = ("127.0.0.1", 50_000)


def asked(scene: Scene, address: tuple[str, int] = HERE, **headers: str) -> Response:
    client = TestClient(scene.client.app, base_url="https://testserver", client=address)
    return client.get("/metrics", headers={name.replace("_", "-"): value for name, value in headers.items()})


def figures(answer: Response) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels."""
    families = text_string_to_metric_families(answer.text)
    return {(sample.name, *sample.labels.values()): sample.value for one in families for sample in one.samples}


def test_figures_tell_what_waits(scene: Scene) -> None:
    found = figures(asked(scene))
    assert found["craftsman_stages", "open"] == 1
    assert found["craftsman_gates_waiting",] == 0
    assert found["craftsman_history_events",] > 0
    assert found["craftsman_history_unwitnessed_seconds",] == 0


def test_requests_are_counted_by_route(scene: Scene) -> None:
    scene.visitor("clerk").get(f"/rounds/{KEY}/stages/score")
    scene.visitor("clerk").get(f"/rounds/{KEY}/stages/contest")
    found = figures(asked(scene))
    assert found["craftsman_http_requests_total", "GET", "/rounds/{key}/stages/{stage}", "200"] == 2
    assert [name for name in found if KEY in str(name)] == []


def test_made_up_methods_and_paths_share_a_label(scene: Scene) -> None:
    for number in range(3):
        scene.client.request(f"BREW{number}", f"/pot/{number}")
    assert figures(asked(scene))["craftsman_http_requests_total", "other", "(none)", "404"] == 3


@pytest.mark.parametrize(("address", "headers"), [(("10.0.0.7", 1), {}), (HERE, {"x_forwarded_for": "127.0.0.1"})])
def test_figures_are_for_this_machine(scene: Scene, address: tuple[str, int], headers: dict[str, str]) -> None:
    assert asked(scene, address, **headers).status_code == 404


def test_unready_without_its_database(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scene.client.get("/readyz").text == "ok"
    monkeypatch.setattr(type(scene.place.engine), "connect", broken)
    assert scene.client.get("/readyz").status_code == 503


def broken(_engine: object) -> None:
    raise OperationalError("SELECT 1", None, Exception("gone"))


def test_each_request_is_one_line(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    visitor = scene.visitor("clerk")
    with caplog.at_level(logging.INFO, logger="craftsman.access"):
        answer = visitor.get(f"/rounds/{KEY}?done=x")
    line = json.loads(Lines().format(caplog.records[-1]))
    assert {name: line[name] for name in ("level", "method", "route", "status", "user")} == {
        "level": "info",
        "method": "GET",
        "route": "/rounds/{key}",
        "status": 200,
        "user": "clerk",
    }
    assert line["request"] == answer.headers["x-request-id"]


def test_page_of_a_fault_shows_the_number_of_its_line(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(staff, "rounds", broken)
    answer = scene.visitor("clerk").get("/rounds")
    assert answer.headers["x-request-id"] in answer.text
    assert f"fault {answer.headers['x-request-id']}" in caplog.text


def test_lines_hold_no_words_of_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    try:
        int(f"130102-{1200 + 34}")
    except ValueError:
        logging.getLogger("craftsman").exception("broken", extra=told({"request": "1"}))
    text = Lines().format(caplog.records[-1])
    line = json.loads(text)
    assert (line["fault"], line["request"], "130102-1234" in text) == ("ValueError", "1", False)

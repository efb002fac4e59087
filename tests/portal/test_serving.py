"""The portal's processes: whose word they take on where a visitor comes from, and what they remember together."""

from pathlib import Path
from typing import Any

import pytest
import uvicorn

from craftsman.actions.workplace import Workplace
from craftsman.portal import serving
from craftsman.portal.minutes import Minutes
from craftsman.portal.pending import HalfLogin, Pendings
from craftsman.portal.serving import serve_portal
from craftsman.portal.throttle import Limits
from craftsman.settings import Settings


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []

    def run(_app: object, **options: Any) -> None:
        told.append(options)

    monkeypatch.setattr(uvicorn, "run", run)
    return told


def test_proxies_are_trusted_as_set(place: Workplace, served: list[dict[str, Any]]) -> None:
    for chosen in (Settings(portal_processes=1), Settings(portal_processes=1, trusted_proxies="10.0.0.5")):
        serve_portal(Workplace(chosen, place.engine, place.secrets), "127.0.0.1", 8400)
    assert [options["forwarded_allow_ips"] for options in served] == ["127.0.0.1", "10.0.0.5"]


def test_each_core_has_a_process(
    place: Workplace, served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for cores, chosen in ((2, Settings()), (64, Settings()), (2, Settings(portal_processes=3))):
        monkeypatch.setattr(serving.os, "cpu_count", lambda cores=cores: cores)
        serve_portal(Workplace(chosen, place.engine, place.secrets), "127.0.0.1", 8400)
    assert [options["workers"] for options in served] == [2, 4, 3]


def test_processes_count_tries_together(tmp_path: Path) -> None:
    one, other = (Limits(Minutes(tmp_path / "minutes")) for _ in range(2))
    tries = [limits.recovery_codes.admits("7", at) for at, limits in enumerate((one, other) * 3)]
    assert tries == [True] * 5 + [False]


def test_log_in_goes_on_in_another_process(place: Workplace, tmp_path: Path) -> None:
    file = tmp_path / "minutes"
    one, other = (Pendings(Minutes(file), place.secrets) for _ in range(2))
    half = HalfLogin(7, "$argon2id$", "/tasks", "password", 300.0)
    one.half.keep("cookie", half, 300)
    assert [other.half.look("cookie", 1), other.half.take("cookie", 2), one.half.take("cookie", 3)] == [
        half,
        half,
        None,
    ]


def test_pending_things_lie_sealed(place: Workplace, tmp_path: Path) -> None:
    pendings = Pendings(Minutes(tmp_path / "minutes"), place.secrets)
    pendings.apps.keep("cookie", "JBSWY3DPEHPK3PXP", 300)
    kept = b"".join(part.read_bytes() for part in tmp_path.iterdir())
    assert [secret in kept for secret in (b"JBSWY3DP", b"cookie")] == [False, False]

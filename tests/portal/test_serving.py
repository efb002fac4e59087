"""Whose word the server takes on where a visitor comes from."""

from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from craftsman.portal.app import serve_app
from craftsman.settings import Settings


def test_proxies_are_trusted_as_set(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[dict[str, Any]] = []

    def serve(_app: FastAPI, **options: Any) -> None:
        served.append(options)

    monkeypatch.setattr(uvicorn, "run", serve)
    serve_app(FastAPI(), Settings(), "127.0.0.1", 8400)
    serve_app(FastAPI(), Settings(trusted_proxies="10.0.0.5"), "127.0.0.1", 8400)
    assert [options["forwarded_allow_ips"] for options in served] == ["127.0.0.1", "10.0.0.5"]

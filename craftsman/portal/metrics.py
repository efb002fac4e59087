"""`/metrics` for Prometheus and `/readyz`: how requests fare, and what waits in the office.

Where several processes serve, each writes its counts into a folder (PROMETHEUS_MULTIPROC_DIR, which Prometheus' own
library reads), and whichever is asked tells the sums.
"""

import hmac
import os
from collections.abc import Iterator

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.responses import PlainTextResponse, Response

from craftsman.actions.gauges import Gauges, gauges
from craftsman.actions.workplace import Workplace
from craftsman.errors import NotFound
from craftsman.portal.process import Portal
from craftsman.store.engine import reading

router = APIRouter()

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
THIS_MACHINE = frozenset({"127.0.0.1", "::1"})


class Metrics:
    """The figures of the portal; routes are told as templates, so that no number of a case is a label."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self.registry = CollectorRegistry()
        labels = ("method", "route")
        name, what = "craftsman_http_requests", "Requests answered"
        self._requests = Counter(name, what, (*labels, "status"), registry=self.registry)
        name, what = "craftsman_http_request_seconds", "Time to answer"
        self._seconds = Histogram(name, what, labels, buckets=BUCKETS, registry=self.registry)

    def told(self) -> bytes:
        """All figures in Prometheus' text form."""
        asked = self.registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            asked = CollectorRegistry()
            MultiProcessCollector(asked)
        office = CollectorRegistry()
        office.register(_Office(self._place))
        return generate_latest(asked) + generate_latest(office)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)


class _Office(Collector):
    """Reads the database when it is asked for figures."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All figures, as they stand."""
        with reading(self._place.engine) as session:
            found = gauges(session, self._place, self._place.now())
        yield from _families(found)


def _families(found: Gauges) -> Iterator[GaugeMetricFamily]:
    for name, what, counts in (
        ("craftsman_stages", "Stages by state", found.stages),
        ("craftsman_letters", "Letters by state", found.letters),
    ):
        family = GaugeMetricFamily(name, what, labels=["state"])
        for state, count in counts.items():
            family.add_metric([state], count)
        yield family
    for name, what, value in (
        ("craftsman_gates_waiting", "Gates that wait for signatures", found.gates),
        ("craftsman_steps_refused", "Steps set aside for staff", found.refused_steps),
        ("craftsman_step_age_seconds", "Since when the oldest step waits for its run", found.step_age),
        ("craftsman_beat_age_seconds", "Since the last sign of life of a running step", found.beat_age),
        ("craftsman_letter_age_seconds", "Since when the oldest letter is due", found.letter_age),
        ("craftsman_history_events", "Events in the history", found.events),
        ("craftsman_history_cosigned", "Events that the witness has cosigned", found.cosigned),
        (
            "craftsman_history_unwitnessed_seconds",
            "Since when a checkpoint waits for its witness",
            found.unwitnessed_age,
        ),
    ):
        yield GaugeMetricFamily(name, what, value=value)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """The figures, for this machine itself or for whoever knows the token; for others there is no such page."""
    portal: Portal = request.app.state.portal
    if not _may_ask(request, portal.place.settings.metrics_token):
        raise NotFound("没有这个页面，请核对网址，或从首页重新进入。")
    found: Metrics = request.app.state.metrics
    return Response(found.told(), media_type=CONTENT_TYPE_LATEST)


@router.get("/readyz")
def readyz(request: Request) -> PlainTextResponse:
    """Whether the database answers too; a proxy then sends people here."""
    portal: Portal = request.app.state.portal
    try:
        with portal.place.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError:
        return PlainTextResponse("database unavailable", status_code=503)
    return PlainTextResponse("ok")


def _may_ask(request: Request, token: str) -> bool:
    sent = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token:
        return hmac.compare_digest(sent.encode(), token.encode())
    # what came through a proxy is not from this machine, whatever the proxy says of it
    direct = "x-forwarded-for" not in request.headers and "forwarded" not in request.headers
    return direct and request.client is not None and request.client.host in THIS_MACHINE

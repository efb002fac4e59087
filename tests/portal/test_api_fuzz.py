"""Thousands of odd requests made from the API's own description (schemathesis): no fault of ours, and what is promised.

Half of the operations write: what was taken in is as often odd, and the history holds.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from craftsman.actions.workplace import Workplace
from craftsman.portal.app import create_app
from tests.portal.intake_scene import make_intake_scene
from tests.portal.test_api import ALL, token_for

CHECKS: Any = [not_a_server_error, status_code_conformance, response_schema_conformance]
# a minute between two calls: the limits on calls are tested elsewhere
TICKS = count(0.0, 60.0)
# requests are made from a description, which is slow at first
NOT_NEEDED = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
ODD = settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=NOT_NEEDED)


@pytest.fixture
def described(place: Workplace, tmp_path: Path) -> Iterator[BaseSchema]:
    scene = make_intake_scene(place, tmp_path)
    token = token_for(scene, "tangshan", *ALL)
    with scene.client:
        schema = schemathesis.openapi.from_asgi(
            "/api/v1/openapi.json",
            create_app(place, ticks=lambda: next(TICKS)),
            headers={"authorization": f"Bearer {token}"},
        )
        schema.config.update(headers={"authorization": f"Bearer {token}"})
        yield schema


def test_api_keeps_its_promises_whatever_is_asked(described: BaseSchema) -> None:
    asked = Counter[str]()

    def ask(case: Any) -> None:
        asked[case.operation.label] += 1
        case.call_and_validate(checks=CHECKS)

    found = [one.ok() for one in described.get_all_operations()]  # pyright: ignore[reportAttributeAccessIssue]
    for operation in found:
        ODD(given(case=operation.as_strategy())(ask))()
    # the two lists of rounds and of results ask nothing that could be odd
    assert sorted(asked.values()) == [1, 1, 40, 40, 40, 40]

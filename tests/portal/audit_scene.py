"""A second sealed result of the scoring, in which one case lost its place; for what compares results."""

import json

from sqlmodel import select

from craftsman.actions.sealing import canonical, digest
from craftsman.store.engine import transaction
from models import SealedResult
from tests.portal.scene import Scene


def sealed_twice(scene: Scene) -> None:
    with transaction(scene.place.engine) as session:
        first = session.exec(select(SealedResult)).one()
        body = json.loads(first.body)
        body["entries"][0]["place"] = 9
        text = canonical(body)
        inputs = canonical(json.loads(first.inputs) | {"probe": 2})
        columns = first.model_dump(exclude={"id"}) | {"number": 2, "supersedes": first.digest, "reason": "虚构的更正"}
        columns |= {"body": text, "digest": digest(text), "inputs": inputs, "inputs_digest": digest(inputs)}
        session.add(SealedResult.model_validate(columns))

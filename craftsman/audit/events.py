"""Read events of every version: old bodies are carried upwards step by step, and never rewritten.

Each upcaster is a pure function from the plain JSON of one version to that of the next.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from craftsman.audit.log import SCHEMA

Body = dict[str, Any]
# where version 1 told the files of an act: under these names, among the facts of these acts
_FILES = ("sha256", "source", "file")
_FILE_ACTS = ("paper.", "evidence.", "document.", "intake.", "objection.", "award.packed", "reference.", "tally.")


def read_event(text: str) -> Body:
    """An event of any version as one of the newest. ValueError for a version that a newer release wrote."""
    body: Body = json.loads(text)
    if body["v"] > SCHEMA:
        raise ValueError(f"event {body['seq']} is of version {body['v']}, which a newer release wrote")
    for version in range(body["v"], SCHEMA):
        body = UPCASTERS[version](body)
    # what most events lack is left out of their bodies
    return {"true_actor": body["actor"], "files": [], "committed": {}, **body}


def _to_second(body: Mapping[str, Any]) -> Body:
    """Version 2 names the files of an act apart from its facts, and the digest of the rules it was done under."""
    facts: Body = dict(body["facts"])
    named = _FILES if body["act"].startswith(_FILE_ACTS) else ()
    files = [facts.pop(name) for name in named if is_digest(facts.get(name))]
    return {**body, "v": 2, "rules": None, "facts": facts, "files": files}


def is_digest(value: object) -> TypeGuard[str]:
    """Whether a value is a SHA-256 as the history writes it: 64 hexadecimal digits."""
    return isinstance(value, str) and len(value) == 64 and not set(value) - set("0123456789abcdef")


UPCASTERS: Mapping[int, Callable[[Mapping[str, Any]], Body]] = {1: _to_second}

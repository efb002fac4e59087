"""Events of every version are read as of today, and what was hashed of them is never touched."""

import json
import re
from pathlib import Path

import pytest

import craftsman
from craftsman.audit.events import read_event
from craftsman.portal import words

# as version 1 wrote them; people, numbers and digests are made up
FIRST = {
    "document": (
        '{"act":"document.issued","actor":"verifier","at":"2025-09-01T01:00:00.000000+00:00","facts":{"kind":"notice",'
        '"media_type":"text/html","sha256":"aa","version":1},"flow_run":null,"request":"r","role":"verifier","round":1,'
        '"seq":139,"subject":"small-craftsman-2025/notice/1","v":1}'
    ).replace('"aa"', f'"{"a" * 64}"'),
    "paper": (
        '{"act":"paper.added","actor":"unit-1","at":"2025-09-01T01:00:00.000000+00:00","facts":{"kind":"photo",'
        '"sha256":"aa","size":7,"source":"bb"},"flow_run":null,"request":null,"role":"reporter","round":1,"seq":9,'
        '"subject":"2025-north-0001","v":1}'
    )
    .replace('"aa"', f'"{"a" * 64}"')
    .replace('"bb"', f'"{"b" * 64}"'),
    "list": (
        '{"act":"reference.loaded","actor":"staff","at":"2025-09-01T01:00:00.000000+00:00","facts":{"entries":3,'
        '"sha256":"aa","source":"示例文〔2025〕1号","version":1},"flow_run":null,"request":null,"role":"staff",'
        '"round":null,"seq":1,"subject":"x/winners","v":1}'
    ).replace('"aa"', f'"{"a" * 64}"'),
    "score": (
        '{"act":"score.submitted","actor":"expert1","at":"2025-09-01T01:00:00.000000+00:00","facts":{"sheet":"aa",'
        '"stage":"score","version":1},"flow_run":null,"request":null,"role":"expert","round":1,"seq":55,'
        '"subject":"2025-north-0001","v":1}'
    ).replace('"aa"', f'"{"a" * 64}"'),
}
A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("name", "files", "facts"),
    [
        ("document", [A], {"kind": "notice", "media_type": "text/html", "version": 1}),
        ("paper", [A, B], {"kind": "photo", "size": 7}),
        ("list", [A], {"entries": 3, "source": "示例文〔2025〕1号", "version": 1}),
        ("score", [], {"sheet": A, "stage": "score", "version": 1}),
    ],
)
def test_first_version_is_carried_upwards(name: str, files: list[str], facts: dict[str, object]) -> None:
    event = read_event(FIRST[name])
    assert (event["v"], event["files"], event["facts"]) == (2, files, facts)
    assert (event["true_actor"], event["rules"], event["committed"]) == (event["actor"], None, {})


def test_other_members_stay_as_they_were() -> None:
    before, after = json.loads(FIRST["paper"]), read_event(FIRST["paper"])
    same = before.keys() - {"v", "facts"}
    assert {key: after[key] for key in same} == {key: before[key] for key in same}


def test_every_act_has_its_chinese_word() -> None:
    told = "".join(file.read_text() for file in (Path(craftsman.__file__).parent / "actions").rglob("*.py"))
    acts = set(re.findall(r'\bEntry\(\s*"([^"]+)"', told))
    assert (len(acts) > 100, sorted(acts - words.ACTS.keys())) == (True, [])


def test_events_of_the_future_are_refused() -> None:
    with pytest.raises(ValueError, match="of version 3, which a newer release wrote"):
        read_event(FIRST["paper"].replace('"v":1', '"v":3'))

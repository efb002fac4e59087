"""The audit export can be checked with a hash tool alone."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.health import examine
from craftsman.actions.history import export_history
from craftsman.errors import Forbidden
from craftsman.store.engine import reading
from tests.factories import make_programme
from tests.round import play, rehearsal


def test_export_is_checked_by_hashing(tmp_path: Path) -> None:
    place, programme = rehearsal(tmp_path), make_programme()
    hand = play(place, programme, tmp_path, 60)
    with reading(place.engine) as session:
        auditor = actor_by_login(session, hand.login("auditor"))
        expert = actor_by_login(session, hand.login("expert"))
    with pytest.raises(Forbidden):
        export_history(Act(expert, place.now(), place), programme.key, tmp_path / "no.zip")
    head = export_history(Act(auditor, place.now(), place), programme.key, tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        lines = [json.loads(line) for line in archive.read("events.jsonl").decode().splitlines()]
        results = {name: archive.read(name) for name in archive.namelist() if name.startswith("results/")}
        rules = hashlib.sha256(archive.read("rules.json")).hexdigest()
    chained = bytes(32)
    for line in lines:
        leaf = hashlib.sha256(b"\x00" + line["body"].encode()).digest()
        chained = hashlib.sha256(b"\x01" + chained + leaf).digest()
        assert (line["leaf"], line["head"]) == (leaf.hex(), chained.hex())
    assert chained.hex() == head
    bodies = [json.loads(line["body"]) for line in lines]
    signed = {body["facts"]["result"] for body in bodies if body["act"] == "stage.sealed"}
    assert {hashlib.sha256(result).hexdigest() for result in results.values()} == signed
    assert [body["facts"]["rules"] for body in bodies if body["act"] == "round.opened"] == [rules]
    assert not (tmp_path / "no.zip").exists()


def test_doctor_tells_the_rehearsal_clock(tmp_path: Path) -> None:
    findings = {finding.check: finding.holds for finding in examine(rehearsal(tmp_path))}
    assert findings.pop("使用真实时间") is False
    assert set(findings.values()) == {True}

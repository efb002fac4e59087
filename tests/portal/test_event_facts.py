"""What events tell is told in words: every key has its label, and values are written as people write them."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import select

import craftsman
from craftsman.actions.event_names import Names, logins_of
from craftsman.audit.events import read_event
from craftsman.portal.event_facts import facts_of, person
from craftsman.portal.fact_words import FACTS, VALUES
from craftsman.portal.words import ACTS, COMMITTED
from craftsman.store.engine import reading
from models import AuditEvent
from tests.finished import copied, finished_round
from tests.golden.test_golden import GOLDEN, bodies

NAMES = Names({"expert1": "专家某"}, {(1, "score"): "专家评审"})
DIGEST = "0123456789abcdef" * 4
# where facts are made before they are told
OF_LETTERS = {"deadline", "link", "notice_title", "supervision_phone"}
GATHERED = {"counts", "fact", "facts", "told", "_facts", "_result", "_span"}


def written(tree: ast.AST) -> Iterator[str]:
    """The keys of the facts that a module writes, as far as they stand in its text."""
    for node in ast.walk(tree):
        named = {getattr(node, "name", ""), getattr(getattr(node, "func", None), "id", "")}
        if isinstance(node, ast.Assign):
            named = {one.id for one in node.targets if isinstance(one, ast.Name)}
        if named & {*GATHERED, "Entry"}:
            apart = [one.value for one in getattr(node, "keywords", []) if one.arg == "private"]
            dicts = [one for one in ast.walk(node) if isinstance(one, ast.Dict) and one not in apart]
            yield from (str(key.value) for one in dicts for key in one.keys if isinstance(key, ast.Constant))


def test_written_keys_have_their_labels() -> None:
    actions = Path(craftsman.__file__).parent / "actions"
    texts = [text for file in actions.glob("*.py") if "Entry(" in (text := file.read_text("utf-8"))]
    keys = {key for text in texts for key in written(ast.parse(text)) if key.isascii()}
    assert (len(keys) > 80, sorted(keys - FACTS.keys() - COMMITTED.keys() - OF_LETTERS)) == (True, [])


def test_golden_keys_have_their_labels() -> None:
    told = [read_event(body.decode()) for file in GOLDEN for body in bodies(file)]
    assert sorted({key for body in told for key in body["facts"]} - FACTS.keys()) == []


def test_finished_round_is_told_in_words(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    place = copied(finished_round(tmp_path_factory), tmp_path / "round")
    with reading(place.engine) as session:
        told = [read_event(body) for body in session.exec(select(AuditEvent.body)).all()]
    place.engine.dispose()
    assert sorted({key for body in told for key in body["facts"]} - FACTS.keys()) == []
    assert sorted({body["act"] for body in told} - ACTS.keys()) == []
    codes = {(key, value) for body in told for key, value in body["facts"].items() if isinstance(value, str)}
    unsaid = {(key, value) for key, value in codes if key in VALUES and value not in VALUES[key]}
    assert sorted(unsaid) == []


@pytest.mark.parametrize(
    ("key", "value", "label", "told"),
    [
        ("passed", True, "合格", "是"),
        ("passed", False, "合格", "否"),
        ("count", 12345, "件数", "12,345"),
        ("seed", 20260101, "种子", "20260101"),
        ("size", 2048, "大小", "2 kB"),
        ("ends_on", "2026-04-13", "公示期止", date(2026, 4, 13)),
        ("until", "2026-04-13T00:00:00+00:00", "至", datetime(2026, 4, 13, tzinfo=UTC)),
        ("role", "staff", "身份", "工作人员"),
        ("stage", "score", "环节", "专家评审"),
        ("digest", DIGEST, "所签指纹", "0123456789ab…"),
        ("judges", ["expert1", "gone"], "评委", "专家某（expert1）、gone"),
        ("grants", ["expert1:expert"], "授权", "专家某（expert1）：评审专家"),
        ("load_prices", {"expert1": 25}, "任务量价格", "专家某（expert1） 25"),
        ("letters", {"award": 2, "regret": 3}, "函件", "入选通知 2、致谢函 3"),
        ("members", [["焊接", "E01"], ["钳工", "E02"]], "成员", "焊接、E01；钳工、E02"),
        ("needs", [{"discipline": "焊接", "seats": 3}], "抽取需求", "专业 焊接、名额 3"),
        ("kind", "person", "种类", "个人"),
        ("failed", [], "未通过的规则", "无"),
        ("neither", "x", "neither", "x"),
    ],
)
def test_values_are_written_as_people_do(key: str, value: object, label: str, told: object) -> None:
    (fact,) = facts_of({"facts": {key: value}, "round": 1, "act": "objection.filed"}, NAMES)
    assert (fact.label, fact.value, fact.whole) == (label, told, DIGEST if value == DIGEST else "")


def test_long_facts_come_last_and_fold() -> None:
    told = facts_of({"facts": {"lines": ["长" * 81], "cases": 3}, "round": 1, "act": "objection.filed"}, NAMES)
    assert [(one.label, one.long) for one in told] == [("进入人数", False), ("条目", True)]


def test_logins_of_an_event_are_gathered() -> None:
    facts = {"judges": ["a", "b"], "load_prices": {"c": 1}, "grants": ["d:staff"], "reason": "no-login"}
    body = {"actor": "e", "true_actor": "f", "subject": "account/g", "facts": facts}
    assert sorted(logins_of(body)) == ["a", "b", "c", "d", "e", "f", "g"]
    assert [person(login, NAMES) for login in ("expert1", "system", "gone")] == ["专家某（expert1）", "系统", "gone"]

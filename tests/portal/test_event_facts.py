"""What events tell is told in words: every key has its label, and values are written as people write them."""

import ast
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlmodel import select

import craftsman
from craftsman.actions.event_names import Names, RoundWords, logins_of, names_in, titles_of
from craftsman.audit.events import read_event
from craftsman.portal.event_facts import facts_of
from craftsman.portal.fact_words import FACTS, VALUES
from craftsman.portal.subjects import about, person
from craftsman.portal.words import ACTS, COMMITTED
from craftsman.programme.eligibility import EligibilityRule
from craftsman.store.engine import reading
from models import AuditEvent
from tests.factories import make_programme
from tests.finished import copied, finished_round
from tests.golden.test_golden import GOLDEN, bodies

WORDS = RoundWords("r", "虚构轮次", "b" * 64, titles_of(make_programme()))
NAMES = Names({"expert1": "专家某"}, {1: WORDS})
CODE = re.compile(r"[a-z][a-z0-9_/-]*")
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
        names = names_in(session, told)
    place.engine.dispose()
    assert sorted({key for body in told for key in body["facts"]} - FACTS.keys()) == []
    assert sorted({body["act"] for body in told} - ACTS.keys()) == []
    facts = [(body["act"], one) for body in told for one in facts_of(body, names)]
    words = {(act, one.label, piece) for act, one in facts for piece in re.split("[、；]", str(one.value))}
    assert sorted(one for one in words if CODE.fullmatch(one[2])) == []
    assert sorted(one for one in {about(body["subject"], names) for body in told} if CODE.match(one)) == []


def test_every_rule_has_its_word() -> None:
    kinds = [get_args(one.model_fields["kind"].annotation)[0] for one in get_args(get_args(EligibilityRule)[0])]
    assert sorted(kinds) == sorted(VALUES["failed"])


PAPER = {"act": "paper.added", "facts": {"kind": "photo"}, "round": 1}


@pytest.mark.parametrize(
    ("body", "value", "code"),
    [
        (PAPER, "照片", "photo"),
        (PAPER | {"rules": "b" * 64}, "照片", "photo"),
        # other rules than those that the round has now may have called it otherwise
        (PAPER | {"rules": "c" * 64}, "photo", ""),
        (PAPER | {"round": None}, "photo", ""),
        (PAPER | {"act": "nomination.created", "facts": {"channel": "union"}}, "工会寻", "union"),
        (PAPER | {"act": "nomination.created", "facts": {"unit": "tangshan"}}, "唐山市总工会", "tangshan"),
        (PAPER | {"act": "award.recorded", "facts": {"tier": "great"}}, "河北大工匠年度人物", "great"),
        (PAPER | {"act": "evidence.added", "facts": {"item": "innovation"}}, "创新创效", "innovation"),
        (
            PAPER | {"act": "nomination.screened", "facts": {"failed": ["age_at", "papers"]}},
            "年龄、材料齐全",
            "age_at、papers",
        ),
        (
            PAPER | {"act": "letter.withdrawn", "facts": {"event": "r/score/gate/1"}},
            "专家评审第 1 次签批",
            "r/score/gate/1",
        ),
    ],
)
def test_codes_are_told_in_the_rounds_words(body: dict[str, Any], value: str, code: str) -> None:
    (fact,) = facts_of(body, NAMES)
    assert (fact.value, fact.code) == (value, code)


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("account/expert1", "专家某（expert1）"),
        ("r", "虚构轮次"),
        ("r/score", "专家评审"),
        ("r/score/gate/2", "专家评审第 2 次签批"),
        ("r/score/all", "专家评审"),
        ("r/score/tangshan", "专家评审（唐山市总工会）"),
        ("r/import", "推荐汇总表"),
        ("r/panel/3", "专家抽取第 3 次"),
        ("other/score", "other/score"),
        ("grants/2", "授权申请第 2 号"),
        ("view/account/expert1", "账号的经过：专家某（expert1）"),
        ("view/stage/r/score", "结果的差别：专家评审"),
        ("view/event/7", "历史记录第 7 条"),
        ("view/list/refusals", "拒绝办理一览"),
        ("2026-tangshan-0001", "2026-tangshan-0001"),
        ("013a568ddb5348ea8d2a07d63fc59e40fec2e828", "函件 013a568d…"),
    ],
)
def test_subjects_are_told_in_words(subject: str, told: str) -> None:
    assert about(subject, NAMES) == told


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


def test_digest_of_nothing_is_told_as_none() -> None:
    (fact,) = facts_of({"facts": {"proof": hashlib.sha256(b"").hexdigest()}, "round": 1, "act": "review.drawn"}, NAMES)
    assert fact.value == "无"


def test_long_facts_come_last_and_fold() -> None:
    told = facts_of({"facts": {"lines": ["长" * 81], "cases": 3}, "round": 1, "act": "objection.filed"}, NAMES)
    assert [(one.label, one.long) for one in told] == [("进入人数", False), ("条目", True)]


def test_logins_of_an_event_are_gathered() -> None:
    facts = {"judges": ["a", "b"], "load_prices": {"c": 1}, "grants": ["d:staff"], "reason": "no-login"}
    body = {"actor": "e", "true_actor": "f", "subject": "account/g", "facts": facts}
    assert sorted(logins_of(body)) == ["a", "b", "c", "d", "e", "f", "g"]
    assert [person(login, NAMES) for login in ("expert1", "system", "gone")] == ["专家某（expert1）", "系统", "gone"]

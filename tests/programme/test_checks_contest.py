"""Contests keep three judges, and each item tells how its results become points."""

from typing import Any

import pytest

from craftsman.programme.checks_contest import of_contests
from craftsman.programme.judging import Aggregation, Item
from craftsman.programme.schema import Contest, ProgrammeRules, Score
from tests.factories import make_programme

STEPS = [{"to": "60", "points": 100}, {"to": "90", "points": 80}]
SCALES = "应写满分成绩 full 和零分成绩 zero，或只写计分档 steps，二者取一"
TABLE = "计分档应有两档以上，分数自高至低，成绩朝同一方向依次变化"
BARE = "通过与否的项目不写 unit、full、zero、steps"


def changed(kind: type[Contest | Score], **changes: Any) -> ProgrammeRules:
    """The real rules with changed contests or scorings; `item` is given to the first criterion."""
    rules = make_programme().rules
    stages = tuple(_stage(stage, dict(changes)) if isinstance(stage, kind) else stage for stage in rules.stages)
    return rules.model_copy(update={"stages": stages})


def _stage(stage: Contest | Score, changes: dict[str, Any]) -> Contest | Score:
    if item := changes.pop("item", None):
        first = stage.criteria[0].model_copy(update={"item": Item.model_validate(item)})
        changes["criteria"] = (first, *stage.criteria[1:])
    return stage.model_copy(update=changes)


@pytest.mark.parametrize(
    ("item", "faults"),
    [
        ({"type": "pass"}, []),
        ({"type": "time", "unit": "秒", "full": "60", "zero": "180"}, []),
        ({"type": "measure", "unit": "毫米", "full": "9.5", "zero": "0"}, []),
        ({"type": "time", "unit": "秒", "steps": STEPS}, []),
        ({"type": "pass", "unit": "秒"}, [("type", BARE)]),
        ({"type": "time", "full": "60", "zero": "180"}, [("unit", "没有写成绩的单位，如 秒")]),
        ({"type": "time", "unit": "秒"}, [("steps", SCALES)]),
        ({"type": "time", "unit": "秒", "full": "60"}, [("steps", SCALES)]),
        ({"type": "time", "unit": "秒", "full": "60", "zero": "180", "steps": STEPS}, [("steps", SCALES)]),
        ({"type": "time", "unit": "秒", "full": "60", "zero": "60.0"}, [("zero", "满分成绩和零分成绩不能相同")]),
        ({"type": "time", "unit": "秒", "steps": STEPS[:1]}, [("steps", TABLE)]),
        ({"type": "time", "unit": "秒", "steps": [STEPS[0], STEPS[0]]}, [("steps", TABLE)]),
        ({"type": "time", "unit": "秒", "steps": [STEPS[1], STEPS[0]]}, [("steps", TABLE)]),
    ],
)
def test_items_tell_their_scale(item: dict[str, object], faults: list[tuple[str, str]]) -> None:
    where = "stages[contest].criteria[operation].item"
    assert list(of_contests(changed(Contest, item=item))) == [(f"{where}.{key}", reason) for key, reason in faults]


def test_two_judges_are_too_few() -> None:
    found = list(of_contests(changed(Contest, aggregation=Aggregation(least=2))))
    assert found == [("stages[contest].aggregation.least", "挑战比拼每个项目至少 3 名裁判，现为 2")]


def test_paper_scoring_has_no_items() -> None:
    found = list(of_contests(changed(Score, item={"type": "pass"})))
    assert found == [("stages[score].criteria[integrity].item", "只有挑战比拼可以设项目")]

"""Loading a selection: what comes out of it and how its digest behaves."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from craftsman.errors import Invalid
from craftsman.programme.jsonschema import schema_files
from craftsman.programme.load import CONFIG, list_programmes, load_programme
from craftsman.programme.programme import Programme
from tests.programme.city import CITY_CONFIG, CODES, LISTS, PLAN, RULES, city, edited, told

ODD = st.sampled_from(
    [0, -1, 10**6, 2.5, float("nan"), True, "", "字", "1/2", [], [1], {}, {"kind": "x"}, date(2026, 1, 1)]
)
HEBEI = load_programme("hebei-great-craftsman", 2026)


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every (holder, key or number) of a document."""
    steps = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for step in steps:
        yield node, step
        yield from places(node[step])


def problems(root: Path) -> tuple[str, ...]:
    """What is told of a configuration, nothing of a sound one; any other exception is a fault of the loader."""
    try:
        city(root)
    except Invalid as refusal:
        return refusal.details
    return ()


def test_all_problems_are_told_together(tmp_path: Path) -> None:
    root = edited(
        tmp_path,
        (RULES, "weight = 60", "weight = 50"),
        (PLAN, "lulong = 2", "lulong = 2.5"),
        (LISTS, 'industry = "wine"', 'industry = "beer"'),
        (CODES, '1 = "男"', "1 = 男"),
    )
    assert told(root) == [
        f"{PLAN}：quotas.lulong：应为整数",
        f"{CODES}：第4行第5列：值的写法不对，文本要加英文引号",
        f"{RULES}：stages[first].criteria：各评分项权重之和应为 100，现为 90",
    ]


def test_several_faults_in_one_file(tmp_path: Path) -> None:
    root = edited(tmp_path, (RULES, "seats = 5", "seats = 0\nplaces = 1"), (RULES, '"066000"', "66000"))
    assert told(root) == [
        f"{RULES}：office.postcode：应为文本（加引号）",
        f"{RULES}：tiers[city].seats：不能小于 1",
        f"{RULES}：tiers[city].places：没有这样的配置项，请检查拼写",
    ]


def test_file_in_another_encoding(tmp_path: Path) -> None:
    root = edited(tmp_path)
    text = (root / PLAN).read_text(encoding="utf-8")
    (root / PLAN).write_text(text, encoding="gb18030")
    assert told(root) == [f"{PLAN}：不是 UTF-8 编码，请另存为 UTF-8"]


def test_byte_order_mark_is_harmless(tmp_path: Path) -> None:
    root = edited(tmp_path)
    (root / PLAN).write_text((root / PLAN).read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert city(root).digest() == city().digest()


def test_missing_round_is_told() -> None:
    with pytest.raises(Invalid) as refusal:
        load_programme("city-craftsman", 2031, root=CITY_CONFIG)
    assert str(refusal.value) == (
        "评选“city-craftsman”2031 年度的配置有 1 处问题，请逐条改正\n"
        "  · programmes/city-craftsman/rounds/2031.toml：没有这个文件"
    )


@pytest.mark.parametrize("slug", ["nobody", "../city-craftsman", ""])
def test_unknown_selection_is_told(slug: str) -> None:
    with pytest.raises(Invalid) as refusal:
        load_programme(slug, 2026, root=CITY_CONFIG)
    assert refusal.value.details == ("现有评选：city-craftsman",)


def test_selections_are_listed_with_years() -> None:
    assert list_programmes(CITY_CONFIG) == {"city-craftsman": (2026,)}
    assert list_programmes()["hebei-great-craftsman"] == (2026,)


def test_digest_is_stable_over_loading() -> None:
    assert load_programme("hebei-great-craftsman", 2026).digest() == HEBEI.digest()


@pytest.mark.parametrize("programme", [HEBEI, city()], ids=lambda programme: programme.key)
def test_digest_survives_its_json(programme: Programme) -> None:
    again = Programme.model_validate_json(programme.canonical())
    assert (again, again.digest()) == (programme, programme.digest())


def test_digest_changes_with_one_mark(tmp_path: Path) -> None:
    root = edited(tmp_path, (RULES, 'title = "答辩"', 'title = "答问"'))
    assert city(root).digest() != city().digest()


def test_age_day_takes_the_year() -> None:
    screen = next(stage for stage in city().rules.stages if stage.kind == "screen")
    assert [rule.on for rule in screen.rules if rule.kind == "age_at"] == ["2026-12-31"]


def test_schema_files_are_current() -> None:
    written = {name: (CONFIG / name).read_text(encoding="utf-8") for name in schema_files()}
    assert written == schema_files()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_one_value_loads_or_tells(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from([RULES, PLAN, LISTS, CODES]))
    document = tomllib.loads((CITY_CONFIG / file).read_text(encoding="utf-8"))
    holder, step = data.draw(st.sampled_from(list(places(document))))
    holder[step] = data.draw(ODD)
    root = edited(tmp_path_factory.mktemp("odd"))
    (root / file).write_text(tomli_w.dumps(document), encoding="utf-8")
    assert all("不合要求" not in line for line in problems(root))

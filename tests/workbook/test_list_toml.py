"""Reference lists go out as TOML and come back the same; what is no list is told."""

from collections.abc import Mapping

import pytest

from craftsman.actions.reference import lists_of
from craftsman.errors import Invalid
from craftsman.rules.lists import ReferenceList
from craftsman.workbook.list_toml import read_lists, toml_of
from tests.factories import make_programme

ODD: Mapping[str, ReferenceList] = {
    "codes.a b": {"1 ": '引"号\\\n换行\t', "é": "\x7f#'"},
    "clusters": [],
    "past_winners": [{"year": 2021, "name": "甄范例", "achievements": ["ZL-1", "，"], "leading": True}],
}


@pytest.mark.parametrize("lists", [lists_of(make_programme()), ODD], ids=["delivered", "odd"])
def test_lists_come_back_the_same(lists: Mapping[str, ReferenceList]) -> None:
    for name, listed in lists.items():
        text = toml_of(name, listed, source="虚构〔2026〕1号\n第二行")
        assert read_lists(text.encode(), f"{name}.TOML", "") == {name: listed}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[regions\n", "名录.toml：第1行第9列：表名缺少右方括号。"),
        ("", "名录.toml 中没有名录"),
        ("codes = 5", "名录.toml 中没有名录"),
        ("[codes]", "名录.toml 中没有名录"),
    ],
)
def test_what_is_no_list_is_told(text: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_lists(text.encode(), "名录.toml", "")
    assert refused.value.reason.startswith(told)

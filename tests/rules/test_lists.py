"""A new version of a list is told by what it brings, whatever the order of its entries."""

import pytest

from craftsman.rules.lists import Changes, ReferenceList, changes_between

ONE = {"code": "130109-1", "name": "甲集群", "region": "130109"}
TWO = {"code": "130110-1", "name": "乙集群", "region": "130110"}
WINNER = {"year": 2021, "name": "甄范例"}
CASES: dict[str, tuple[ReferenceList, ReferenceList, Changes]] = {
    "the same": ([ONE, TWO], [TWO, ONE], Changes((), (), ())),
    "added": ([ONE], [ONE, TWO], Changes(("130110-1 乙集群 region=130110",), (), ())),
    "removed": ([ONE, TWO], [TWO], Changes((), ("130109-1 甲集群 region=130109",), ())),
    "changed": (
        [ONE],
        [{**ONE, "name": "丙集群"}],
        Changes((), (), ("130109-1 甲集群 region=130109 → 130109-1 丙集群 region=130109",)),
    ),
    "code list": ({"1": "男"}, {"1": "男", "2": "女"}, Changes(("2 女",), (), ())),
    "code list changed": ({"1": "男"}, {"1": "男性"}, Changes((), (), ("1 男 → 1 男性",))),
    "no code": ([WINNER], [{**WINNER, "year": 2022}], Changes(("2022 甄范例",), ("2021 甄范例",), ())),
}


@pytest.mark.parametrize("case", CASES)
def test_changes_are_told_by_entry(case: str) -> None:
    """Each difference stands under what became of the entry."""
    old, new, wanted = CASES[case]
    assert changes_between(old, new) == wanted

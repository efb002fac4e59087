import pytest

from craftsman.rules.frozen import Line, Resolution, differences, disorder, resolved, text_differences

DING = Line("2026-1301-0001", "great", "丁样")
WANG = Line("2026-1301-0002", "great", "王小样")
LI = Line("2026-1301-0003", "craftsman", "李一样")
POSTED = [DING, WANG, LI]
WHAT = "决定名单"


def struck(line: Line, why: str = "的称号已经撤销") -> Resolution:
    return Resolution(line.case_no, "struck", why=why)


def renamed(line: Line, name: str, before: str = "") -> Resolution:
    return Resolution(line.case_no, "name", before=before or line.name, after=name)


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ([DING, WANG, LI], []),
        ([WANG, LI], ["“丁样”（2026-1301-0001）经过公示，却不在决定名单中。"]),
        ([*POSTED, Line("9", "great", "林样")], ["“林样”（9）在决定名单中，却未经公示。"]),
        (
            [DING._replace(name="丁大样"), WANG, LI],
            ["“丁样”（2026-1301-0001）在决定名单中写作“丁大样”，没有更正决议。"],
        ),
        ([DING._replace(tier="craftsman"), WANG, LI], ["“丁样”（2026-1301-0001）在决定名单中的称号与公示的不同。"]),
        ([*POSTED, LI], ["“李一样”（2026-1301-0003）在决定名单中出现不止一次。"]),
    ],
)
def test_each_difference_names_names(shown: list[Line], told: list[str]) -> None:
    assert differences(POSTED, shown, WHAT) == told


def test_struck_names_are_not_expected() -> None:
    resolutions = [struck(DING)]
    assert differences(resolved(POSTED, resolutions), [WANG, LI], WHAT, resolutions) == []
    assert differences(resolved(POSTED, resolutions), POSTED, WHAT, resolutions) == [
        "“丁样”（2026-1301-0001）的称号已经撤销，却仍在决定名单中。"
    ]


def test_corrections_follow_one_another() -> None:
    twice = [renamed(DING, "丁大样"), renamed(DING, "丁太样", before="丁大样")]
    assert resolved([DING], twice) == [DING._replace(name="丁太样")]
    assert resolved([DING], [renamed(DING, "丁太样", before="别名")]) == [DING]


def test_order_is_that_of_the_notice() -> None:
    assert disorder(POSTED, POSTED, WHAT) == []
    assert disorder(POSTED, [LI, DING, WANG], WHAT) == []
    assert disorder(POSTED, [WANG, DING, LI], WHAT) == [
        "决定名单的顺序与公示不同：“丁样”（2026-1301-0001）应在“王小样”（2026-1301-0002）之前。"
    ]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["1", "丁\u3000样", "某公司", "王小样（女）"], []),
        (["丁样王小样"], []),
        (["丁样"], ["文件中没有“王小样”。"]),
        (["丁样", "王小样", "林样（回族）"], ["文件中有“林样”，而此人不在名单上。"]),
        (["丁样、王小样、林样。"], ["文件中有“林样”，而此人不在名单上。"]),
        (["1 丁样 甲公司 焊工", "2 王小样 林样公司 焊工"], []),
    ],
)
def test_text_is_compared_with_the_list(lines: list[str], told: list[str]) -> None:
    assert text_differences(["丁样", "王小样"], {"林样", "丁样"}, lines, "文件") == told


def test_two_of_one_name_stand_twice() -> None:
    assert text_differences(["丁样", "丁样"], (), ["丁样"], "文件") == ["文件中没有“丁样”。"]

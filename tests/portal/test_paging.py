"""Pages of lists: which one an address asks for, and where its links lead."""

from pathlib import Path

import pytest
from starlette.requests import Request

from craftsman.portal.pages import Pages
from craftsman.portal.paging import Paging

TEMPLATES = Path(__file__).parents[2] / "templates" / "pages"


def paging(query: str, total: int = 423) -> Paging:
    asked = {"type": "http", "method": "GET", "path": "/list", "query_string": query.encode(), "headers": []}
    return Paging.of(Request({**asked, "server": ("testserver", 443), "scheme": "https"}), total)


@pytest.mark.parametrize(
    ("query", "page", "offset"),
    [
        ("", 1, 0),
        ("page=3", 3, 100),
        ("page=9", 9, 400),
        ("page=10", 9, 400),
        ("page=" + "9" * 5000, 9, 400),
        ("page=0", 1, 0),
        ("page=-1", 1, 0),
        ("page=two", 1, 0),
    ],
)
def test_bad_numbers_fall_back(query: str, page: int, offset: int) -> None:
    found = paging(query)
    assert (found.page, found.offset, found.limit, found.pages) == (page, offset, 50, 9)


def test_empty_list_has_one_page() -> None:
    found = paging("page=2", total=0)
    assert (found.page, found.pages, found.offset) == (1, 1, 0)


def test_links_keep_the_search() -> None:
    found = paging("q=%E7%84%8A&city=a&city=b&page=2&done=scored")
    assert [found.link(1), found.link(3)] == [
        "/list?q=%E7%84%8A&city=a&city=b",
        "/list?q=%E7%84%8A&city=a&city=b&page=3",
    ]


@pytest.mark.parametrize(
    ("page", "near"), [(1, [1, 2, 0, 9]), (2, [1, 2, 3, 0, 9]), (5, [1, 0, 4, 5, 6, 0, 9]), (9, [1, 0, 8, 9])]
)
def test_neighbours_get_links(page: int, near: list[int]) -> None:
    assert paging(f"page={page}").near == near


def test_pager_tells_where_one_is() -> None:
    macro = Pages(TEMPLATES).environments["zh-CN"].get_template("_partials/pager.html").module
    told = str(macro.pager(paging("page=2")))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
    assert '<strong aria-current="page">第 2 页</strong>' in told
    assert 'href="/list" rel="prev"' in told
    assert "共 9 页、423 条" in told

"""The main navigation: which sections somebody sees, by what their roles may do, and where they are now."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A link of the navigation; `asks` is the act that the section is for, without one it is for all members."""

    path: str
    title: str
    asks: str = ""


SECTIONS = (
    Section("/tasks", "我的待办"),
    Section("/rounds", "评选轮次", "nomination.read"),
    Section("/audit", "审计", "trail.read"),
    Section("/grants", "授权", "account.read"),
    Section("/emergencies", "应急授权", "account.read"),
    Section("/permissions", "权限表", "matrix.read"),
)
PUBLIC = (
    Section("/notices", "公示"),
    Section("/winners", "历届人选"),
    Section("/certificates", "证书查验"),
    Section("/leads", "线索查询"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A section as it is shown: `current` is what aria-current says, nothing elsewhere."""

    path: str
    title: str
    current: str


def links(sections: tuple[Section, ...], here: str, may: Callable[[str], bool] = lambda _: True) -> Iterator[Link]:
    """The sections that somebody may open; `here` is the address of the page."""
    for one in sections:
        if not one.asks or may(one.asks):
            inside = here == one.path or here.startswith(f"{one.path}/")
            current = "page" if here == one.path else "true" if inside else ""
            yield Link(one.path, one.title, current)

"""The list of a notice is frozen: what is announced is compared with it, and only resolutions change it."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

_MARKS = re.compile(r"[\s、，。；：（）]+")


class Line(NamedTuple):
    """One name of a list under its honour, by its case."""

    case_no: str
    tier: str
    name: str

    @property
    def told(self) -> str:
        """The name with its case number."""
        return f"“{self.name}”（{self.case_no}）"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was resolved about a name: struck off (`why` tells: 异议成立, 撤销), or written otherwise (`after`)."""

    case_no: str
    kind: Literal["struck", "name"]
    why: str = ""
    before: str = ""
    after: str = ""


def resolved(posted: Iterable[Line], resolutions: Sequence[Resolution]) -> list[Line]:
    """What is to be announced: the posted lines, less those struck off, names corrected one after another.

    A correction of another name than the one that stands is none.
    """
    struck = {one.case_no for one in resolutions if one.kind == "struck"}
    lines = {line.case_no: line for line in posted if line.case_no not in struck}
    for one in resolutions:
        line = lines.get(one.case_no)
        if one.kind == "name" and line is not None and line.name == one.before:
            lines[one.case_no] = line._replace(name=one.after)
    return list(lines.values())


def differences(
    expected: Sequence[Line], shown: Sequence[Line], what: str, resolutions: Sequence[Resolution] = ()
) -> list[str]:
    """Chinese lines naming each name by which a list (`what`) differs from what is to be announced; empty for none."""
    before, after = ({line.case_no: line for line in lines} for lines in (expected, shown))
    struck = {one.case_no: one.why for one in resolutions if one.kind == "struck"}
    lost = [f"{line.told}经过公示，却不在{what}中。" for number, line in before.items() if number not in after]
    new = [line for number, line in after.items() if number not in before]
    unseen = [
        f"{line.told}{struck[line.case_no]}，却仍在{what}中。"
        if line.case_no in struck
        else f"{line.told}在{what}中，却未经公示。"
        for line in new
    ]
    moved = [told for number, line in before.items() if number in after for told in _moved(line, after[number], what)]
    twice = [f"{line.told}在{what}中出现不止一次。" for line, times in Counter(shown).items() if times > 1]
    return [*lost, *unseen, *moved, *twice]


def _moved(expected: Line, shown: Line, what: str) -> list[str]:
    name = f"{expected.told}在{what}中写作“{shown.name}”，没有更正决议。"
    tier = f"{expected.told}在{what}中的称号与公示的不同。"
    return [name] * (expected.name != shown.name) + [tier] * (expected.tier != shown.tier)


def disorder(expected: Sequence[Line], shown: Sequence[Line], what: str) -> list[str]:
    """The first two names that stand in another order than on their notice; empty where none do."""
    place = {line.case_no: number for number, line in enumerate(shown)}
    common = [line for line in expected if line.case_no in place]
    return [
        f"{what}的顺序与公示不同：{first.told}应在{second.told}之前。"
        for first, second in pairwise(common)
        if first.tier == second.tier and place[first.case_no] > place[second.case_no]
    ][:1]


def text_differences(names: Sequence[str], others: Collection[str], lines: Iterable[str], what: str) -> list[str]:
    """How the text of an issued file (`what`) differs from a list: names that it lacks, and `others` that it shows.

    Names stand alone between spaces and marks, perhaps spread over three cells and with （女） behind them.
    """
    closed = [line.replace("\u3000", "") for line in lines]
    whole = "".join("".join(line.split()) for line in closed)
    missing = [f"{what}中没有“{name}”。" for name, times in Counter(names).items() if whole.count(name) < times]
    alone = {part for line in closed for part in _MARKS.split(line)}
    strange = [f"{what}中有“{name}”，而此人不在名单上。" for name in sorted(set(others) - set(names)) if name in alone]
    return [*missing, *strange]

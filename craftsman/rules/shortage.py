"""Why cases cannot all be read: a smallest set of groups that have more seats than reviewers can take, in words."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from craftsman.errors import Refused
from craftsman.rules.network import Network

Bools = NDArray[np.bool_]


class Demand(Protocol):
    """Cases × reviewers without a conflict, reviewers needed for each case, and the most that anyone reads."""

    @property
    def cases(self) -> Sequence[str]:
        """Ids of the rows of `open`."""
        ...

    @property
    def needed(self) -> int:
        """Reviewers a case needs."""
        ...

    @property
    def most(self) -> int:
        """The highest load allowed."""
        ...

    @property
    def open(self) -> Bools:
        """True where there is no conflict."""
        ...


def refuse_shortage(task: Demand, groups: Mapping[str, str]) -> None:
    """Refused unless every case can have its reviewers; `groups` names cases in words, by default each for itself.

    Cases that lack reviewers on their own are all told. Otherwise the groups told cannot be served together, but could
    be without any one of them (the source side of a minimum cut, shrunk group by group; Hall's theorem).
    """
    short = task.needed - task.open.sum(axis=1)
    if (short > 0).any():
        lacking = sorted((case, lack) for case, lack in zip(task.cases, short.tolist(), strict=True) if lack > 0)
        lines = [f"申报 {case}：还差 {lack} 名无须回避的评委。" for case, lack in lacking]
        raise Refused("部分申报的评委不足，无法分配；请增补评委。", lines)
    if task.most >= len(task.cases):
        return
    unserved = _unserved(task, np.arange(len(task.cases)))
    if unserved is None:
        return
    names = [groups.get(case, f"申报 {case}") for case in task.cases]
    raise Refused(
        f"席位多于评委所能承担（每名评委至多评 {task.most} 件），无法分配；请增补评委，或放宽每名评委的件数。",
        _lines(task, names, _smallest(task, names, unserved)),
    )


def _smallest(task: Demand, names: Sequence[str], rows: NDArray[np.int64]) -> list[str]:
    """Groups of the rows that cannot be served together, none of which can be spared."""
    # a cut may part a group, yet the whole group is told
    kept = sorted(set(np.array(names)[rows].tolist()))
    for name in tuple(kept):
        others = [one for one in kept if one != name]
        if _unserved(task, _rows_of(names, others)) is not None:
            kept = others
    return kept


def _rows_of(names: Sequence[str], wanted: Sequence[str]) -> NDArray[np.int64]:
    return np.nonzero(np.isin(np.array(names), np.array(wanted, dtype=np.str_)))[0]


def _unserved(task: Demand, rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Of these cases, some that together have too few reviewers; None where all can be served."""
    if not len(rows):
        return None
    cases, people = len(rows), task.open.shape[1]
    source, sink = cases + people, cases + people + 1
    tails, heads = np.nonzero(task.open[rows])
    network = Network()
    network.add(tails, cases + heads)
    network.add(np.full(cases, source), np.arange(cases), task.needed)
    network.add(np.arange(cases, cases + people), sink, task.most)
    flow, reached = network.largest(source, sink)
    return None if flow == cases * task.needed else rows[reached[reached < cases]]


def _lines(task: Demand, names: Sequence[str], clashing: Sequence[str]) -> list[str]:
    """A line for each group, and one for all together where there are several."""
    lines = [f"{name}{_told(task, _rows_of(names, [name]))}" for name in clashing]
    if len(clashing) == 1:
        return lines
    return [*lines, f"以上合计{_told(task, _rows_of(names, clashing))}"]


def _told(task: Demand, rows: NDArray[np.int64]) -> str:
    able = task.open[rows].sum(axis=0)
    seats, room = len(rows) * task.needed, int(np.minimum(able, task.most).sum())
    people = int((able > 0).sum())
    return f"：{len(rows)} 件需要 {seats} 个席位，无须回避的评委 {people} 名，至多承担 {room} 个席位。"

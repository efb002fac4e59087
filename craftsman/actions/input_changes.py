"""What two sealed results were computed from, beside each other, in the words of those who read it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlmodel import Session, col, select

from craftsman.actions.views import StageView
from craftsman.audit.events import is_digest
from craftsman.programme.schema import Contest, Score
from craftsman.rules.difference import ChangedValue, Mark, changed_values
from craftsman.rules.scoring import shown
from models import Account, SealedResult

MOST = 100
LONGEST = 120
# the keys of inputs that are no names of people, cases or criteria
KEYS: Mapping[str, str] = {
    "likes": "点赞",
    "lists": "公示名单",
    "only": "只可评定的等次",
    "papers": "选票",
    "raw": "原始成绩",
    "tables": "点赞数据表",
    "turnout": "投票人",
    "upheld": "成立的异议",
    "voids": "作废的点赞",
}


def input_lines(session: Session, view: StageView, one: SealedResult, other: SealedResult) -> list[str]:
    """Each difference of the inputs as a line; beyond a hundred only how many more there are."""
    found = changed_values(json.loads(one.inputs), json.loads(other.inputs))
    stage = view.stage
    criteria = stage.titles if isinstance(stage, Score | Contest) else {}
    teller = _Teller({**KEYS, **criteria, **_people(session, found[:MOST])}, criteria.keys())
    lines = [teller.line(change) for change in found[:MOST]]
    return [*lines, *([f"依据另有 {len(found) - MOST} 处不同。"] if found[MOST:] else [])]


def _people(session: Session, found: Sequence[ChangedValue]) -> Mapping[str, str]:
    keys = sorted({key for change in found for key in change.path})
    query = select(Account.login, Account.name).where(col(Account.login).in_(keys))
    return {login: f"{name}（{login}）" for login, name in session.exec(query).all()}


@dataclass(frozen=True, slots=True)
class _Teller:
    """Writes differences: `words` for keys, of which `criteria` hold marks in hundredths of a point."""

    words: Mapping[str, str]
    criteria: Collection[str]

    def line(self, change: ChangedValue) -> str:
        where = "，".join(self.words.get(key, key) for key in change.path)
        last = change.path[-1] if change.path else ""
        return f"依据 {where}：{self._told(last, change.before)} → {self._told(last, change.after)}"

    def _told(self, key: str, value: object) -> str:
        match value:
            case Mark.ABSENT | None:
                told = "没有"
            case Mark.PRESENT:
                told = "有"
            case bool():
                told = "是" if value else "否"
            case int() if key in self.criteria:
                told = f"{shown(value, 2)} 分"
            case str() if is_digest(value):
                told = f"指纹 {value[:12]}…"
            case dict():
                table = cast("dict[str, object]", value)
                told = "、".join(f"{self.words.get(one, one)} {self._told(one, inner)}" for one, inner in table.items())
            case list():
                told = "、".join(self._told("", one) for one in cast("list[object]", value))
            case _:
                told = str(value)
        return told if len(told) <= LONGEST else f"{told[:LONGEST]}…"

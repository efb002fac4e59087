"""The ledger of 五进 of one calendar year as a workbook: what each winner did, every visit, and who had none yet."""

from collections.abc import Sequence

from craftsman.actions.outreach_reads import Ledger, LedgerLine, WinnerTotal
from craftsman.actions.outreach_winners import Unvisited
from craftsman.actions.statuses import VENUES
from craftsman.documents.workbook import Columns, tables_xlsx

MARK = "是"
TOTALS: Columns = (
    ("申报编号", 20),
    ("姓名", 12),
    ("工作单位", 36),
    *((word, 9) for word in VENUES.values()),
    ("合计", 8),
    ("示范活动", 10),
    ("参加人数", 10),
    ("待确认", 8),
)
VISITS: Columns = (
    ("编号", 7),
    ("日期", 12),
    ("姓名", 12),
    ("推荐单位", 14),
    ("五进", 9),
    ("接待单位", 28),
    ("主题", 30),
    ("人数", 8),
    ("状态", 16),
    ("确认人职务", 18),
    ("示范活动", 10),
)
UNVISITED: Columns = (
    ("申报编号", 20),
    ("姓名", 12),
    ("工作单位", 36),
    ("推荐单位", 14),
    ("轮次", 36),
    ("已计划的日期", 14),
)


def ledger_xlsx(found: Ledger) -> bytes:
    """The year's report as a workbook: totals by winner, every visit, and the winners without any."""
    waiting = sum(one.unconfirmed for one in found.winners)
    whole = WinnerTotal("合计", "", "", found.visits, found.audience, waiting, found.demonstrations)
    tables: dict[str, tuple[Columns, list[Sequence[str | int]]]] = {
        "汇总": (TOTALS, [_total_row(one) for one in (*found.winners, whole)]),
        "明细": (VISITS, [_visit_row(one) for one in found.lines]),
        "尚无活动": (UNVISITED, [_lacking_row(one) for one in found.unvisited]),
    }
    return tables_xlsx(f"{found.year}年五进活动台账", tables)


def _total_row(one: WinnerTotal) -> Sequence[str | int]:
    return one.case_no, one.name, one.unit, *one.visits, one.total, one.demonstrations, one.audience, one.unconfirmed


def _visit_row(one: LedgerLine) -> Sequence[str | int]:
    place = one.number, one.held_on.isoformat(), one.name, one.recommender, one.where
    return *place, one.host, one.topic, one.audience, one.state, one.confirmed_as, MARK * one.demonstration


def _lacking_row(one: Unvisited) -> Sequence[str | int]:
    planned = one.planned_on.isoformat() if one.planned_on else ""
    return one.case_no, one.name, one.unit, one.recommender, one.round_title, planned

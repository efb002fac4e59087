"""What Prefect tells of a run, over its API: duration, tries, states and log lines; nothing while it cannot be reached.

Its log is told without numbers and addresses that may be somebody's: it is shown to whoever reads the history.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

PATIENCE = 2.0  # seconds
MOST_LINES = 500
STATES: Mapping[str, str] = {
    "SCHEDULED": "待运行",
    "PENDING": "准备运行",
    "RUNNING": "运行中",
    "COMPLETED": "已完成",
    "FAILED": "失败",
    "CRASHED": "中断",
    "CANCELLED": "已取消",
    "CANCELLING": "正在取消",
    "PAUSED": "已暂停",
}
# what a state is called beside its type, where that tells more; the first four are the names of our flows
NAMES: Mapping[str, str] = {
    "AwaitingApproval": "等待签批",
    "RoundFinished": "轮次已结束",
    "Superseded": "改由另一次运行办理",
    "Refused": "未能办理，待人员处理",
    "AwaitingRetry": "等待重试",
    "Late": "逾时未开始",
    "Retrying": "正在重试",
}
_LEVELS = {10: "调试", 20: "信息", 30: "警告", 40: "错误", 50: "严重"}
# numbers of identity cards and telephones, addresses of mail, days of birth
_PERSONAL = re.compile(r"\d{9,}[Xx]?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b19\d\d[-/年.]\d{1,2}[-/月.]\d{1,2}日?")
_RUN_ID = re.compile(r"(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])")


@dataclass(frozen=True, slots=True)
class State:
    """A state that the run was in; `name` tells more than `title` or is empty, `at` is as Prefect writes instants."""

    title: str
    name: str
    at: str
    message: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the run's log."""

    at: str
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """A flow run with its parts; `tries` counts how often it was begun, `seconds` how long it ran."""

    name: str
    state: State
    tries: int
    seconds: int
    states: Sequence[State]
    parts: Sequence[tuple[str, str, int]]
    lines: Sequence[LogLine]


@dataclass(frozen=True, slots=True)
class PrefectRuns:
    """Prefect's API at an address; without one, it cannot be reached. `auth` is “user:password” where it asks."""

    api: str = ""
    auth: str = ""
    transport: httpx.BaseTransport | None = None

    def run(self, run_id: UUID) -> Run | None:
        """A run; None while Prefect cannot be reached, does not know it, or answers what we cannot read."""
        if not self.api.startswith(("http://", "https://")):
            return None
        user, _, password = self.auth.partition(":")
        auth = (user, password) if self.auth else None
        base = f"{self.api.rstrip('/')}/"
        # Prefect listens on this machine: no proxy of the environment stands between
        with httpx.Client(
            base_url=base, timeout=PATIENCE, auth=auth, transport=self.transport, trust_env=False
        ) as client:
            try:
                return _run(client, str(run_id))
            except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
                return None


def without_personal_data(text: str) -> str:
    """The text without what may be somebody's number, address or day of birth; ids of runs are nobody's."""
    kept: list[str] = []
    last = 0
    for found in _RUN_ID.finditer(text):
        kept += [_PERSONAL.sub("…", text[last : found.start()]), found.group()]
        last = found.end()
    return "".join([*kept, _PERSONAL.sub("…", text[last:])])


def _run(client: httpx.Client, run_id: str) -> Run:
    told: Any = _asked(client.get(f"flow_runs/{run_id}"))
    parts: Any = _asked(
        client.post("flow_runs/filter", json={"flow_runs": {"parent_flow_run_id": {"any_": [run_id]}}, "limit": 50})
    )
    ids = [run_id, *(part["id"] for part in parts)]
    wanted = {"logs": {"flow_run_id": {"any_": ids}}, "sort": "TIMESTAMP_ASC", "limit": 200}
    lines: Any = _asked(client.post("logs/filter", json=wanted))
    states: Any = _asked(client.get("flow_run_states/", params={"flow_run_id": run_id}))
    return Run(
        name=without_personal_data(told["name"]),
        state=_state(told["state"]),
        tries=told["run_count"],
        seconds=round(told["total_run_time"]),
        states=[_state(one) for one in sorted(states, key=lambda one: one["timestamp"])],
        parts=[
            (without_personal_data(one["name"]), _state(one["state"]).title, round(one["total_run_time"]))
            for one in sorted(parts, key=lambda one: one["created"])
        ],
        lines=[
            LogLine(one["timestamp"], _LEVELS.get(one["level"], "信息"), without_personal_data(one["message"]))
            for one in lines[:MOST_LINES]
        ],
    )


def _state(told: Mapping[str, Any]) -> State:
    message = without_personal_data(told.get("message") or "")
    name = "" if told["name"].upper() in STATES else NAMES.get(told["name"], told["name"])
    return State(STATES.get(told["type"], told["type"]), name, told["timestamp"], message)


def _asked(answer: httpx.Response) -> object:
    return answer.raise_for_status().json()

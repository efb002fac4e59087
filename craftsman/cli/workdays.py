"""Commands of the calendar: on which day a period ends, and why."""

from datetime import date
from typing import Annotated

import typer

from craftsman.cli.base import AsJson, group, settings, tell, workplace
from craftsman.cli.language import say
from craftsman.errors import Invalid
from craftsman.programme.calendars import load_workdays
from craftsman.rules.workdays import period as term

app = group("工作日历：期限到哪一天，为什么。", "The calendar: when a period ends, and why.")


@app.callback()
def group_of_commands() -> None:
    """The calendar: a group even while it holds one command."""


@app.command("period", help=say("计算期限的最后一天，逐日说明理由。", "The last day of a period, and why."))
def period(
    start: Annotated[str, typer.Argument(metavar="START", help=say("起始日，如 2026-04-13", "first day"))],
    days: Annotated[int, typer.Argument(metavar="N", help=say("天数", "how many days"))],
    natural: Annotated[bool, typer.Option("--natural", help=say("按自然日计算", "count natural days"))] = False,
    counted: Annotated[
        bool, typer.Option("--count-posting-day", help=say("起始日计入期限", "the first day counts"))
    ] = False,
    *,
    as_json: AsJson = False,
) -> None:
    """Count a period by the State Council's tables; needs no account, nor an installation."""
    chosen = settings()
    # where there is an installation, years were perhaps loaded into its database
    table = workplace().workdays if chosen.keys.exists() else load_workdays(chosen.config_dir / "calendars")
    found = term(day_of(start), days, table, count_posting_day=counted, natural=natural)
    lines = [{"day": one.day, "weekday": one.weekday, "count": one.count, "reason": one.reason} for one in found.days]
    last = say(f"期限至 {found.end} 止（含当日）。", f"The period ends on {found.end}, that day included.")
    tell(
        {"start": found.start, "end": found.end, "days": lines},
        [*found.explain(), last],
        as_json=as_json,
    )


def day_of(text: str) -> date:
    """The day that a text names. Invalid for what is no date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        told = say(f"“{text}”不是日期，请写成 2026-04-13 的形式。", f"{text} is no date: write it as 2026-04-13.")
        raise Invalid(told) from None

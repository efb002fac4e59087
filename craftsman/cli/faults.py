"""How a command ends that cannot do what it was asked: a reason on stderr and an exit status, never a traceback."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import typer
from rich.console import Console

from craftsman.cli.language import english, say
from craftsman.errors import Refused

REFUSED, MISUSED = 1, 2
NOT_INITIALISED = say("数据库尚未初始化，请先运行 craftsman init。", "No database yet: run craftsman init first.")
UNREACHABLE = say(
    "无法打开数据库，请检查 CRAFTSMAN_DATABASE_URL、CRAFTSMAN_DATA_DIR 以及数据库是否在运行。",
    "Cannot open the database: look at CRAFTSMAN_DATABASE_URL, CRAFTSMAN_DATA_DIR and whether it runs.",
)
BUSY = say("数据库正忙，请稍后重试。", "The database is busy; try again soon.")
# words of SQLite and PostgreSQL that tell what happened
_TOLD: Mapping[str, str] = {
    "no such table": NOT_INITIALISED,
    "does not exist": NOT_INITIALISED,
    "unable to open": UNREACHABLE,
    "connection": UNREACHABLE,
    "failed to resolve host": UNREACHABLE,
    "file is not a database": UNREACHABLE,
    "is malformed": UNREACHABLE,
    "is locked": BUSY,
}
_RANGE = re.compile(r"range (?:(?P<least>-?\d+)<=)?x(?:>=(?P<alone>-?\d+))?(?:<=(?P<most>-?\d+))?")
_BOUND = re.compile(r"(?P<way>greater|less) than or equal to (?P<bound>-?\d+)")
errors = Console(stderr=True)


@dataclass
class Ending:
    """The exit status of a command."""

    status: int = 0


@contextmanager
def telling_faults() -> Generator[Ending]:
    """Tell refusals (1) and wrong usage (2); faults of ours propagate."""
    ended = Ending()
    try:
        yield ended
    except Refused as refused:
        ended.status = tell_fault(str(refused))
    except typer.Abort:
        ended.status = tell_fault(say("已取消。", "Cancelled."))
    except typer.TyperException as misuse:
        ended.status = tell_fault(_usage(misuse), status=misuse.exit_code)
    except Exception as fault:
        if (reason := _of_the_database(fault)) is None:
            raise
        ended.status = tell_fault(reason)


def tell_fault(reason: str, *, status: int = REFUSED) -> int:
    """Write a reason on stderr; returns the exit status."""
    errors.print(reason, style="red", highlight=False, markup=False, soft_wrap=True)
    return status


def _of_the_database(fault: Exception) -> str | None:
    # by name, for importing SQLAlchemy would make every --help wait
    if type(fault).__name__ not in {"OperationalError", "ProgrammingError", "DatabaseError"}:
        return None
    return next((reason for words, reason in _TOLD.items() if words in str(fault)), None)


def _usage(misuse: typer.TyperException) -> str:
    context = getattr(misuse, "ctx", None)
    told = misuse.format_message() if english() else _in_chinese(misuse)
    if context is None or type(misuse).__name__ == "NoArgsIsHelpError":
        return told
    hint = say(f"用法见：{context.command_path} --help", f"See: {context.command_path} --help")
    return f"{told}\n{hint}"


def _in_chinese(misuse: typer.TyperException) -> str:
    option = str(getattr(misuse, "option_name", ""))
    parameter = getattr(misuse, "param", None)
    named = parameter.get_error_hint() if parameter is not None else ""
    told = {
        "NoArgsIsHelpError": misuse.message,
        "NoSuchOption": f"没有选项 {option}。",
        "BadOptionUsage": f"选项 {option} 的用法不对，它后面须有一个值。",
        "MissingParameter": f"缺少 {named}。",
        "BadParameter": f"{named} 的值不正确：{_value_fault(misuse.message)}。",
    }
    if "No such command" in misuse.message:
        return f"没有这个命令：{misuse.message.partition(' ')[2].partition('command')[2].strip(' .')}。"
    if "unexpected extra argument" in misuse.message:
        return f"多出了参数：{misuse.message.rpartition('(')[2].rstrip(')')}。"
    return told.get(type(misuse).__name__, f"命令用法不对：{misuse.message}")


def _range_in_words(message: str) -> str:
    """A bound as click (x>=1, 1<=x<=5) or pydantic (greater than or equal to 1) tells it, in words."""
    found = _RANGE.search(message)
    least, most = (found["least"] or found["alone"], found["most"]) if found else (None, None)
    told = _BOUND.search(message)
    if told is not None:
        least, most = (told["bound"], None) if told["way"] == "greater" else (None, told["bound"])
    if least and most:
        return f"应为 {least} 至 {most}"
    if least or most:
        return f"应不小于 {least}" if least else f"应不大于 {most}"
    return "超出允许的范围"


def _value_fault(message: str) -> str:
    if "integer" in message:
        return "应为整数"
    if "than or equal" in message or "range" in message:
        return _range_in_words(message)
    return message.rstrip(".")

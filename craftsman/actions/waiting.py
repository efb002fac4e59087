"""One line of what waits for somebody."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done, where, how far it is, and until when it is planned; `recusals` is where to decline first."""

    what: str
    link: str
    round_title: str
    title: str
    progress: str
    deadline: datetime | None
    done: bool = False
    recusals: str = ""

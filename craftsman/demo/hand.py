"""The stagehand: lets scripted people act at scripted times, and advances the round between their acts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import ClassVar, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.views import StageView, round_by_key, stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Refused
from craftsman.programme.programme import Programme
from craftsman.sample.people import SamplePerson
from craftsman.store.engine import reading, transaction
from craftsman.store.files import write_atomically
from flows.inprocess import advance_here

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Stagehand:
    """What the script works with. The clock is a file that every process of the rehearsal reads."""

    # what every login begins with, so that two rounds of one installation can have their own people
    logins: ClassVar[str] = ""

    place: Workplace
    programme: Programme
    people: Mapping[str, Sequence[SamplePerson]]
    out: Path
    clock: Path
    requests: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def round_key(self) -> str:
        """The round that is rehearsed."""
        return self.programme.key

    def set_time(self, now: datetime) -> None:
        """Let it be this instant, unless that has passed already."""
        if not self.clock.exists() or now > self.place.now():
            write_atomically(self.clock, now.isoformat().encode())

    def later(self, **span: float) -> None:
        """Let some time pass."""
        self.set_time(self.place.now() + timedelta(**span))

    def login(self, role: str, number: int = 0) -> str:
        """The login of the n-th person of a role."""
        return self.people[role][number].login

    def reporter(self, unit: str) -> str:
        """The login of a reporting unit's reporter."""
        return next(person.login for person in self.people["reporter"] if person.reporting_unit == unit)

    def do(self, login: str, act: Callable[Concatenate[Session, Act, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Let somebody act: one transaction, one request."""
        with transaction(self.place.engine) as session:
            who = actor_by_login(session, login)
            request = f"{self.round_key}-{next(self.requests):05d}"
            return act(session, Act(who, self.place.now(), self.place, request_id=request), *args, **kwargs)

    def look(self, read: Callable[[Session, StageView], T], stage: str) -> T:
        """Read something of a stage."""
        with reading(self.place.engine) as session:
            round_ = round_by_key(session, self.round_key)
            return read(session, stage_by_key(session, round_.id or 0, stage))

    def advance(self) -> None:
        """Run the annual round's flow to the next gate. Refused when it failed, with its message."""
        state = advance_here(self.place, self.round_key)
        if not state.is_completed():
            raise Refused(f"流程运行未能完成：{state.name} {state.message or ''}")

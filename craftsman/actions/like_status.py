"""How a tally stands: likes by candidate, voids, and whether all adds up; worked out when somebody looks."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.likes import LikeRow, candidates_of, likes_by, likes_of, must_see, taken_in, voids_of
from craftsman.actions.views import stage_view
from craftsman.rules.tally import Likes
from models import TallyVoid


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate with number, case number, name and likes."""

    number: int
    case_no: str
    name: str
    likes: Likes


@dataclass(frozen=True, slots=True)
class TallyStatus:
    """All figures of a tally; `taken` is what the tables brought, `by` the likes of the voter that was asked for."""

    taken: int
    candidates: Sequence[Candidate]
    voids: Sequence[TallyVoid]
    by: Sequence[LikeRow]

    @property
    def cast(self) -> int:
        """All likes there are."""
        return sum(one.likes.cast for one in self.candidates)

    @property
    def void(self) -> int:
        """Those that are void."""
        return sum(one.likes.void for one in self.candidates)

    @property
    def counted(self) -> int:
        """Those that count."""
        return self.cast - self.void


def tally_status(session: Session, act: Act, run_id: int, *, token: str = "") -> TallyStatus:
    """The figures as they stand now. Forbidden to whom a case of the tally concerns."""
    view = stage_view(session, run_id)
    act.must("tally.read", view.round_id)
    must_see(session, act, view)
    likes = likes_of(session, run_id)
    candidates = [
        Candidate(number, case.nomination.case_no, case.person.name, likes.get(case.id, Likes()))
        for number, case in enumerate(candidates_of(session, view), start=1)
    ]
    by = likes_by(session, view, token) if token else []
    return TallyStatus(taken_in(session, run_id), candidates, voids_of(session, run_id), by)

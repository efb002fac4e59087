"""Whose papers somebody may see or change, and while the nomination is open to changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.supplements import open_supplements
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.visibility import hidden_on_desk
from craftsman.errors import NotFound
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Paper
from craftsman.rules.permissions import allowed
from craftsman.store.bulk import listed
from craftsman.workbook.columns import intake_of
from models import Nomination, NominationStatus, Round, StageRun, StageStatus

NOT_YOURS = "没有这份申报，或不是本单位的，请核对申报编号"
MERGED = "已并入同一人的其他申报，请把材料交到那份申报"
INTAKE_OVER = "申报受理已结束，未被退回补正，现在不能增减材料；确需补正的，请联系活动办公室"
DONE_WITH = "已不在办理中，不能增减材料"


@dataclass(frozen=True, slots=True)
class PaperDesk:
    """A round with the kinds of papers it takes, and the nominations at hand that the actor may see."""

    round: Round
    papers: Mapping[str, Paper]
    cases: Mapping[str, Nomination]
    accepting: bool
    in_time: frozenset[int] = frozenset()

    @property
    def round_id(self) -> int:
        """The round's id."""
        assert self.round.id is not None
        return self.round.id

    def obstacle(self, case_no: str) -> str | None:
        """Why the papers of a case cannot be changed now, None where they can."""
        nomination = self.cases.get(case_no)
        if nomination is None:
            return NOT_YOURS
        return why_closed(nomination.status, accepting=self.accepting, in_time=nomination.id in self.in_time)


def why_closed(status: NominationStatus, *, accepting: bool, in_time: bool = False) -> str | None:
    """Papers change while the intake is open, after a return, and as long as a 补正 may be made (`in_time`).

    A corrected row does not end the 补正: papers may follow it until the deadline.
    """
    if status == NominationStatus.RETURNED or ((accepting or in_time) and status == NominationStatus.IN_REVIEW):
        return None
    if status == NominationStatus.MERGED:
        return MERGED
    return INTAKE_OVER if status == NominationStatus.IN_REVIEW else DONE_WITH


def paper_desk(session: Session, act: Act, round_key: str, case_nos: Sequence[str]) -> PaperDesk:
    """The desk of a round for some of its cases; a constant number of queries. What is hidden is not there."""
    round_ = round_by_key(session, round_key)
    programme = read_programme(round_.programme)
    query = select(Nomination).where(Nomination.round_id == round_.id)
    found = session.exec(query.where(col(Nomination.case_no).in_(listed(session, case_nos)))).all()
    hidden = hidden_on_desk(session, act, round_.id or 0)
    return PaperDesk(
        round_,
        papers_taken(programme),
        {one.case_no: one for one in found if is_seen(act, one) and one.case_no not in hidden},
        accepting=is_accepting(session, round_, programme),
        in_time=open_supplements(session, [one.id or 0 for one in found], act.now),
    )


def is_accepting(session: Session, round_: Round, programme: Programme) -> bool:
    """Whether the round's intake is open."""
    query = select(StageRun.status).where(StageRun.round_id == round_.id, StageRun.key == intake_of(programme).key)
    return session.exec(query).one() == StageStatus.OPEN


def is_seen(act: Act, nomination: Nomination) -> bool:
    """Whether the actor may look at this nomination: who reads all, and the unit that put it forward."""
    unit = act.actor.organisation_id
    everything = allowed("nomination.read", act.actor.roles(nomination.round_id))
    return everything or (unit is not None and unit == nomination.organisation_id)


def papers_taken(programme: Programme) -> dict[str, Paper]:
    """The kinds of papers that a programme takes, by key."""
    return {paper.kind: paper for paper in intake_of(programme).papers}


def paper_kind(programme: Programme, named: str) -> Paper:
    """The kind of paper of that key or title. NotFound with the titles there are."""
    taken = papers_taken(programme)
    found = taken.get(named) or next((paper for paper in taken.values() if paper.title == named), None)
    if found is None:
        known = "、".join(f"{paper.title}（{paper.kind}）" for paper in taken.values())
        raise NotFound(f"没有材料“{named}”；" + (f"可交：{known}。" if known else "本次评选不收材料。"))
    return found

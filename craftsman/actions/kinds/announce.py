"""发布: awards, decision, certificates and letters, each a piece of the opening; then the honours stand."""

from collections.abc import Mapping
from typing import ClassVar

from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.announcement import awards_of, issue_decision, make_awards
from craftsman.actions.award_letters import tell_units
from craftsman.actions.certificates import batch_names, issue_certificates
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.sealing import Decision, EntryDecision
from craftsman.actions.views import StageView, cases
from models import NominationStatus, Outcome

AWARDS, DECISION, LETTERS = "awards", "decision", "letters"


class AnnounceWork(StageWork):
    """Nobody acts in it: all was decided before."""

    waits: ClassVar[bool] = False
    standing: ClassVar[Mapping[Outcome, NominationStatus]] = {
        Outcome.ADVANCE: NominationStatus.AWARDED,
        Outcome.STOP: NominationStatus.STOPPED,
    }

    def batches(self, session: Session, view: StageView) -> list[str]:
        """The same pieces whenever it is asked; certificates by twenties."""
        count = len(cases(session, view.run_id))
        return [AWARDS, DECISION, *batch_names(count), LETTERS]

    def work(self, session: Session, act: Act, view: StageView, batch: str) -> int:
        """Do one piece; what is there already stays."""
        pieces = {AWARDS: make_awards, DECISION: issue_decision, LETTERS: tell_units}
        if batch in pieces:
            return pieces[batch](session, act, view)
        return issue_certificates(session, act, view, batch)

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """Everybody with an award; the certificate's number is sealed with the case."""
        _ = act
        awards = {award.nomination_id: award for award in awards_of(session, view.round_id)}
        here = [case for case in cases(session, view.run_id) if case.id in awards]
        entries = [
            EntryDecision(
                case,
                Outcome.ADVANCE,
                place=awards[case.id].position,
                tier=awards[case.id].tier,
                detail={"certificate": awards[case.id].certificate_no},
            )
            for case in here
        ]
        inputs = [[case.nomination.case_no, awards[case.id].certificate_no] for case in here]
        return Decision(entries, inputs=inputs, summary={"awards": len(here)})

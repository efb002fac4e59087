"""Kinds of stages by their name in the configuration."""

from craftsman.actions.kinds.announce import AnnounceWork
from craftsman.actions.kinds.approve import ApproveWork
from craftsman.actions.kinds.ballot import BallotWork
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.kinds.endorse import EndorseWork
from craftsman.actions.kinds.intake import IntakeWork
from craftsman.actions.kinds.judged import ContestWork, ScoreWork
from craftsman.actions.kinds.notice import NoticeWork
from craftsman.actions.kinds.screen import ScreenWork
from craftsman.actions.kinds.tally import TallyWork

KINDS: dict[str, StageWork] = {
    "intake": IntakeWork(),
    "endorse": EndorseWork(),
    "screen": ScreenWork(),
    "score": ScoreWork(),
    "contest": ContestWork(),
    "ballot": BallotWork(),
    "tally": TallyWork(),
    "approve": ApproveWork(),
    "notice": NoticeWork(),
    "announce": AnnounceWork(),
}


def work_of(kind: str) -> StageWork:
    """The work of a kind of stage."""
    return KINDS[kind]

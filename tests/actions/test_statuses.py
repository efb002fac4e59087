"""Words for states: every state that a move can end in has one."""

import pytest

from craftsman.actions import statuses
from craftsman.actions.doors import check_move
from craftsman.errors import Refused
from models import LeadStatus
from models.lead import LEAD_MOVES


def test_every_state_has_a_word() -> None:
    for kind, words in statuses.WORDS.items():
        assert (kind, words.keys()) == (kind, {state.value for state in kind})


def test_refused_move_speaks_chinese() -> None:
    reason = "线索 XS-2026-0001 现为“已采纳”，不能变为“已采纳”；请核对现在的状态。"
    with pytest.raises(Refused, match=reason):
        check_move(LEAD_MOVES, LeadStatus.ADOPTED, LeadStatus.ADOPTED, "线索 XS-2026-0001 ")

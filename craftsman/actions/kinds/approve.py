"""Approval of the list as a whole: the gate's sign-offs are the approval."""

from typing import ClassVar

from craftsman.actions.kinds.base import StageWork


class ApproveWork(StageWork):
    """Nobody acts before the gate; whoever signs it approves the list with its reserves."""

    waits: ClassVar[bool] = False

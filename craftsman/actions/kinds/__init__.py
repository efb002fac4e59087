"""What each kind of stage does when it opens and when it closes; one module per kind, found by its name."""

from craftsman.actions.kinds.base import StageWork
from craftsman.actions.kinds.registry import work_of

__all__ = ["StageWork", "work_of"]

"""Which field, or which column, a sentence speaks of: acts say what is wrong in whole sentences and know no fields."""

import re
from collections.abc import Mapping

# what follows the name of a field within its label
_REST = re.compile(r"[（(：:].*|\s+$", re.DOTALL)
_SHORTEST = 2


def bare_label(label: str) -> str:
    """The name of a field without what its label says besides."""
    return _REST.sub("", label).strip()


def named_in(line: str, labels: Mapping[str, str]) -> str | None:
    """The key of the name that stands first in a sentence, the longest where several begin there; None for none."""
    named = [
        (line.index(name), -len(name), key) for key, name in labels.items() if len(name) >= _SHORTEST and name in line
    ]
    return min(named)[2] if named else None

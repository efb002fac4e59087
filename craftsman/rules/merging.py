"""Merges of several into one: where each ends up, and what may be merged."""

from collections.abc import Sequence


def final_homes(merges: Sequence[tuple[str, str]]) -> dict[str, str]:
    """(merged, kept) pairs in force -> where each merged one ended, through chains; no one is merged twice."""
    direct = dict(merges)
    return {merged: _end(merged, direct) for merged in direct}


def _end(start: str, direct: dict[str, str]) -> str:
    seen = {start}
    here = direct[start]
    while here in direct and here not in seen:
        seen.add(here)
        here = direct[here]
    return here

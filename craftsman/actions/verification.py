"""Check the history as it stands: every event, the tree over them, every checkpoint, and how far it is witnessed."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from craftsman.actions.checkpoints import Witnessed, kept_checkpoints, witnessed
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import counted, rows_of, verify, walk_from
from craftsman.audit.signed_heads import checkpoint_problems

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Start:
    """Where a check goes on: the size and root (hexadecimal) that an earlier one ended with."""

    size: int = 0
    root: str = ""


@dataclass(frozen=True, slots=True)
class HistoryCheck:
    """What a check of the history found: Chinese lines, none when all holds; `root` in hexadecimal.

    `since` is how many events had been checked before and were not read again.
    """

    problems: list[str]
    events: int
    root: str
    witnessed: Witnessed
    since: int = 0


def check_history(
    session: Session, place: Workplace, *, start: Start | None = None, told: Told | None = None
) -> HistoryCheck:
    """Check the history, whole or from `start` on; every event is read and hashed once, and `told` how many were."""
    begun = start or Start()
    kept = [one for one in kept_checkpoints(session) if one[0] >= begun.size]
    walk = walk_from(session, begun.size, {size for size, _, _ in kept})
    problems: list[str] = []
    if begun.size and walk.root.hex() != begun.root:
        problems.append(f"前 {begun.size} 条的根哈希与上次核验时不同：此前的记录被改动，请做全部核验。")
    problems += verify(counted(rows_of(session, after=begun.size), told), walk)
    problems += checkpoint_problems(kept, place.log_signer.verifier, walk.roots)
    return HistoryCheck(problems, walk.size, walk.root.hex(), witnessed(session, place), begun.size)


def history_line(events: int, root: str, since: int = 0) -> str:
    """What is said of a history that holds, in Chinese."""
    whole = f"共 {events} 条记录，逐条的指纹、哈希树和各检查点全部相符；根哈希 {root}"
    return f"{whole}（前 {since} 条此前已核验，本次核验其后的记录）" if since else whole


def witness_line(found: Witnessed) -> str:
    """How far it is witnessed, in Chinese."""
    if not found.watched:
        return "尚未设置见证方：没有另一方的签名，系统的主人改写历史不会被发现。"
    return f"见证方已见证至第 {found.size} 条。"

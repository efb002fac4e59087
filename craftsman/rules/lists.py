"""What a new version of a reference list brings: entries added, taken away, changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ReferenceList = Mapping[str, Any] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Changes:
    """Entries by what becomes of them, each as a person would name it."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether the two versions differ at all."""
        return bool(self.added or self.removed or self.changed)


def changes_between(old: ReferenceList, new: ReferenceList) -> Changes:
    """Compare two versions of one list entry by entry; the order of entries does not count."""
    before, after = entries_of(old), entries_of(new)
    return Changes(
        added=tuple(_named(key, after[key]) for key in after if key not in before),
        removed=tuple(_named(key, before[key]) for key in before if key not in after),
        changed=tuple(
            f"{_named(key, before[key])} → {_named(key, after[key])}"
            for key in after
            if key in before and before[key] != after[key]
        ),
    )


def entries_of(listed: ReferenceList) -> dict[str, Any]:
    """Entries by what tells them apart: the code, or where there is none, all of the entry."""
    if isinstance(listed, Mapping):
        return dict(listed)
    return {str(entry.get("code") or _text(entry)): entry for entry in listed}


def named_entries(listed: ReferenceList) -> list[str]:
    """Every entry in one line of words, in the order of the list."""
    return [_named(key, entry) for key, entry in entries_of(listed).items()]


def _named(key: str, entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return f"{key} {entry}"
    found: Mapping[str, Any] = entry
    if "code" not in found:
        return " ".join(str(value) for value in found.values())
    rest = (f"{name}={_plain(value)}" for name, value in found.items() if name not in {"code", "name"})
    return " ".join((key, str(found.get("name", "")), *rest))


def _plain(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _text(entry: Mapping[str, Any]) -> str:
    return json.dumps(dict(entry), ensure_ascii=False, sort_keys=True)

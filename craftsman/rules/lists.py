"""What a new version of a reference list brings: entries added, taken away, changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

ReferenceList = Mapping[str, Any] | Sequence[Mapping[str, Any]]
Titles = Mapping[str, str]
"""What the columns of a list are called, by their keys."""
NO_TITLES: Titles = MappingProxyType({})


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


def changes_between(old: ReferenceList, new: ReferenceList, titles: Titles = NO_TITLES) -> Changes:
    """Compare two versions of one list entry by entry; the order of entries does not count."""
    before, after = entries_of(old), entries_of(new)
    return Changes(
        added=tuple(_named(key, after[key], titles) for key in after if key not in before),
        removed=tuple(_named(key, before[key], titles) for key in before if key not in after),
        changed=tuple(
            f"{_named(key, before[key], titles)} → {_named(key, after[key], titles)}"
            for key in after
            if key in before and before[key] != after[key]
        ),
    )


def entries_of(listed: ReferenceList) -> dict[str, Any]:
    """Entries by what tells them apart: the code, or where there is none, all of the entry."""
    if isinstance(listed, Mapping):
        return dict(listed)
    return {str(entry.get("code") or _text(entry)): entry for entry in listed}


def named_entries(listed: ReferenceList, titles: Titles = NO_TITLES) -> list[str]:
    """Every entry in one line of words, in the order of the list."""
    return [_named(key, entry, titles) for key, entry in entries_of(listed).items()]


def _named(key: str, entry: Any, titles: Titles) -> str:
    if not isinstance(entry, Mapping):
        return f"{key} {entry}"
    found: Mapping[str, Any] = entry
    if "code" not in found:
        return " ".join(str(value) for value in found.values())
    others = {name: value for name, value in found.items() if name not in {"code", "name"}}
    rest = (f"{titles.get(name, name)}={_plain(value)}" for name, value in others.items())
    return " ".join((key, str(found.get("name", "")), *rest))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _text(entry: Mapping[str, Any]) -> str:
    return json.dumps(dict(entry), ensure_ascii=False, sort_keys=True)

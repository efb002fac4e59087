"""Versions of reference lists: an administrator loads them, rounds opened afterwards use the newest."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound
from craftsman.programme.load import list_programmes, load_programme
from craftsman.programme.programme import Programme
from craftsman.rules.lists import Changes, ReferenceList, changes_between, entries_of
from craftsman.store.bulk import insert_rows
from craftsman.workbook.tables import titles_of
from models import ReferenceVersion

LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True)
class LoadedList:
    """What became of one list: its newest version, and how it differs from the one that counted before."""

    name: str
    version: int
    entries: int
    changes: Changes


def load_lists(  # noqa: PLR0913  (the programme, then all by name)
    session: Session,
    act: Act,
    slug: str,
    *,
    lists: Mapping[str, ReferenceList],
    source: str,
    dry_run: bool = False,
) -> list[LoadedList]:
    """Load new versions of lists of a programme, all or none; a list that is as before gets no new version.

    `source` names the document they were taken from. Invalid where a configured year of the programme would not load
    with them, with every problem. Open rounds keep the lists they were opened with.
    """
    act.must("reference.load", None)
    told = written_source(source)
    newest = newest_of(session, slug)
    current = {name: json.loads(row.content) for name, row in newest.items()}
    root = act.place.settings.config_dir
    before = lists_of(_programme_with(root, slug, current))
    after = lists_of(_programme_with(root, slug, current | dict(lists)))
    changes = {name: changes_between(before.get(name, ()), after[name], titles_of(name)) for name in lists}
    rows = [version_row(act, slug, name, after[name], newest.get(name), told) for name in lists if changes[name].any]
    if not dry_run:
        insert_rows(session, rows)
        entries = [loaded_entry(slug, row) for row in rows]
        record(session, act, None, entries)
    versions = {name: row.version for name, row in newest.items()} | {row.name: row.version for row in rows}
    return [LoadedList(name, versions.get(name, 0), len(entries_of(after[name])), changes[name]) for name in lists]


def current_lists(session: Session, slug: str) -> dict[str, Any]:
    """The newest loaded version of every list of a programme, by name."""
    return {name: json.loads(row.content) for name, row in newest_of(session, slug).items()}


def versions_of(session: Session, slug: str) -> list[ReferenceVersion]:
    """Every version that was ever loaded for a programme, the newest of each list first."""
    query = select(ReferenceVersion).where(ReferenceVersion.slug == slug)
    return list(session.exec(query.order_by(col(ReferenceVersion.name), col(ReferenceVersion.version).desc())).all())


def version_of(session: Session, slug: str, name: str, version: int | None = None) -> ReferenceVersion:
    """One version of a list, by default the newest; NotFound where it was never loaded."""
    found = [row for row in versions_of(session, slug) if row.name == name and version in {None, row.version}]
    if not found:
        which = "" if version is None else f"第 {version} 版"
        raise NotFound(f"“{slug}”没有载入过名录“{name}”{which}；用 craftsman reference list 查看。")
    return found[0]


def delivered_list(root: Path, slug: str, name: str) -> ReferenceList:
    """A list as the configuration in `root` delivers it. NotFound, with the names there are, for an unknown one."""
    lists = lists_of(_programme_with(root, slug, {}))
    if name not in lists:
        raise NotFound(f"没有名录“{name}”；现有：{'、'.join(sorted(lists))}。")
    return lists[name]


def written_source(source: str) -> str:
    """The document that something was taken from. Invalid where none is named."""
    if not 0 < len(source.strip()) <= LONGEST_SOURCE:
        raise Invalid(f"请写明名录的来源文件（文号或名称），不超过 {LONGEST_SOURCE} 字。")
    return source.strip()


def newest_of(session: Session, slug: str) -> dict[str, ReferenceVersion]:
    """The newest loaded version of each list; one query."""
    newest: dict[str, ReferenceVersion] = {}
    for row in versions_of(session, slug):
        newest.setdefault(row.name, row)
    return newest


def lists_of(programme: Programme) -> dict[str, Any]:
    """The lists of a programme in the form in which they are loaded."""
    plain = programme.reference.model_dump(mode="json")
    codes = {f"codes.{name}": table for name, table in plain.pop("codes").items()}
    return {**plain, **codes}


def _programme_with(root: Path, slug: str, lists: Mapping[str, Any]) -> Programme:
    """The programme of the last configured year with these lists; every other configured year must load too."""
    known = list_programmes(root)
    if not known.get(slug):
        raise NotFound(f"没有已配置年度的评选“{slug}”；现有：{'、'.join(known) or '（无）'}。")
    return [load_programme(slug, year, root=root, lists=lists) for year in known[slug]][-1]


def version_row(  # noqa: PLR0913, PLR0917  (the columns of one row)
    act: Act, slug: str, name: str, listed: ReferenceList, before: ReferenceVersion | None, source: str
) -> ReferenceVersion:
    """The next version of a list as a row."""
    content = json.dumps(listed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return ReferenceVersion(
        slug=slug,
        name=name,
        version=before.version + 1 if before else 1,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        entries=len(entries_of(listed)),
        content=content,
        source=source,
        account_id=act.actor.account,
        loaded_at=act.now,
    )


def loaded_entry(slug: str, row: ReferenceVersion) -> Entry:
    """What stands in the history of a version that was loaded."""
    facts = {"version": row.version, "entries": row.entries, "source": row.source}
    return Entry("reference.loaded", f"{slug}/{row.name}", facts, files=[row.sha256])

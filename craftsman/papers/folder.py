"""A folder of papers: one sub-folder for each case number, files named after their kind."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from craftsman.errors import Invalid
from craftsman.papers.handing_in import HandedIn, too_large
from craftsman.programme.schema import Paper

# what systems and office programs leave beside the files that people mean
_NOT_MEANT = re.compile(r"(?:\..*|~\$.*|thumbs\.db|desktop\.ini|__macosx)", re.IGNORECASE)
# 证书-2, 证书_2, 证书（2）, 证书 2, 证书2
_NUMBERED = re.compile(r"[\s_\-]*[(（]?\d{1,2}[)）]?$")
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the folder by its path in it: ready to be checked, or the reason why it is not."""

    name: str
    case_no: str
    handed: HandedIn | None = None
    reason: str = ""


def read_folder(folder: Path, papers: Mapping[str, Paper]) -> Iterator[Found]:
    """The files of a folder by case and name; those of one case come one after the other. Invalid for no folder."""
    if not _is_folder(folder):
        raise Invalid(f"找不到文件夹 {folder}。")
    for case in _meant(folder):
        if case.is_symlink() or not case.is_dir():
            yield Found(case.name, "", reason="请放进以申报编号命名的子文件夹")
            continue
        for file in _meant(case):
            yield _found(file, case.name, papers)


def _is_folder(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        # so long a name that no system can hold it
        return False


def _meant(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not _NOT_MEANT.fullmatch(path.name))


def _found(file: Path, case_no: str, papers: Mapping[str, Paper]) -> Found:
    name = f"{case_no}/{file.name}"
    if file.is_symlink() or not file.is_file():
        return Found(name, case_no, reason="不是普通文件；材料请直接放在申报编号的文件夹下")
    paper = paper_named(file.stem, papers)
    if paper is None:
        known = "、".join(one.title for one in papers.values())
        return Found(name, case_no, reason=f"看不出是哪种材料，请按材料名称命名：{known}")
    size = file.stat().st_size
    if size > paper.max_mb * _MB:
        return Found(name, case_no, reason=too_large(size, paper))
    try:
        content = file.read_bytes()
    except OSError:
        return Found(name, case_no, reason="无法读取，请检查权限")
    return Found(name, case_no, HandedIn(case_no, paper.kind, file.name, content))


def paper_named(stem: str, papers: Mapping[str, Paper]) -> Paper | None:
    """The kind of paper that a file's name tells by its key or title, with or without a running number."""
    by_name = {name.casefold(): paper for paper in papers.values() for name in (paper.kind, paper.title)}
    bare = stem.strip()
    return by_name.get(bare.casefold()) or by_name.get(_NUMBERED.sub("", bare).casefold())

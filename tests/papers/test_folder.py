"""A folder of papers: who a file is of and what it is stand in its path, and nothing else is believed."""

from pathlib import Path

import pytest

from craftsman.errors import Invalid
from craftsman.papers.folder import paper_named, read_folder
from craftsman.programme.schema import Paper

CERTIFICATE = Paper(kind="certificate", title="技能等级证书", max_mb=1)
PHOTO = Paper(kind="photo", title="照片")
PAPERS = {paper.kind: paper for paper in (CERTIFICATE, PHOTO)}
CASE = "2026-tangshan-0001"
UNKNOWN = "看不出是哪种材料，请按材料名称命名：技能等级证书、照片"
ALONE = "请放进以申报编号命名的子文件夹"
NO_FILE = "不是普通文件；材料请直接放在申报编号的文件夹下"


@pytest.mark.parametrize(
    ("stem", "kind"),
    [
        ("照片", "photo"),
        ("photo", "photo"),
        ("Photo", "photo"),
        (" 照片 ", "photo"),
        ("技能等级证书-2", "certificate"),
        ("技能等级证书_02", "certificate"),
        ("技能等级证书（3）", "certificate"),
        ("技能等级证书 (3)", "certificate"),
        ("certificate2", "certificate"),
        ("照片某某", ""),
        ("证书", ""),
        ("2", ""),
        ("", ""),
    ],
)
def test_name_tells_the_kind(stem: str, kind: str) -> None:
    found = paper_named(stem, PAPERS)
    assert (found.kind if found else "") == kind


def test_every_file_is_told(tmp_path: Path) -> None:
    (tmp_path / CASE / "inner").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for name, content in {
        "照片.jpg": b"1",
        "日记.pdf": b"2",
        "~$照片.docx": b"",
        "Thumbs.db": b"",
        ".DS_Store": b"",
    }.items():
        (tmp_path / CASE / name).write_bytes(content)
    (tmp_path / CASE / "certificate.pdf").write_bytes(b"\0" * 1_100_000)
    (tmp_path / CASE / "photo.png").symlink_to("/etc/passwd")
    (tmp_path / "照片.jpg").write_bytes(b"3")
    found = {one.name: one.reason or (one.handed and one.handed.content) for one in read_folder(tmp_path, PAPERS)}
    assert found == {
        f"{CASE}/certificate.pdf": "文件有 1.0 MB，“技能等级证书”不得超过 1 MB，请压缩或降低扫描分辨率后再上传",
        f"{CASE}/inner": NO_FILE,
        f"{CASE}/photo.png": NO_FILE,
        f"{CASE}/日记.pdf": UNKNOWN,
        f"{CASE}/照片.jpg": b"1",
        "照片.jpg": ALONE,
    }


def test_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="找不到文件夹"):
        list(read_folder(tmp_path / "nothing", PAPERS))

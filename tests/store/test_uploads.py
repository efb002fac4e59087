"""Uploaded files are kept encrypted, for who sent them, and for some days."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from craftsman.errors import NotFound, Refused
from craftsman.store.uploads import KEPT, Upload, Uploads
from tests.conftest import TEST_SECRETS

NOW = datetime(2025, 9, 1, 1, 0, tzinfo=UTC)
UPLOAD = Upload("唐山.xlsx", b"PK\x03\x04\n\nrows")


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "uploads", TEST_SECRETS)


def test_upload_comes_back_whole(uploads: Uploads) -> None:
    uploads.keep("round/me", UPLOAD, now=NOW)
    assert uploads.fetch("round/me", UPLOAD.sha256) == UPLOAD


def test_upload_is_unreadable_on_disk(uploads: Uploads) -> None:
    uploads.keep("round/me", UPLOAD, now=NOW)
    (file,) = uploads.folder.iterdir()
    told = file.name.encode() + file.read_bytes()
    assert [word in told for word in (b"rows", "唐山".encode(), UPLOAD.sha256.encode())] == [False] * 3


@pytest.mark.parametrize(("owner", "sha256"), [("round/you", UPLOAD.sha256), ("round/me", "../" * 5 + "etc/passwd")])
def test_others_find_nothing(uploads: Uploads, owner: str, sha256: str) -> None:
    uploads.keep("round/me", UPLOAD, now=NOW)
    with pytest.raises(NotFound, match="请重新上传"):
        uploads.fetch(owner, sha256)


def test_exchanged_files_do_not_open(uploads: Uploads) -> None:
    uploads.keep("round/me", UPLOAD, now=NOW)
    (mine,) = uploads.folder.iterdir()
    other = Upload("乙.xlsx", b"other")
    uploads.keep("round/you", other, now=NOW)
    (theirs,) = [file for file in uploads.folder.iterdir() if file != mine]
    theirs.write_bytes(mine.read_bytes())
    with pytest.raises(Refused, match="文件无法解密"):
        uploads.fetch("round/you", other.sha256)


def test_old_uploads_go_with_the_next(uploads: Uploads) -> None:
    uploads.keep("round/me", UPLOAD, now=NOW)
    uploads.keep("round/you", Upload("乙.xlsx", b"other"), now=NOW + KEPT)
    assert len(list(uploads.folder.iterdir())) == 2
    uploads.keep("round/you", Upload("丙.xlsx", b"third"), now=NOW + KEPT * 1.001)
    with pytest.raises(NotFound):
        uploads.fetch("round/me", UPLOAD.sha256)


def test_upload_again_is_kept_anew(uploads: Uploads) -> None:
    uploads.keep("round/me", UPLOAD, now=NOW)
    uploads.keep("round/me", UPLOAD, now=NOW + KEPT)
    uploads.keep("round/you", Upload("乙.xlsx", b"other"), now=NOW + KEPT * 1.5)
    assert uploads.fetch("round/me", UPLOAD.sha256) == UPLOAD

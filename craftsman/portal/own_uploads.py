"""Files that were looked at and wait for their sender: kept below a desk, for this one person alone."""

from craftsman.portal.parts import Visit
from craftsman.store.uploads import Upload

TOO_OFTEN = "一小时内上传的文件过多，请一小时后再试。"


def must_not_flood(visit: Visit, told: str = TOO_OFTEN) -> None:
    """TooOften for whoever sends files again and again, for each is read, and many are kept."""
    visit.must_not_throng(visit.portal.limits.uploads, visit.person.login, told)


def owner_of(visit: Visit, desk: str) -> str:
    """Under what the visitor's files of a desk are kept."""
    return f"{desk}/{visit.person.login}"


def keep_own(visit: Visit, desk: str, upload: Upload) -> None:
    """Keep a file for its sender, for some days."""
    visit.place.uploads.keep(owner_of(visit, desk), upload, now=visit.now)


def own_upload(visit: Visit, desk: str, sha256: str) -> Upload:
    """A file that the visitor sent to this desk before; NotFound after some days, and for anybody else."""
    return visit.place.uploads.fetch(owner_of(visit, desk), sha256)

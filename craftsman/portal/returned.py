"""Tables that were refused, kept for their sender with the wrong cells marked; nothing else of such an upload stays."""

from collections.abc import Callable

from starlette.responses import Response

from craftsman.actions.documents import XLSX
from craftsman.errors import Refused
from craftsman.portal.downloads import attachment
from craftsman.portal.own_uploads import keep_own, own_upload
from craftsman.portal.parts import Visit
from craftsman.store.files import bare_name
from craftsman.store.uploads import Upload


def keep_returned(
    visit: Visit, desk: str, sent: Upload, marked: Callable[[bytes, Refused], bytes | None], refused: Refused
) -> str:
    """Keep the marked copy of a refused table; returns the address to fetch it from, below that of its desk.

    Empty where no cell of it is to blame.
    """
    content = marked(sent.content, refused)
    if content is None:
        return ""
    name = bare_name(sent.name)
    stem = (name.rpartition(".")[0] or name).removesuffix("-退回")
    copy = Upload(f"{stem}-退回.xlsx", content)
    keep_own(visit, desk, copy)
    return f"{desk}/returned/{copy.sha256}"


def returned_attachment(visit: Visit, desk: str, sha256: str) -> Response:
    """The marked copy that was kept for the visitor at this desk; NotFound after some days, and for anybody else."""
    copy = own_upload(visit, desk, sha256)
    return attachment(copy.content, file_name=copy.name, media_type=XLSX)

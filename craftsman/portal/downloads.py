"""Documents as answers: to be saved under their name, or the issued page itself under a policy of its own."""

import base64
import hashlib
import re
from urllib.parse import quote

from starlette.responses import Response

from craftsman.actions.documents import SUFFIXES

PDF, ZIP = "application/pdf", "application/zip"
IN_PLACE = frozenset({PDF, "image/jpeg", "image/png", "video/mp4", "video/quicktime"})
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def attachment(content: bytes, *, file_name: str, media_type: str) -> Response:
    """A file to be saved; the name in RFC 6266's two forms."""
    plain = "document" + {**SUFFIXES, ZIP: ".zip"}.get(media_type, "")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})


def shown_in_place(content: bytes, *, file_name: str, media_type: str) -> Response:
    """A picture, PDF or video within our own pages; anything else to be saved. Nothing in it may run or load."""
    if media_type not in IN_PLACE:
        return attachment(content, file_name=file_name, media_type=media_type)
    name = f"inline; filename*=UTF-8''{quote(file_name, safe='')}"
    # browsers refuse to show a PDF in a sandbox; their viewers style themselves
    rest = "style-src 'unsafe-inline'; object-src 'self'" if media_type == PDF else "sandbox"
    policy = f"default-src 'none'; frame-ancestors 'self'; base-uri 'none'; {rest}"
    headers = {"content-disposition": name, "content-security-policy": policy, "x-frame-options": "SAMEORIGIN"}
    return Response(content, media_type=media_type, headers=headers)


def issued_page(content: bytes) -> Response:
    """A page exactly as it was issued: only its own style sheet may apply, and nothing in it may run or load."""
    hashes = [base64.b64encode(hashlib.sha256(style).digest()).decode() for style in _STYLE.findall(content)]
    styles = " ".join(f"'sha256-{one}'" for one in hashes) or "'none'"
    policy = f"default-src 'none'; style-src {styles}; frame-ancestors 'none'; base-uri 'none'; sandbox"
    return Response(content, media_type="text/html", headers={"content-security-policy": policy})

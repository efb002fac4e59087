"""Office files are zips: the same content shall be the same bytes, and tell nothing of who made them when."""

import io
import zipfile
from collections.abc import Mapping

EPOCH = (1980, 1, 1, 0, 0, 0)
CORE = "docProps/core.xml"
_NO_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)


def repacked(content: bytes) -> bytes:
    """Zip again in name order with fixed dates, author, dates and titles removed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=_place):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, _NO_PROPERTIES if name == CORE else source.read(name))
    return made.getvalue()


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files in name order with fixed dates."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return made.getvalue()


def _place(name: str) -> tuple[bool, str]:
    """[Content_Types].xml comes first; some readers look for it there."""
    return name != "[Content_Types].xml", name

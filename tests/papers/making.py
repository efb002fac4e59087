"""Files as people hand them in, good and bad, made by the libraries that make them in life; all fictitious."""

import zipfile
import zlib
from io import BytesIO

from docx import Document
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GPS = 0x8825


def picture(width: int = 413, height: int = 579, mode: str = "RGB") -> Image.Image:
    """A picture with an edge, so that its orientation shows: its left half is dark."""
    drawn = Image.new("RGB", (width, height), "white")
    drawn.paste("black", (0, 0, width // 2, height))
    return drawn.convert(mode)


def jpeg(width: int = 413, height: int = 579, **options: object) -> bytes:
    return _saved(picture(width, height), "JPEG", **options)


def png(width: int = 413, height: int = 579, mode: str = "RGB", **options: object) -> bytes:
    return _saved(picture(width, height, mode), "PNG", **options)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def phone_jpeg(width: int = 800, height: int = 1122, *, orientation: int = 1) -> bytes:
    """What a phone writes: where and with what it was taken, a comment, a colour profile, an orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "虚构手机".encode()
    exif.get_ifd(GPS).update({1: "N", 2: (38.0, 2.0, 30.5), 3: "E", 4: (114.0, 30.0, 10.0)})
    return jpeg(width, height, exif=exif, comment=b"taken at home", icc_profile=b"profile", xmp=b"<x:xmpmeta/>")


def pdf(**changes: object) -> bytes:
    """A PDF of one empty page; `changes`: `password`, `action`, `attachment`."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    if "attachment" in changes:
        writer.add_attachment("secret.txt", b"secret")
    if "action" in changes:
        action = {NameObject("/S"): NameObject(str(changes["action"])), NameObject("/JS"): TextStringObject("app")}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if "password" in changes:
        writer.encrypt(str(changes["password"]))
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def packed_pdf(inner: bytes, *, dictionary: bytes = b"/Type /ObjStm", packed: bytes | None = None) -> bytes:
    """A PDF with an object stream of that content."""
    stream = zlib.compress(inner) if packed is None else packed
    head = b"%PDF-1.5\n1 0 obj\n<< " + dictionary + b" /N 1 /First 4 /Filter /FlateDecode /Length "
    return head + b"%d >>\nstream\n" % len(stream) + stream + b"\nendstream\nendobj\nstartxref\n0\n%%EOF\n"


def docx(text: str = "先进事迹（虚构）") -> bytes:
    document = Document()
    document.add_paragraph(text)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def with_entry(package: bytes, name: str, data: bytes = b"x") -> bytes:
    """The same zip package with one more entry."""
    target = BytesIO(package)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return target.getvalue()


def package(**entries: bytes) -> bytes:
    """A zip file of these entries; in their names, two underscores stand for a slash, one for a dot."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return target.getvalue()


def locked_zip(content: bytes) -> bytes:
    """The package with the flag of encryption set on its first entry, in both of its headers."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)

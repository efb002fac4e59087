"""Fictitious papers of a nominee: a drawn portrait and the scan of a certificate, both marked as made up."""

from functools import cache
from io import BytesIO
from time import struct_time

from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path

_WIDTH, _HEIGHT = 413, 579
_PAGE = (420, 594)
_SIZES = {"title": 34, "line": 20}
# scans carry the time they were made at; these always the same
_MADE = struct_time((2025, 9, 1, 0, 0, 0, 0, 244, 0))
MADE_UP = "虚构样例，仅供演练"


def sample_photo(name: str) -> bytes:
    """A two-inch portrait of nobody, told apart by the name on it."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT), "#4a90d9")
    drawn = ImageDraw.Draw(image)
    drawn.ellipse((127, 110, 287, 310), fill="#f0c8a0")
    drawn.ellipse((47, 330, 367, 760), fill="#2f3e50")
    drawn.text((_WIDTH // 2, 460), name, "white", _font("line"), anchor="mm")
    drawn.text((_WIDTH // 2, 540), MADE_UP, "white", _font("line"), anchor="mm")
    return _saved(image, "JPEG")


def sample_certificate(name: str, level: str, number: str) -> bytes:
    """The scan of a certificate that nobody issued, as a PDF."""
    image = Image.new("L", _PAGE, "white")
    drawn = ImageDraw.Draw(image)
    drawn.rectangle((20, 20, _PAGE[0] - 20, _PAGE[1] - 20), outline="black", width=3)
    drawn.text((_PAGE[0] // 2, 110), "职业技能等级证书", "black", _font("title"), anchor="mm")
    lines = (f"姓名：{name}", f"技能等级：{level}", f"证书编号：{number}", MADE_UP)
    for place, line in enumerate(lines):
        drawn.text((60, 210 + 44 * place), line, "black", _font("line"), anchor="lm")
    return _saved(image, "PDF", resolution=50.0, creationDate=_MADE, modDate=_MADE)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


@cache
def _font(use: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(sans_path(), _SIZES[use])

"""Images: read whole within bounds; two-inch photographs encoded anew, so that nothing but the picture is left."""

import struct
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from fractions import Fraction
from io import BytesIO

from PIL import Image, ImageOps

from craftsman.errors import Invalid

# the same limit for every image, asked before anything is unpacked; Pillow's own would only warn below twice its value
MOST_PIXELS = 60_000_000
Image.MAX_IMAGE_PIXELS = None
# what is wrong with a file is told by the refusal; nonsense in its EXIF matters to nobody
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
# 二寸: 35 mm x 49 mm, at 300 dpi
PHOTO_WIDTH, PHOTO_HEIGHT = 413, 579
PHOTO_ASPECT = Fraction(35, 49)
ASPECT_TOLERANCE = Fraction(1, 20)
# larger ones are scaled down to this: 900 dpi, more than any printer shows
MOST_WIDTH, MOST_HEIGHT = 3 * PHOTO_WIDTH, 3 * PHOTO_HEIGHT
MOST_SIDE = 2400
QUALITY = 92
_DPI = 300
_USUAL = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"})
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, OverflowError, IndexError, KeyError, TypeError)


def check_image(content: bytes, media: str) -> None:
    """Decode an image whole. Raises Invalid when it is damaged, cut short or too large."""
    with _opened(content, media):
        pass


def photo(content: bytes, media: str) -> bytes:
    """A two-inch photograph as a fresh JPEG, upright and without what the camera wrote into it.

    The same content gives the same bytes. Raises Invalid when the proportions are others or it is too small.
    """
    with _opened(content, media) as image:
        upright = _upright(image)
    _check_proportions(*upright.size)
    return _fresh(upright, (MOST_WIDTH, MOST_HEIGHT))


def scene(content: bytes, media: str) -> bytes:
    """A picture of whatever proportions as a fresh JPEG, upright and without what the camera wrote into it."""
    with _opened(content, media) as image:
        upright = _upright(image)
    return _fresh(upright, (MOST_SIDE, MOST_SIDE))


def _fresh(upright: Image.Image, most: tuple[int, int]) -> bytes:
    upright.thumbnail(most, Image.Resampling.LANCZOS)
    # a new picture: what hangs on the old one (EXIF, XMP, colour profile, comments) is not carried over
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    target = BytesIO()
    clean.save(target, "JPEG", quality=QUALITY, dpi=(_DPI, _DPI))
    return target.getvalue()


@contextmanager
def _opened(content: bytes, media: str) -> Generator[Image.Image]:
    damaged = Invalid("图片已损坏或不完整，无法打开，请换用原始文件")
    try:
        image = Image.open(BytesIO(content), formats=(media.upper(),))
    except _BROKEN as fault:
        raise damaged from fault
    with image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise Invalid(f"图片有 {width}×{height} 像素，超过 {MOST_PIXELS // 10_000} 万像素，请缩小后再上传")
        try:
            image.load()
        except _BROKEN as fault:
            raise damaged from fault
        yield image


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera says, in colours that a JPEG has; RGBA where there is transparency."""
    try:
        turned = ImageOps.exif_transpose(image)
    except _BROKEN:
        # nonsense in its EXIF does not make the picture worse
        turned = image
    if turned.mode not in _USUAL:
        raise Invalid("照片的颜色格式不常见（如每色 16 位），请另存为普通 JPG 后再上传")
    return turned.convert("RGBA" if turned.has_transparency_data else "RGB")


def _check_proportions(width: int, height: int) -> None:
    wanted = f"二寸照片为 35×49 毫米，宽高比约 5:7，应不少于 {PHOTO_WIDTH}×{PHOTO_HEIGHT} 像素"
    if abs(Fraction(width, height) / PHOTO_ASPECT - 1) > ASPECT_TOLERANCE:
        raise Invalid(f"照片为 {width}×{height} 像素，比例不是二寸；{wanted}，请按此裁剪后再上传")
    if width < PHOTO_WIDTH or height < PHOTO_HEIGHT:
        raise Invalid(f"照片为 {width}×{height} 像素，太小；{wanted}，请换用原始文件，不要放大")

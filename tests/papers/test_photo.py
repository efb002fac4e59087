"""Photos: two-inch proportions, upright, and nothing but the picture is kept."""

import hashlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from craftsman.errors import Invalid
from craftsman.papers.images import MOST_HEIGHT, MOST_WIDTH, photo
from tests.papers.making import GPS, jpeg, phone_jpeg, png

WANTED = "二寸照片为 35×49 毫米，宽高比约 5:7，应不少于 413×579 像素"


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def test_photo_loses_what_the_camera_wrote() -> None:
    before = phone_jpeg()
    assert (opened(before).getexif().get_ifd(GPS)[1], opened(before).info["comment"]) == ("N", b"taken at home")
    kept = photo(before, "jpeg")
    image = opened(kept)
    assert dict(image.getexif()) == {}
    assert image.getexif().get_ifd(GPS) == {}
    assert image.info.keys() == {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    assert [mark in kept for mark in (b"Exif", b"taken at home", b"profile", b"xmpmeta")] == [False] * 4


def test_photo_is_turned_upright() -> None:
    # taken with the camera on its side: stored lying, its dark half above once it stands
    kept = opened(photo(phone_jpeg(1122, 800, orientation=6), "jpeg"))
    assert kept.size == (800, 1122)
    assert [kept.getpixel((400, row))[0] < 50 for row in (100, 1000)] == [True, False]  # pyright: ignore[reportOptionalSubscript, reportIndexIssue]


def test_same_photo_gives_same_bytes() -> None:
    content = phone_jpeg()
    digests = {hashlib.sha256(photo(content, "jpeg")).hexdigest() for _ in range(3)}
    assert len(digests) == 1


def test_large_photo_is_scaled_down() -> None:
    assert opened(photo(jpeg(3500, 4900), "jpeg")).size == (1239, 1735)
    assert (MOST_WIDTH, MOST_HEIGHT) == (1239, 1737)


def test_transparent_photo_lies_on_white() -> None:
    clear = Image.new("RGBA", (413, 579), (0, 0, 0, 0))
    target = BytesIO()
    clear.save(target, "PNG")
    assert opened(photo(target.getvalue(), "png")).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_usual_png_becomes_a_jpeg(mode: str) -> None:
    kept = opened(photo(png(mode=mode), "png"))
    assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (413, 579))


@pytest.mark.parametrize(
    ("width", "height", "fault"),
    [
        (600, 600, "照片为 600×600 像素，比例不是二寸；{}，请按此裁剪后再上传"),
        (579, 413, "照片为 579×413 像素，比例不是二寸；{}，请按此裁剪后再上传"),
        (413, 626, "照片为 413×626 像素，比例不是二寸；{}，请按此裁剪后再上传"),
        (295, 413, "照片为 295×413 像素，太小；{}，请换用原始文件，不要放大"),
        (412, 579, "照片为 412×579 像素，太小；{}，请换用原始文件，不要放大"),
        (413, 578, "照片为 413×578 像素，太小；{}，请换用原始文件，不要放大"),
    ],
)
def test_wrong_size_is_told(width: int, height: int, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        photo(jpeg(width, height), "jpeg")
    assert refused.value.reason == fault.format(WANTED)


@pytest.mark.parametrize(("width", "height"), [(413, 579), (450, 600), (680, 1000)])
def test_aspect_may_be_five_percent_off(width: int, height: int) -> None:
    assert opened(photo(jpeg(width, height), "jpeg")).size == (width, height)


def test_deep_colours_are_refused() -> None:
    target = BytesIO()
    Image.new("I;16", (413, 579)).save(target, "PNG")
    with pytest.raises(Invalid, match="照片的颜色格式不常见"):
        photo(target.getvalue(), "png")


@given(width=st.integers(413, 900), height=st.integers(579, 1200))
def test_kept_photos_have_the_proportions(width: int, height: int) -> None:
    content = jpeg(width, height)
    if 0.95 <= width / height / (35 / 49) <= 1.05:
        assert opened(photo(content, "jpeg")).size == (width, height)
    else:
        with pytest.raises(Invalid, match="比例不是二寸"):
            photo(content, "jpeg")

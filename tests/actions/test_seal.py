"""The slot of the seal on certificates: a picture that the settings name, or room for a stamp."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from craftsman.actions.documents import document_bytes
from craftsman.actions.workplace import Workplace
from craftsman.errors import Refused
from tests.actions.make_announced import announced, kept
from tests.documents.leaking import photograph


def sealed_by(place: Workplace, file: Path) -> Workplace:
    return replace(place, settings=place.settings.model_copy(update={"seal_file": file}))


def pictures(place: Workplace) -> int:
    """How many pictures the first certificate bears; the QR code is drawn, and is none."""
    pdf = document_bytes(place, kept(announced(place), "certificate")[0])
    return len(PdfReader(io.BytesIO(pdf)).pages[0].images)


def test_seal_stands_in_its_slot(place: Workplace, tmp_path: Path) -> None:
    file = tmp_path / "seal.png"
    Image.new("RGBA", (40, 40), (200, 20, 20, 200)).save(file)
    assert pictures(sealed_by(place, file)) == 1


def test_slot_stays_free_without_a_seal(place: Workplace) -> None:
    assert pictures(place) == 0


@pytest.mark.parametrize("name", ["none.png", "seal.jpg"])
def test_unusable_seals_are_refused(place: Workplace, tmp_path: Path, name: str) -> None:
    (tmp_path / "seal.jpg").write_bytes(photograph())
    with pytest.raises(Refused, match="印章须为完整的 PNG 图片"):
        announced(sealed_by(place, tmp_path / name))

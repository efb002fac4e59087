"""Made-up papers are what their kinds ask for, always the same, and say that they are made up."""

from io import BytesIO

from PIL import Image
from pypdf import PdfReader

from craftsman.papers.handing_in import HandedIn, ready_paper
from craftsman.sample.papers import sample_certificate, sample_photo
from tests.actions.test_papers import PAPERS


def test_photo_is_a_two_inch_one() -> None:
    made = ready_paper(HandedIn("1", "photo", "照片.jpg", sample_photo("艾力·吐尔逊")), PAPERS["photo"])
    assert Image.open(BytesIO(made.content)).size == (413, 579)


def test_certificate_is_one_page() -> None:
    scan = sample_certificate("某喆", "技师", "S1")
    ready_paper(HandedIn("1", "certificate", "证书.pdf", scan), PAPERS["certificate"])
    assert len(PdfReader(BytesIO(scan)).pages) == 1


def test_people_have_papers_of_their_own() -> None:
    photos = {sample_photo(name) for name in ("某甲", "某乙", "某甲")}
    scans = {sample_certificate("某甲", "技师", number) for number in ("S1", "S2", "S1")}
    assert (len(photos), len(scans)) == (2, 2)

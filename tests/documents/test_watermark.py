import io

from pypdf import PdfReader

from craftsman.documents import render
from craftsman.documents.leaks import leaks
from craftsman.documents.watermark import UNRELEASED, marked_html, marked_pdf
from tests.documents.make_documents import MADE_AT, make_certificate, make_decision

VIEWER = "经办某 2026-04-27 09:00"


def pages(content: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def test_every_page_bears_the_viewer() -> None:
    plain = render.decision_pdf(make_decision(), MADE_AT)
    marked = pages(marked_pdf(plain, VIEWER, MADE_AT))
    assert len(marked) == len(pages(plain)) == 3
    assert [UNRELEASED in page and "经办某2026-04-2709:00" in page for page in marked] == [True] * 3
    assert [text in page for text, page in zip(pages(plain), marked, strict=True)] == [True] * 3


def test_watermark_keeps_the_page_size() -> None:
    marked = marked_pdf(render.certificate_pdf(make_certificate(), MADE_AT), VIEWER, MADE_AT)
    box = PdfReader(io.BytesIO(marked)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (842, 595)
    assert leaks(marked) == []


def test_html_bears_the_viewer_as_text() -> None:
    marked = marked_html(render.decision_html(make_decision()), "<b>某</b>").decode()
    assert marked.count("&lt;b&gt;某&lt;/b&gt;") == 60
    assert marked.endswith("</div></body>\n</html>")

"""A watermark over what has not been released: who looked at it and when, so that a leaked copy tells its way."""

import html
import io
from datetime import datetime

from pypdf import PageObject, PdfReader, PdfWriter

from craftsman.documents.typesetting import FREE_SANS, literal, pdfs

UNRELEASED = "未放行，仅供内部核对"
_TIMES = 60
_STYLE = (
    "position:fixed;inset:-50%;z-index:9;overflow:hidden;pointer-events:none;transform:rotate(-24deg);"
    "color:#8a1018;opacity:.16;font:1.1rem/5 sans-serif;text-indent:0;text-align:left"
)


def marked_html(content: bytes, text: str) -> bytes:
    """The page under its watermark, on paper too."""
    line = html.escape(f"{UNRELEASED} · {text}".replace(" ", "\u00a0"))
    lines = "　　 ".join([line] * _TIMES)
    mark = f'<div aria-hidden="true" style="{_STYLE}">{lines}</div>'.encode()
    head, end, tail = content.rpartition(b"</body>")
    return head + mark + end + tail if end else content + mark


def marked_pdf(content: bytes, text: str, timestamp: datetime) -> bytes:
    """The document with a watermark over each page, whatever their sizes."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    marks: dict[tuple[float, float], PageObject] = {}
    for page in writer.pages:
        size = float(page.mediabox.width), float(page.mediabox.height)
        if size not in marks:
            marks[size] = PdfReader(io.BytesIO(next(pdfs([_source(size, text)], timestamp)))).pages[0]
        page.merge_page(marks[size])
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _source(size: tuple[float, float], text: str) -> str:
    """A page of that size with the text in slanting rows."""
    width, height = size
    return f"""
#set page(width: {width}pt, height: {height}pt, margin: 0pt)
#set text(font: "{FREE_SANS}", size: 13pt, fill: rgb(138, 16, 24, 46))
#let line = {literal(f"{UNRELEASED} · {text}")}
#for row in range(12) {{
  let across = calc.rem(row, 2) * 90pt - 40pt
  place(top + left, dx: across, dy: row * {height / 10}pt, rotate(-24deg, box(width: 1200pt)[#line #h(5em) #line]))
}}
"""

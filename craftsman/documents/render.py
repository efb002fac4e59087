"""Rendering what is issued: every kind of document as HTML, DOCX and PDF from one context, lists as workbooks too.

Same input, same bytes. Nothing here reads a clock or keeps a file. A kind is a folder (craftsman.documents.kinds).
"""

import base64
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from craftsman.documents.contexts import Certificate, Clearance, Decision, Notice
from craftsman.documents.facts import Context, RoundPaper
from craftsman.documents.kinds import TEMPLATES, Kind, forms, kind_of, template
from craftsman.documents.summary import summary_xlsx
from craftsman.documents.typesetting import literal, pdfs
from craftsman.documents.word import docx
from craftsman.documents.wording import FILTERS, composed
from craftsman.documents.workbook import score_explanation_xlsx

__all__ = [
    "certificate_pdf",
    "certificates",
    "clearance_html",
    "decision_docx",
    "decision_html",
    "decision_pdf",
    "html",
    "notice_docx",
    "notice_html",
    "notice_pdf",
    "pdf",
    "rendered",
    "score_explanation_xlsx",
]


def rendered(kind: Kind, context: Context, timestamp: datetime, folder: Path = TEMPLATES) -> dict[str, bytes]:
    """A document in every form its kind has (html, docx, pdf, xlsx). Raises Refused for a character no font has."""
    values = composed(kind, context, folder)
    made: dict[str, bytes] = {}
    for form in forms(kind, folder):
        if form == "html":
            made[form] = html(kind, values, folder)
        elif form == "docx":
            made[form] = docx(template(kind.name, "docx", folder), values, folder)
        elif form == "pdf":
            made[form] = pdf(kind, values, timestamp, folder)
        elif isinstance(context, RoundPaper):
            made[form] = summary_xlsx(kind, values["heading"], context.nominees)
    return made


def html(kind: Kind, values: dict[str, Any], folder: Path = TEMPLATES) -> bytes:
    """One self-contained page, UTF-8, from composed values."""
    return _pages(folder).get_template(template(kind.name, "html", folder)).render(values).encode()


def pdf(kind: Kind, values: dict[str, Any], timestamp: datetime, folder: Path = TEMPLATES) -> bytes:
    """PDF/A from composed values. Raises Refused for a character that no font has."""
    return next(pdfs([_typst(kind, values, folder)], timestamp, folder))


def notice_html(notice: Notice) -> bytes:
    """A public notice as one self-contained page."""
    return _one(notice, "html")


def notice_pdf(notice: Notice, timestamp: datetime) -> bytes:
    """A public notice as PDF/A."""
    return _one(notice, "pdf", timestamp)


def notice_docx(notice: Notice) -> bytes:
    """A public notice as DOCX, without author or dates of making."""
    return _one(notice, "docx")


def decision_html(decision: Decision) -> bytes:
    """A decision or circular as one self-contained page."""
    return _one(decision, "html")


def decision_pdf(decision: Decision, timestamp: datetime) -> bytes:
    """A decision or circular as PDF/A, under a red head where it has a number."""
    return _one(decision, "pdf", timestamp)


def decision_docx(decision: Decision) -> bytes:
    """A decision or circular as DOCX, under a red head where it has a number."""
    return _one(decision, "docx")


def clearance_html(slip: Clearance) -> bytes:
    """The slip 公示无异议 as one self-contained page to be printed and stamped, UTF-8."""
    return _pages(TEMPLATES).get_template("_base/clearance.html").render(slip=slip).encode()


def certificate_pdf(certificate: Certificate, timestamp: datetime) -> bytes:
    """One certificate, A4 landscape, as PDF/A."""
    return next(certificates((certificate,), timestamp))


def certificates(issued: Iterable[Certificate], timestamp: datetime) -> Iterator[bytes]:
    """A PDF for each certificate, in order, one at a time; the compiler stays warm."""
    kind = kind_of("certificate")
    return pdfs((_typst(kind, composed(kind, one), TEMPLATES) for one in issued), timestamp)


def _one(document: Notice | Decision, form: str, timestamp: datetime | None = None) -> bytes:
    kind = kind_of(document.kind)
    values = composed(kind, document)
    if timestamp is not None:
        return pdf(kind, values, timestamp)
    return html(kind, values) if form == "html" else docx(template(kind.name, form), values)


def _qr(url: str) -> Markup:
    """The code as SVG; the mask is fixed, or the picture might change with the library."""
    drawn = io.BytesIO()
    segno.make_qr(url, error="m", mask=3).save(drawn, kind="svg", border=0, xmldecl=False, omitsize=True)
    return Markup(drawn.getvalue().decode())  # noqa: S704  (of squares only)


def _typst(kind: Kind, values: dict[str, Any], folder: Path) -> str:
    return _sources(folder).get_template(template(kind.name, "pdf", folder)).render(values)


def seal_picture(png: bytes) -> str:
    """The picture of a seal in an SVG around it: a source is text and holds no other picture. Empty without one."""
    if not png:
        return ""
    data = base64.b64encode(png).decode()
    size = 'width="100" height="100"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">'
        f'<image {size} xlink:href="data:image/png;base64,{data}"/></svg>'
    )


@cache
def _pages(folder: Path) -> SandboxedEnvironment:
    return _environment(folder, autoescape=True, trim_blocks=True, lstrip_blocks=True)


@cache
def _sources(folder: Path) -> SandboxedEnvironment:
    """Typst has no autoescape: every value becomes a string literal instead."""
    return _environment(folder, autoescape=False, finalize=literal)


def _environment(folder: Path, **options: Any) -> SandboxedEnvironment:
    made = SandboxedEnvironment(loader=FileSystemLoader(folder), undefined=StrictUndefined, **options)
    made.filters.update(FILTERS)
    made.filters["qr"] = _qr
    return made

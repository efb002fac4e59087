"""Rendering what is issued: notices and decisions as HTML, PDF and DOCX, certificates, score explanations.

Same input, same bytes. Nothing here reads a clock or keeps a file.
"""

import base64
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from craftsman.documents.contexts import Certificate, Decision, Notice
from craftsman.documents.typesetting import TEMPLATES, literal, pdf, pdfs
from craftsman.documents.word import decision_docx, notice_docx
from craftsman.documents.wording import chinese_date, paragraphs, title_lines
from craftsman.documents.workbook import score_explanation_xlsx

__all__ = [
    "certificate_pdf",
    "certificates",
    "decision_docx",
    "decision_html",
    "decision_pdf",
    "notice_docx",
    "notice_html",
    "notice_pdf",
    "score_explanation_xlsx",
]


def notice_html(notice: Notice) -> bytes:
    """A public notice as one self-contained page, UTF-8."""
    return _html("notice/notice.html", notice=notice, paragraphs=paragraphs(notice))


def notice_pdf(notice: Notice, timestamp: datetime) -> bytes:
    """A public notice as PDF/A. Raises Refused for a character that no font has."""
    return pdf(_typst("notice/notice.typ", notice=notice, paragraphs=paragraphs(notice)), timestamp)


def decision_html(decision: Decision) -> bytes:
    """A decision or circular as one self-contained page, UTF-8."""
    return _html("decision/decision.html", decision=decision, paragraphs=paragraphs(decision))


def decision_pdf(decision: Decision, timestamp: datetime) -> bytes:
    """A decision or circular as PDF/A, under a red head where it has a number. Raises Refused as notice_pdf."""
    return pdf(_typst("decision/decision.typ", decision=decision, paragraphs=paragraphs(decision)), timestamp)


def certificate_pdf(certificate: Certificate, timestamp: datetime) -> bytes:
    """One certificate, A4 landscape, as PDF/A. Raises Refused as notice_pdf."""
    return next(certificates((certificate,), timestamp))


def certificates(issued: Iterable[Certificate], timestamp: datetime) -> Iterator[bytes]:
    """A PDF for each certificate, in order, one at a time; the compiler stays warm."""
    return pdfs(map(_certificate_source, issued), timestamp)


def _certificate_source(certificate: Certificate) -> str:
    qr, seal = _qr(certificate.verify_url), _seal(certificate.seal)
    return _typst("certificate/certificate.typ", certificate=certificate, qr=qr, seal=seal)


def _qr(url: str) -> str:
    """The code as SVG; the mask is fixed, or the picture might change with the library."""
    drawn = io.BytesIO()
    segno.make_qr(url, error="m", mask=3).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()


def _seal(png: bytes) -> str:
    """The picture of a seal in an SVG around it: a source is text and holds no other picture. Empty without one."""
    if not png:
        return ""
    data = base64.b64encode(png).decode()
    size = 'width="100" height="100"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">'
        f'<image {size} xlink:href="data:image/png;base64,{data}"/></svg>'
    )


def _html(template: str, **values: Any) -> bytes:
    return _pages.get_template(template).render(values).encode()


def _typst(template: str, **values: Any) -> str:
    return _sources.get_template(template).render(values)


_loader = FileSystemLoader(TEMPLATES)
_pages = Environment(loader=_loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
# Typst has no autoescape: every value becomes a string literal instead.
_sources = Environment(loader=_loader, autoescape=False, undefined=StrictUndefined, finalize=literal)  # noqa: S701
_filters: dict[str, Any] = {"chinese_date": chinese_date, "title_lines": title_lines}
_pages.filters.update(_filters)
_sources.filters.update(_filters)

"""DOCX by docxtpl: the same words as the other forms, on templates that an office can edit."""

import io
from pathlib import Path
from typing import Any

import segno
from docx.document import Document
from docx.shared import Mm, Twips
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from craftsman.documents.archive import repacked
from craftsman.documents.docx_parts import CELL, DAY, SIGNED
from craftsman.documents.kinds import TEMPLATES
from craftsman.documents.wording import FILTERS, signature_indents

QR_SIZE = Mm(26)


def docx(template: str, values: dict[str, Any], folder: Path = TEMPLATES) -> bytes:
    """A document as DOCX from composed values, without author or dates of making."""
    document = DocxTemplate(folder / template)
    shown = values | {"qr": _qr(document, values["verify_url"])} if "verify_url" in values else values
    document.render(shown, _environment, autoescape=True)
    assert document.docx is not None
    _place_signature(document.docx, values)
    made = io.BytesIO()
    document.save(made)
    return repacked(made.getvalue())


def _place_signature(document: Document, values: dict[str, Any]) -> None:
    """A template cannot measure: name and date, known by their styles, are set in as far as the standard asks."""
    indents = signature_indents(values["signed"], values["signed_on"], sealed=values["sealed"])
    for style, indent in zip((SIGNED, DAY), indents, strict=True):
        for properties in document.element.body.xpath(
            f"w:p/w:pPr[w:pStyle/@w:val='{document.styles[style].style_id}']"
        ):
            properties.ind_right = Twips(round(indent * CELL))


def _qr(document: DocxTemplate, url: str) -> InlineImage:
    drawn = io.BytesIO()
    segno.make_qr(url, error="m", mask=3).save(drawn, kind="png", border=0, scale=8)
    return InlineImage(document, drawn, width=QR_SIZE)


def _plain(value: object) -> object:
    """Control characters would be layout to docxtpl, and no XML at all to Word."""
    if not isinstance(value, str):
        return value
    return "".join(mark if mark >= " " and mark != "\x7f" else " " for mark in value)


_environment = SandboxedEnvironment(undefined=StrictUndefined, finalize=_plain, autoescape=True)
_environment.filters.update(FILTERS)

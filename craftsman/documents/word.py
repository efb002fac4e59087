"""DOCX by docxtpl: the same words as the other forms, on templates that an office can edit."""

import io
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from craftsman.documents.archive import repacked
from craftsman.documents.contexts import Decision, Notice
from craftsman.documents.typesetting import TEMPLATES
from craftsman.documents.wording import chinese_date, paragraphs, title_lines


def notice_docx(notice: Notice) -> bytes:
    """A public notice as DOCX, without author or dates of making."""
    return _render("notice/notice.docx", _shared(notice))


def decision_docx(decision: Decision) -> bytes:
    """A decision or circular as DOCX, under a red head where it has a number."""
    own = {"doc_number": decision.doc_number, "recipients": decision.main_recipients}
    return _render("decision/decision.docx", _shared(decision) | own)


def _shared(document: Notice | Decision) -> dict[str, Any]:
    return {
        "title_lines": title_lines(document.title),
        "paragraphs": paragraphs(document),
        "list_title": document.list_title,
        "list_lines": title_lines(document.list_title),
        "issuer": document.issuer,
        "issued_on": chinese_date(document.issued_on),
        "tiers": document.tiers,
    }


def _render(template: str, values: dict[str, Any]) -> bytes:
    document = DocxTemplate(TEMPLATES / template)
    document.render(values, _environment, autoescape=True)
    made = io.BytesIO()
    document.save(made)
    return repacked(made.getvalue())


def _plain(value: object) -> object:
    """Control characters would be layout to docxtpl, and no XML at all to Word."""
    if not isinstance(value, str):
        return value
    return "".join(mark if mark >= " " and mark != "\x7f" else " " for mark in value)


_environment = SandboxedEnvironment(undefined=StrictUndefined, finalize=_plain, autoescape=True)

"""The text of the forms without white space: forms differ in that alone."""

import io
import re

import docx
from pypdf import PdfReader

from craftsman.documents import scan


def pdf_text(content: bytes) -> str:
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return bare("".join(re.sub(r"— *\d+ *—\s*$", "", page.strip()) for page in pages))


def html_text(content: bytes) -> str:
    body = content.decode().partition("<main>")[2].encode()
    return bare(scan.public_text_html(body))


def docx_text(content: bytes) -> str:
    body = docx.Document(io.BytesIO(content)).element.body
    return bare("".join(node.text or "" for node in body.iter("{*}t")))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)

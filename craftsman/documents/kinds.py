"""Kinds of documents: each is a folder of templates with a `kind.toml`, and nothing more."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from craftsman.errors import Invalid, NotFound

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates" / "documents"
BASE = "_base"
FORMS = ("html", "docx", "pdf", "xlsx")
_SOURCES = {"html": "html", "docx": "docx", "pdf": "typ"}
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")

About = Literal["round", "notice", "case", "objection", "unit", "stage", "award"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Enclosed(_Strict):
    """An 附件: its title, and the file with its paragraphs; without a file, it is the list of names."""

    title: str
    wording: str = ""


class Imprint(_Strict):
    """版记: who gets a copy, who printed it."""

    printed_by: str
    copies_to: str = ""


class Column(_Strict):
    """A column of a kind's workbook: a nominee's `field` under `head`, `width` in digits."""

    head: str
    field: str
    width: int = 14


class Kind(_Strict):
    """What `kind.toml` says. Texts are Jinja2 templates over the same context as the wording.

    `about` is what a document of this kind is of; `red_head` puts issuer and number on top, where there is a number;
    `sealed` leaves room for a seal on the signature. `issued_by`: the act that makes it, where nobody else may.
    """

    name: str
    title: str
    about: About = "round"
    heading: str = ""
    number: str = "{{ doc_number }}"
    recipients: str = ""
    issuer: str = "{{ issuer }}"
    red_head: bool = False
    sealed: bool = True
    issued_by: str = ""
    imprint: Imprint | None = None
    enclosures: tuple[Enclosed, ...] = ()
    columns: tuple[Column, ...] = ()


def kind_of(name: str, folder: Path = TEMPLATES) -> Kind:
    """The kind in the folder of that name. NotFound where there is none, Invalid where its kind.toml is wrong."""
    file = folder / name / "kind.toml"
    if not _NAME.fullmatch(name) or not file.is_file():
        raise NotFound(f"没有“{name}”这种文件；现有：{'、'.join(names(folder))}。")
    return _read(file, file.stat().st_mtime_ns)


def names(folder: Path = TEMPLATES) -> list[str]:
    """The kinds there are, by name."""
    return sorted(file.parent.name for file in folder.glob("*/kind.toml") if _NAME.fullmatch(file.parent.name))


def forms(kind: Kind, folder: Path = TEMPLATES) -> tuple[str, ...]:
    """The forms that a kind is rendered in: a wording gives all three of the base, own templates their own."""
    worded = (folder / kind.name / "wording.txt").is_file()
    texts = [form for form in _SOURCES if worded or (folder / kind.name / f"{kind.name}.{_SOURCES[form]}").is_file()]
    return (*texts, "xlsx") if kind.columns else tuple(texts)


def template(kind: str, form: str, folder: Path = TEMPLATES) -> str:
    """The template of a kind in a form, as a path below the folder: its own one, else that of all letters."""
    own = f"{kind}/{kind}.{_SOURCES[form]}"
    return own if (folder / own).is_file() else f"{BASE}/letter.{_SOURCES[form]}"


@cache
def _read(file: Path, changed: int) -> Kind:
    _ = changed
    try:
        return Kind.model_validate({"name": file.parent.name, **tomllib.loads(file.read_text(encoding="utf-8"))})
    except (tomllib.TOMLDecodeError, ValidationError) as fault:
        raise Invalid(f"{file.parent.name}/kind.toml 有误，请改正：{fault}") from fault

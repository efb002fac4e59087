"""The texts of letters: one folder under templates/mail for each, rendered and put into an e-mail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta, select_autoescape

from craftsman.clock import day
from craftsman.mail.addresses import on_the_wire
from craftsman.mail.recipients import reached, sealed_words
from craftsman.settings import HOME
from craftsman.store.secrets import Secrets
from models import Message

TEMPLATES = HOME / "templates" / "mail"
PARTS = ("subject.txt", "body.txt", "body.html")
# known from the row of the outbox; every other name comes with the letter's context
SUPPLIED = frozenset({"recipient_name", "written_on"})
_NAME = re.compile(r"[a-z]+(-[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's words; the subject is one line."""

    subject: str
    text: str
    html: str


def render(letter: str, context: Mapping[str, object]) -> Rendered:
    """Fill a letter in. Raises jinja2.TemplateError for an unknown letter or a name that the context lacks."""
    subject, text, html = (_templates.get_template(f"{letter}/{part}").render(context) for part in PARTS)
    return Rendered(" ".join(subject.split()), text, html)


@cache
def names_needed(letter: str) -> frozenset[str]:
    """The context names a letter uses, those of the base with them. Raises ValueError for an unknown letter."""
    if not _NAME.fullmatch(letter) or not (TEMPLATES / letter).is_dir():
        raise ValueError(f"no letter {letter!r} in templates/mail")
    files = [f"{folder}/{part}" for folder in (letter, "_base") for part in PARTS]
    return frozenset().union(*map(_names_in, files)) - SUPPLIED


def words_of(row: Message, name: str, sealed: Mapping[str, str] = MappingProxyType({})) -> Rendered:
    """The words of a letter in the outbox to somebody of this name; without the `sealed` ones it says that they are.

    Raises as `render`.
    """
    supplied = {"recipient_name": name, "written_on": _written_on(row.queued_at)}
    return render(row.letter, {**row.context, **sealed, **supplied})


def as_message(row: Message, sender: str, now: datetime, secrets: Secrets | None = None) -> EmailMessage:
    """The e-mail of a row of the outbox; a repeat differs in its Date only. Raises as `render`, and as `reached`."""
    name, address = reached(row, secrets)
    words = words_of(row, name, sealed_words(row, secrets))
    message = EmailMessage()
    message["From"] = _address(*parseaddr(sender))
    message["To"] = _address(name, address)
    message["Subject"] = words.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = row.message_id
    message["Auto-Submitted"] = "auto-generated"
    # base64 is shortest for Chinese; the library would try all encodings to find that out
    message.set_content(words.text, cte="base64")
    message.add_alternative(words.html, subtype="html", cte="base64")
    return message


def _address(name: str, address: str) -> Address:
    return Address(display_name=name, addr_spec=on_the_wire(address))


def _written_on(instant: datetime) -> str:
    date = day(instant)
    return f"{date.year}年{date.month}月{date.day}日"


def _names_in(file: str) -> frozenset[str]:
    if not (TEMPLATES / file).exists():
        return frozenset()
    source = (TEMPLATES / file).read_text(encoding="utf-8")
    return frozenset(meta.find_undeclared_variables(_templates.parse(source)))


_templates = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    autoescape=select_autoescape(("html",), default=False),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)

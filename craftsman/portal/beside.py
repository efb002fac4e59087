"""Stands each reason of a refused form beside its field, for all forms alike.

Acts say what is wrong in whole sentences and know no fields. A sentence that names a field by its label is shown there
too, and the summary on top links to it. What fits no label stays in the summary alone.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape

from markupsafe import Markup, escape

from craftsman.rules.labels import bare_label, named_in

LABEL = re.compile(r'<label for="([\w.-]+)">(.*?)</label>', re.DOTALL)
TAGS = re.compile(r"<[^>]+>")


def beside_fields(html: str, lines: Sequence[str], chinese: str | None = None, said: Callable[[str], str] = str) -> str:
    """The page with these sentences beside the fields that they name.

    Sentences know the Chinese labels: of a page in English they are `said` beside the fields of its `chinese` twin.
    """
    for field, line in _found(html if chinese is None else chinese, lines):
        html = _marked(html, field, said(line))
    return html


def _found(html: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Of each sentence, the field whose label it names first, the longest where several begin there."""
    labels = {field: bare_label(unescape(TAGS.sub("", text))) for field, text in LABEL.findall(html)}
    for line in lines:
        if (field := named_in(line, labels)) is not None:
            del labels[field]
            yield field, line


def _marked(html: str, field: str, line: str) -> str:
    control = re.search(rf'<(?:input|select|textarea)\b[^>]*\bid="{re.escape(field)}"[^>]*>', html)
    if control is None or "aria-invalid" in control[0]:
        return html
    told = f"{field}-fault"
    tag = control[0]
    described = f'aria-describedby="{told} ' if 'aria-describedby="' in tag else ""
    changed = tag.replace('aria-describedby="', described) if described else _with(tag, f'aria-describedby="{told}"')
    fault = Markup('<span class="fault" id="{}">{}</span>').format(told, line)
    html = html.replace(tag, str(fault) + _with(changed, 'aria-invalid="true"'), 1)
    return _linked(html, field, str(escape(line)))


def _with(tag: str, attribute: str) -> str:
    name, space, rest = tag.partition(" ")
    return f"{name} {attribute}{space}{rest}"


def _linked(html: str, field: str, line: str) -> str:
    """The sentence of the summary as a link to its field."""
    for before, after in (("<strong>", "</strong>"), ("<li>", "</li>")):
        html = html.replace(f"{before}{line}{after}", f'{before}<a href="#{field}">{line}</a>{after}', 1)
    return html

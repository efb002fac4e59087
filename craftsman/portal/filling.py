"""A page with one of its forms filled in as it was typed before; all else of it stays byte for byte."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from craftsman.actions.form_drafts import Kept
from craftsman.clock import instant
from craftsman.portal.forms import OWN

KEPT = "kept"
# what the browser fills in itself, or what somebody must tick or choose again with open eyes
NEVER = frozenset({"hidden", "password", "file", "submit", "button", "image", "reset"})
AGAIN = frozenset({"confirmed", KEPT})
TOLD = "已恢复您 {} 填写的内容，尚未提交。请核对后提交；密码、文件和确认的方框须重新填写。"
LOST = "您 {} 填写的内容尚未提交，本页已没有那个表单。所填内容如下，可复制后使用："

Attributes = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class _Tag:
    """A start tag of a form: where it stands in the page; `inner` is where the text of a text area ends."""

    name: str
    attributes: Attributes
    start: int
    end: int
    select: str = ""

    @property
    def kind(self) -> str:
        return (self.attributes.get("type") or "text").lower() if self.name == "input" else self.name

    @property
    def field(self) -> str:
        return self.attributes.get("name") or ""


@dataclass(slots=True)
class _Found:
    """A form of the page with its fields, the folds it lies in, and the ends of its text areas by their beginnings."""

    action: str
    end: int
    folds: list[_Tag]
    tags: list[_Tag] = field(default_factory=list[_Tag])
    ends: dict[int, int] = field(default_factory=dict[int, int])


class _Finder(HTMLParser):
    """Finds all forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.forms: list[_Found] = []
        self._starts = [0]
        for line in page.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._form: _Found | None = None
        self._select = ""
        self._area = 0
        self._folds: list[_Tag] = []
        self.main = 0
        self.feed(page)

    def _here(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start, found = self._here(), dict(attrs)
        end = start + len(self.get_starttag_text() or "")
        if tag == "details":
            self._folds.append(_Tag(tag, found, start, end))
        if found.get("id") == "main":
            self.main = end
        if tag == "form":
            self._form = _Found((found.get("action") or "").partition("#")[0], end, [*self._folds])
            self.forms.append(self._form)
        if self._form is None or tag not in {"input", "textarea", "select", "option"}:
            return
        self._select = (found.get("name") or "") if tag == "select" else self._select
        self._area = end if tag == "textarea" else self._area
        self._form.tags.append(_Tag(tag, found, start, end, self._select))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._form is not None:
            self._form.ends[self._area] = self._here()
        if tag == "select":
            self._select = ""
        if tag == "details" and self._folds:
            self._folds.pop()
        if tag == "form":
            self._form = None


def filled(page: str, kept: Kept) -> str:
    """The page with the draft in the form that it is of, which says so; where that form is gone, its text is shown."""
    values = _values(kept)
    found = _Finder(page)
    form = next((one for one in found.forms if _is_of(one, kept.form, values)), None)
    if form is None:
        return page[: found.main] + _lost(kept) + page[found.main :]
    told = f'<p class="done" role="status">{TOLD.format(instant(kept.saved_at))}</p>'
    edits = [
        (found.main, found.main, told),
        (form.end, form.end, f'<input type="hidden" name="{KEPT}" value="yes">'),
        *(_marked(fold, "open", on=True) for fold in form.folds),
    ]
    for tag in form.tags:
        edits += _edits(tag, form.ends, values)
    for start, end, text in sorted(edits, reverse=True):
        page = page[:start] + text + page[end:]
    return page


def _values(kept: Kept) -> dict[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for name, value in kept.fields:
        values[name].append(value)
    return values


def _is_of(form: _Found, action: str, values: Mapping[str, Sequence[str]]) -> bool:
    """Whether a form is sent to that path and stands for the same thing: its hidden fields tell which."""
    told = [tag for tag in form.tags if tag.kind == "hidden" and tag.field not in OWN | AGAIN]
    same = all((tag.attributes.get("value") or "") in values.get(tag.field, ()) for tag in told if _tells(tag))
    return form.action == action and same


def _tells(tag: _Tag) -> bool:
    """Digests and versions of a page are another each time; what a row is called is not."""
    return tag.field not in {"digest", "version", "draft_version"}


def _edits(tag: _Tag, ends: Mapping[int, int], values: dict[str, list[str]]) -> list[tuple[int, int, str]]:
    if tag.kind in NEVER or tag.field in AGAIN or "disabled" in tag.attributes:
        return []
    value = tag.attributes.get("value")
    if tag.name == "option" and value is not None and tag.select in values:
        return [_marked(tag, "selected", on=value in values[tag.select])]
    if tag.kind in {"checkbox", "radio"}:
        return [_marked(tag, "checked", on=(value or "on") in values.get(tag.field, ()))]
    if tag.name == "textarea" and values.get(tag.field):
        return [(tag.end, ends.get(tag.end, tag.end), escape(values[tag.field].pop(0)))]
    if tag.name == "input" and values.get(tag.field):
        return [(tag.start, tag.end, _written("input", {**tag.attributes, "value": values[tag.field].pop(0)}))]
    return []


def _marked(tag: _Tag, mark: str, *, on: bool) -> tuple[int, int, str]:
    attributes = {name: value for name, value in tag.attributes.items() if name != mark}
    return tag.start, tag.end, _written(tag.name, {**attributes, **({mark: None} if on else {})})


def _written(name: str, attributes: Attributes) -> str:
    parts = [one if value is None else f'{one}="{escape(value)}"' for one, value in attributes.items()]
    return f"<{' '.join([name, *parts])}>"


def _lost(kept: Kept) -> str:
    rows = "".join(f"<p class='prose'>{escape(value)}</p>" for name, value in kept.fields if value and name not in OWN)
    return f'<section class="card"><p role="status">{LOST.format(instant(kept.saved_at))}</p>{rows}</section>'

"""Sentences of templates: the runs of Chinese text between tags, found in the parsed template, which stays plain.

A run such as `共 {{ count }} 人` becomes the message `共 {count} 人`; what comes back in a form is none.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from jinja2 import nodes

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
TAG_END, TAG = re.compile(r'"|>'), re.compile(r"<(/?)([a-zA-Z0-9]+)|<!--.*?-->", re.DOTALL)
SPOKEN = re.compile(r'\b(title|alt|placeholder|aria-label|aria-description|data-label)="$')
SPACE = re.compile(r"\s+")
# their text comes back to us as it stands
UNTOUCHED = frozenset({"textarea", "script", "style", "code"})

Part = nodes.TemplateData | nodes.Expr
Rewrite = Callable[[Sequence[Part]], Sequence[nodes.Expr]]


@dataclass
class _State:
    """Where in the HTML the walk stands: inside a tag, inside a quoted attribute, and of what element."""

    tag: str = ""
    quoted: bool = False
    spoken: bool = False
    element: str = ""
    valued: bool = True
    run: list[Part] = field(default_factory=list[Part])

    def copy(self) -> "_State":
        return _State(self.tag, self.quoted, self.spoken, self.element, self.valued)

    @property
    def told(self) -> bool:
        """Whether what stands here is read by people and comes back in no form."""
        if self.tag:
            return self.spoken
        return self.element not in UNTOUCHED and (self.element != "option" or self.valued)


class Walk:
    """Goes through a template in the order of its text and hands each run to `rewrite`."""

    def __init__(self, rewrite: Rewrite) -> None:
        self._rewrite = rewrite

    def template(self, tree: nodes.Template) -> nodes.Template:
        """The template with its runs rewritten."""
        self._body(tree.body, _State())
        return tree

    def _body(self, body: list[nodes.Node], state: _State) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                node.nodes = self._output(node.nodes, state)
            elif isinstance(node, nodes.If):
                self._branches(node, state)
            elif isinstance(node, nodes.Macro | nodes.Block | nodes.CallBlock):
                self._body(node.body, _State())
            else:
                self._inner(node, state)

    def _branches(self, node: nodes.If, state: _State) -> None:
        before = state.copy()
        self._body(node.body, state)
        for branch in (*(one.body for one in node.elif_), node.else_):
            self._body(branch, before.copy())

    def _inner(self, node: nodes.Node, state: _State) -> None:
        for name in ("body", "else_"):
            if isinstance(inner := getattr(node, name, None), list):
                self._body(inner, state)

    def _output(self, parts: Sequence[nodes.Expr], state: _State) -> list[nodes.Expr]:
        made: list[nodes.Expr] = []
        for part in parts:
            if isinstance(part, nodes.TemplateData):
                for text in _pieces(part.data, state, flush=lambda: made.extend(self._flushed(state))):
                    state.run.append(nodes.TemplateData(text))
            else:
                state.run.append(part)
        made.extend(self._flushed(state))
        return made

    def _flushed(self, state: _State) -> Sequence[nodes.Expr]:
        run, state.run = state.run, []
        return self._rewrite(run) if state.told else run


def _pieces(data: str, state: _State, flush: Callable[[], None]) -> Iterator[str]:
    """The texts of a piece of HTML; `flush` is called wherever a run ends, before the state changes."""
    place = 0
    while place < len(data):
        found = (TAG_END if state.tag else TAG).search(data, place)
        if state.quoted:
            found = re.compile('"').search(data, place)
        end = found.end() if found else len(data)
        if found is None:
            yield data[place:end]
            return
        yield data[place : found.start()]
        flush()
        _turn(state, found, data)
        yield found[0]
        _flush_plain(state, flush)
        place = end


def _flush_plain(state: _State, flush: Callable[[], None]) -> None:
    spoken, state.spoken = state.spoken, False
    tag, state.tag = state.tag, state.tag or "-"
    flush()
    state.spoken, state.tag = spoken, tag


def _turn(state: _State, found: re.Match[str], data: str) -> None:
    mark = found[0]
    if mark == '"':
        state.quoted = not state.quoted
        state.spoken = state.quoted and bool(SPOKEN.search(data, 0, found.end()))
        state.valued = state.valued or bool(re.search(r'\bvalue="$', data[: found.end()]))
    elif mark == ">":
        state.element, state.tag = state.tag, ""
    elif found[2]:
        closing = bool(found[1])
        state.tag, state.valued = ("-" if closing else found[2].lower()), closing


def sentences(tree: nodes.Template) -> Iterator[str]:
    """Every message of a parsed template: its runs, and the Chinese words in its expressions."""
    found: list[str] = []

    def note(run: Sequence[Part]) -> Sequence[nodes.Expr]:
        found.extend([message(run)] if is_sentence(run) else [])
        return run

    Walk(note).template(tree)
    yield from found
    for const in tree.find_all(nodes.Const):
        if isinstance(const.value, str) and CHINESE.search(const.value):
            yield const.value


def is_sentence(run: Sequence[Part]) -> bool:
    """Whether a run says something in Chinese of its own."""
    texts = [part.data for part in run if isinstance(part, nodes.TemplateData)]
    return bool(message(run)) and any(CHINESE.search(text) for text in texts)


def message(run: Sequence[Part]) -> str:
    """The message of a run: its text with `{name}` for each expression."""
    names = iter(names_of(run))
    texts = [part.data if isinstance(part, nodes.TemplateData) else f"{{{next(names)}}}" for part in run]
    return SPACE.sub(" ", "".join(texts)).strip()


def names_of(run: Sequence[Part]) -> list[str]:
    """A name for each expression of a run, by what it asks for; numbered where two ask alike."""
    names, asked = list[str](), Counter[str]()
    for name in (_name(part) for part in run if not isinstance(part, nodes.TemplateData)):
        asked[name] += 1
        names.append(f"{name}{asked[name]}" if asked[name] > 1 else name)
    return names


def _name(part: nodes.Node) -> str:
    match part:
        case nodes.Name(name=name) | nodes.Getattr(attr=name):
            return name
        case nodes.Filter(node=nodes.Node() as inner):
            return _name(inner)
        case nodes.Call(node=inner):
            return _name(inner)
        case _:
            return "value"


def rewritten(tree: nodes.Template) -> nodes.Template:
    """A template whose runs ask `_say`, and whose words ask `_word`, when it is rendered."""

    def rewrite(run: Sequence[Part]) -> Sequence[nodes.Expr]:
        if is_sentence(run):
            return _said(run)
        return [part if isinstance(part, nodes.TemplateData) else _call("word", [part]) for part in run]

    return Walk(rewrite).template(tree)


def _said(run: Sequence[Part]) -> list[nodes.Expr]:
    values = [_call("word", [part]) for part in run if not isinstance(part, nodes.TemplateData)]
    pairs = [nodes.Pair(nodes.Const(name), value) for name, value in zip(names_of(run), values, strict=True)]
    said = _call("say", [nodes.Const(message(run)), nodes.Dict(pairs)])
    whole = "".join(part.data if isinstance(part, nodes.TemplateData) else "x" for part in run)
    before, after = whole[: len(whole) - len(whole.lstrip())], whole[len(whole.rstrip()) :]
    return [nodes.TemplateData(before), said, nodes.TemplateData(after)]


def _call(name: str, arguments: list[nodes.Expr]) -> nodes.Expr:
    return nodes.Call(nodes.Name(f"_{name}", "load"), arguments, [], None, None)

"""What the engine says to people in Chinese, found in its syntax trees: whole sentences, and those made of parts.

The f-string `f"没有账号“{login}”。"` is the message `没有账号“{1}”。`: places are numbered, whatever stands in them.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, nodes

from craftsman.portal.sentences import CHINESE

REFUSALS = frozenset({"Refused", "Invalid", "NotFound", "Forbidden", "TooOften"})
# these speak to people at a terminal, or are no part of the pages
APART = frozenset({"cli", "demo", "sample", "services"})


def said_by(package: Path) -> Mapping[str, bool]:
    """Each message of a package, and whether it is the reason of a refusal."""
    found: dict[str, bool] = {}
    for file in sorted(package.rglob("*.py")):
        if file.relative_to(package).parts[0] not in APART:
            walked = list(ast.walk(ast.parse(file.read_text("utf-8"))))
            found |= dict.fromkeys(_messages(walked), False) | found
            found |= dict.fromkeys(_messages(list(_reasons(walked))), True)
    return found


def joined_in(pages: Path) -> Iterator[str]:
    """The texts that templates join with `~`: `"第 " ~ seq ~ " 条"` is `第 {1} 条`."""
    environment = Environment(autoescape=True)
    for file in sorted(pages.rglob("*.html")):
        for joined in environment.parse(file.read_text("utf-8")).find_all(nodes.Concat):
            message = _numbered([one.value if isinstance(one, nodes.Const) else None for one in joined.nodes])
            yield from [message] if CHINESE.search(message) else []


def _reasons(walked: Iterable[ast.AST]) -> Iterator[ast.expr]:
    for node in walked:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS and node.args:
            yield node.args[0]


def _messages(walked: Sequence[ast.AST]) -> Iterator[str]:
    joined = [node for node in walked if isinstance(node, ast.JoinedStr)]
    pieces = {id(one) for node in joined for one in node.values}
    plain = [node for node in walked if isinstance(node, ast.Constant) and id(node) not in pieces]
    for parts in [*(node.values for node in joined), *([node] for node in plain)]:
        told = [one.value if isinstance(one, ast.Constant) else None for one in parts]
        if any(isinstance(text, str) and CHINESE.search(text) for text in told):
            yield _numbered(told)


def _numbered(parts: Sequence[object]) -> str:
    """The parts as one message; None is a place."""
    places = iter(range(1, len(parts) + 1))
    return "".join(f"{{{next(places)}}}" if one is None else str(one) for one in parts)

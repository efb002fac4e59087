"""Charts drawn on the server: bars, a funnel and dots as SVG that screen readers can tell and phones can show.

Lengths are shares of the width, so that bars stretch with the page while letters keep their size. The policy of our
pages forbids style attributes: looks come from classes of portal.css and from presentation attributes. Templates call
these; English pages have every word `said` first (docs/adr/0053).
"""

import hashlib
from collections.abc import Callable, Sequence
from decimal import Decimal

from markupsafe import Markup

from craftsman.portal.words import number

Number = int | float | Decimal
Said = Callable[[str], str]

ROW = 44  # a line of text and its bar, in pixels
BASE = 15  # of the text
BAR = 22  # top of the bar
THICK = 14
LONGEST = 16  # Chinese characters of a label that fit a phone beside their number
NOTHING = "尚无数据"


def bars(rows: Sequence[tuple[str, Number]], title: str, unit: str = "", *, said: Said = str) -> Markup:
    """A bar for each label, as long as its share of the greatest; `unit` stands behind the numbers (人、%)."""
    greatest = max((float(value) for _, value in rows), default=0)
    told = [(said(label), f"{number(value)}{said(unit)}") for label, value in rows]
    drawn = Markup("").join(
        _line(at, label, text) + _bar(at, float(value), greatest, "bar-kept")
        for at, ((label, text), (_, value)) in enumerate(zip(told, rows, strict=True))
    )
    return _framed(said(title), _sentence(told, said), drawn or _empty(said), len(rows))


def funnel(rows: Sequence[tuple[str, int] | tuple[str, int, int]], title: str, *, said: Said = str) -> Markup:
    """A pale bar for those who entered each stage, a dark one for those of them who went on, if that is known."""
    greatest = max((row[1] for row in rows), default=0)
    told = [(said(row[0]), said(_entered(row))) for row in rows]
    drawn = Markup("").join(
        _line(at, *told[at])
        + _bar(at, row[1], greatest, "bar-all")
        + (_bar(at, row[2], greatest, "bar-kept") if len(row) > 2 else Markup(""))
        for at, row in enumerate(rows)
    )
    return _framed(said(title), _sentence(told, said), drawn or _empty(said), len(rows))


def dots(rows: Sequence[tuple[str, Sequence[Number]]], title: str, unit: str = "分", *, said: Said = str) -> Markup:
    """A dot for each value of a label, all on one scale from the lowest value to the highest."""
    every = [float(value) for _, values in rows for value in values]
    low, high = (min(every), max(every)) if every else (0.0, 0.0)
    told = [(said(label), said(_spread(values, said(unit)))) for label, values in rows]
    drawn = Markup("").join(
        _line(at, *told[at]) + _strip(at, [float(value) for value in values], low, high)
        for at, (_, values) in enumerate(rows)
    )
    return _framed(said(title), _sentence(told, said), drawn or _empty(said), len(rows))


def _framed(title: str, told: str, drawn: Markup, rows: int) -> Markup:
    mark = hashlib.sha256(f"{title}{told}".encode()).hexdigest()[:8]
    return Markup(
        '<svg class="chart" role="img" width="100%" height="{}" '
        'aria-labelledby="chart-{}" aria-describedby="told-{}">'
        '<title id="chart-{}">{}</title><desc id="told-{}">{}</desc>{}</svg>'
    ).format(max(rows, 1) * ROW, mark, mark, mark, title, mark, told, drawn)


def _empty(said: Said) -> Markup:
    return Markup('<text class="bar-label" x="0" y="{}">{}</text>').format(BASE, said(NOTHING))


def _line(at: int, label: str, text: str) -> Markup:
    most = 2 * LONGEST if label.isascii() else LONGEST
    short = label if len(label) <= most else f"{label[: most - 1]}…"
    return Markup(
        '<text class="bar-label" x="0" y="{}">{}</text>'
        '<text class="bar-number" x="100%" y="{}" text-anchor="end">{}</text>'
    ).format(at * ROW + BASE, short, at * ROW + BASE, text)


def _bar(at: int, value: float, greatest: float, kind: str) -> Markup:
    if value <= 0 or greatest <= 0:
        return Markup("")
    return Markup('<rect class="{}" x="0" y="{}" width="{}%" height="{}"/>').format(
        kind, at * ROW + BAR, max(0.5, round(100 * value / greatest, 2)), THICK
    )


def _strip(at: int, values: Sequence[float], low: float, high: float) -> Markup:
    """The dots keep two parts of a hundred from either edge, so that none is cut."""
    middle, width = at * ROW + BAR + THICK // 2, high - low
    rule = Markup('<line class="bar-rule" x1="0" x2="100%" y1="{}" y2="{}"/>').format(middle, middle)
    shares = [0.5 if width == 0 else (value - low) / width for value in values]
    return rule + Markup("").join(
        Markup('<circle class="bar-dot" cx="{}%" cy="{}" r="5"/>').format(round(2 + 96 * share, 2), middle)
        for share in shares
    )


def _entered(row: tuple[str, int] | tuple[str, int, int]) -> str:
    return f"{number(row[1])}" if len(row) == 2 else f"{number(row[1])} 进入，{number(row[2])} 通过"


def _spread(values: Sequence[Number], unit: str) -> str:
    if not values:
        return "无"
    low, high = number(min(values)), number(max(values))
    return f"{low}{unit}（{len(values)} 份）" if low == high else f"{low}～{high}{unit}（{len(values)} 份）"


def _sentence(told: Sequence[tuple[str, str]], said: Said) -> str:
    return said("；").join(f"{label} {text}" for label, text in told) or said(NOTHING)

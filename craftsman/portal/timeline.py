"""A line for each stage along the months: planned as a pale bar, what happened as a dark one, today as a rule."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from markupsafe import Markup

from craftsman.actions.round_calendar import StageLine
from craftsman.clock import CHINA, day
from craftsman.portal.svg import Said

# in pixels: above the rows, of a row with its title over its bars, the bars of what happened and what was planned
TOP, ROW, THIN, THICK = 24, 44, 6, 10
FOOT = 18
# so many months at most bear their names
NAMED = 10


def timeline(stages: Sequence[StageLine], now: datetime, title: str, *, said: Said = str) -> Markup:
    """The stages of a round as SVG; lengths are shares of the width. English pages have its words `said`."""
    moments = [one for stage in stages for one in (stage.opens, stage.closes, stage.opened_at, stage.closed_at) if one]
    if not moments:
        return Markup("")
    first, last = min(moments), max(moments)
    height = TOP + ROW * len(stages) + FOOT
    scale = _Scale(first, last)
    drawn = Markup("").join(
        [
            *_months(scale, height, said),
            *(piece for at, stage in enumerate(stages) for piece in _stage(scale, at, stage, now, said)),
            *(
                [_rule(scale.at(now), height, "timeline-now", said("今天"), at=height - 4)]
                if first <= now <= last
                else []
            ),
        ]
    )
    told = said("；").join(said(f"{one.title}计划 {day(one.opens)} 至 {day(one.closes)}") for one in stages)
    return Markup(
        '<svg class="chart timeline" role="img" width="100%" height="{}" '
        'aria-labelledby="timeline-title" aria-describedby="timeline-told">'
        '<title id="timeline-title">{}</title><desc id="timeline-told">{}</desc>{}</svg>'
    ).format(height, said(title), told, drawn)


class _Scale:
    """Instants as hundredths of the width."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self.first, self.last = first, last
        self.span = max((last - first).total_seconds(), 1.0)

    def at(self, moment: datetime) -> float:
        """Where a moment stands."""
        passed = (moment - self.first).total_seconds() / self.span
        return round(100 * min(max(passed, 0.0), 1.0), 2)


def _months(scale: _Scale, height: int, said: Said) -> Iterator[Markup]:
    begins = list(_begins(scale.first, scale.last))
    step = -(-len(begins) // NAMED) or 1
    for number, begin in enumerate(begins):
        named = said(f"{begin.month}月") if number % step == 0 else ""
        yield _rule(scale.at(begin), height, "timeline-month", named, at=12)


def _begins(first: datetime, last: datetime) -> Iterator[datetime]:
    here = first.astimezone(CHINA).date().replace(day=1)
    while True:
        here = (here + timedelta(days=32)).replace(day=1)
        begin = _midnight(here)
        if begin > last:
            return
        yield begin


def _midnight(here: date) -> datetime:
    return datetime(here.year, here.month, here.day, tzinfo=CHINA)


def _rule(x: float, height: int, kind: str, text: str, *, at: int) -> Markup:
    return Markup(
        '<line class="{}" x1="{}%" x2="{}%" y1="18" y2="{}"/><text class="bar-label" x="{}%" y="{}" '
        'text-anchor="middle">{}</text>'
    ).format(kind, x, x, height - FOOT, x, at, text)


def _stage(scale: _Scale, at: int, stage: StageLine, now: datetime, said: Said) -> Iterator[Markup]:
    top = TOP + at * ROW
    yield Markup('<text class="bar-label" x="0" y="{}">{}</text>').format(top + 13, said(stage.title))
    yield _bar(scale, (stage.opens, stage.closes), top + 19, THICK, "bar-all")
    if stage.opened_at:
        yield _bar(scale, (stage.opened_at, stage.closed_at or now), top + 19 + THICK + 1, THIN, "bar-kept")


def _bar(scale: _Scale, between: tuple[datetime, datetime], y: int, thick: int, kind: str) -> Markup:
    left, right = (scale.at(one) for one in between)
    return Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>').format(
        kind, left, y, max(0.5, round(right - left, 2)), thick
    )

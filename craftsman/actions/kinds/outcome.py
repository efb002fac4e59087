"""From composites to the outcome of a judged stage: places, the cut, and what would have to change to cross it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from craftsman.actions.kinds.scores import Judged, Scored
from craftsman.actions.sealing import EntryDecision
from craftsman.rules.comparing import group_seats
from craftsman.rules.edge import Edge, edge_lines, edge_of, edge_record, lines_of
from craftsman.rules.explain import Result, fraction_text, score_path, score_record
from craftsman.rules.ranking import Ranked, TieBreak, line, rank
from craftsman.rules.scoring import rounded
from models import Outcome

WHOLE = ("none", "quota")


def decided(stage: Judged, scored: Sequence[Scored]) -> list[EntryDecision]:
    """Places for all whom no gate excluded, cut at the seats; who is level at the line goes on, never by chance."""
    seats = seats_of(stage, scored)
    return [
        *(
            entry
            for group, places in seats.items()
            for entry in _field_decided(stage, [one for one in scored if _competes(one, seats, group)], places)
        ),
        *(_vetoed(stage, one) for one in scored if one.veto),
    ]


def seats_of(stage: Judged, scored: Sequence[Scored]) -> dict[str, int]:
    """Group -> its seats; one nameless group of all unless the stage shares its seats out."""
    if stage.aggregation.comparability != "quota":
        return {"": stage.advance}
    return group_seats(Counter(one.group for one in sorted(scored, key=_group) if not one.veto), stage.advance)


def _group(one: Scored) -> str:
    return one.group


def _competes(one: Scored, seats: Mapping[str, int], group: str) -> bool:
    return not one.veto and (len(seats) == 1 or one.group == group)


def _field_decided(stage: Judged, scored: Sequence[Scored], seats: int) -> list[EntryDecision]:
    """The outcome of those who compete for the same seats."""
    ranked = rank(scored, chain=_chain(stage))
    cut = line(ranked, seats)
    lines = lines_of({one.case.id: one.composite for one in scored}, seats)
    edges = {one.case.id: _edge(stage, one, lines[one.case.id]) for one in scored if lines}
    within = f"（前 {seats} 名）"
    return [
        *(
            _entry(stage, one, edges, Outcome.ADVANCE, f"{_place(stage, one)}，进入下一环节{within}。")
            for one in cut.in_
        ),
        *(
            _entry(stage, one, edges, Outcome.ADVANCE, _level_reason(_place(stage, one), cut.open_seats, within))
            for one in cut.tied
        ),
        *(_entry(stage, one, edges, Outcome.STOP, f"{_place(stage, one)}，未进入前 {seats} 名。") for one in cut.out),
    ]


def _place(stage: Judged, one: Ranked[Scored]) -> str:
    within = f"“{one.entry.group}”组" if stage.aggregation.comparability == "quota" else ""
    return f"{within}第 {one.place} 名"


def _edge(stage: Judged, one: Scored, line_: Fraction) -> Edge:
    own = one.parts[-1]
    panel = own.aggregate if stage.aggregation.comparability in WHOLE else None
    return edge_of(one.composite, line_, weight=own.weight, totals=own.totals, panel=panel)


def _chain(stage: Judged) -> list[TieBreak[Scored]]:
    titles = {criterion.key: criterion.title for criterion in stage.criteria}
    steps = [TieBreak[Scored]("总分", lambda one: one.composite)]
    return steps + [_criterion_step(key, titles[key]) for key in stage.tie_break if key != "value"]


def _criterion_step(key: str, title: str) -> TieBreak[Scored]:
    return TieBreak(title, lambda one: Fraction(sum(sheet.marks[key] for sheet in one.sheets), len(one.sheets)))


def _level_reason(place: str, open_seats: int, within: str) -> str:
    return f"{place}，与他人并列，并列者多于余下的 {open_seats} 个名额；不以抽签取舍，并列者全部进入下一环节{within}。"


def _entry(
    stage: Judged, one: Ranked[Scored], edges: Mapping[int, Edge], outcome: Outcome, reason: str
) -> EntryDecision:
    result = _result(stage, one.entry, one.place, one.decided_by)
    edge = edges.get(one.entry.case.id)
    detail = {
        **score_record(result),
        **({"group": one.entry.group} if one.entry.group else {}),
        **({"edge": edge_record(edge)} if edge else {}),
        "path": [*score_path(result), *(edge_lines(edge) if edge else [])],
    }
    return replace(_decision(stage, one.entry, outcome, reason, detail), place=one.place)


def _vetoed(stage: Judged, one: Scored) -> EntryDecision:
    result = _result(stage, one, 0, None)
    detail = {**score_record(result), "place": None, "path": [*score_path(result)[:-1], one.veto]}
    return _decision(stage, one, Outcome.STOP, one.veto, detail)


def _decision(stage: Judged, one: Scored, outcome: Outcome, reason: str, detail: Mapping[str, object]) -> EntryDecision:
    return EntryDecision(
        one.case,
        outcome,
        value=hundredths(one.composite, stage),
        exact=fraction_text(one.composite),
        reason=reason,
        detail=detail,
    )


def hundredths(value: Fraction, stage: Judged) -> int:
    """A total as it is published, in hundredths of a point; more than two decimals are kept in the detail only."""
    places = min(stage.aggregation.places, 2)
    return rounded(value, places, stage.aggregation.rounding) * 10 ** (2 - places)


def _result(stage: Judged, one: Scored, place: int, decided_by: str | None) -> Result:
    return Result(one.parts, stage.aggregation.places, stage.aggregation.rounding, place, decided_by)

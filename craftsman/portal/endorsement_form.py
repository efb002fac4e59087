"""Rows of decisions as the pages of 推荐 send them: typed into the table, or carried whole from page to page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from craftsman.actions.endorse_desk import EndorseDesk
from craftsman.actions.endorse_sheet import Filled
from craftsman.errors import Invalid
from craftsman.portal.forms import UNREADABLE, Form
from craftsman.workbook.text import folded

# carried rows are a field each, and a form has so many fields at most (forms.MOST_FIELDS)
MOST_ROWS = 400
# in the table each case has up to four fields
MOST_TYPED = 100
DIGITS = 9


@dataclass(frozen=True, slots=True)
class Typed:
    """Rows that bear a decision, and the versions of the decisions that were shown beside them, by case number."""

    rows: Sequence[Filled]
    seen: Mapping[str, int]

    @property
    def by_case(self) -> Mapping[str, Filled]:
        """The rows by case number."""
        return {row.case_no: row for row in self.rows}

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The hidden fields that carry all of it."""
        versions = " ".join(f"{number}={version}" for number, version in self.seen.items())
        return [("seen", versions), *(("row", _packed(row)) for row in self.rows)]


def typed_rows(form: Form) -> Typed:
    """What was typed into the table; what is chosen for all ticked cases goes before what stands in their rows.

    A case that is ticked while nothing is chosen keeps its row, which then lacks its decision and is told of.
    """
    decided, ranks, reasons = (form.under(f"{name}.") for name in ("decision", "rank", "reason"))
    ticked, bulk, why = set(form.all("pick")), form.text("bulk_decision"), form.text("bulk_reason")
    rows = [
        Filled(
            number,
            bulk if bulk and number in ticked else decision,
            folded(ranks.get(number, "")),
            why if why and number in ticked else reasons.get(number, ""),
        )
        for number, decision in decided.items()
    ]
    return filled_in([row for row in rows if row.decision or row.case_no in ticked], _seen(form))


def carried_rows(form: Form) -> Typed:
    """What a preview carried on."""
    return filled_in([_unpacked(text) for text in form.all("row")], _seen(form))


def uploaded_rows(rows: Sequence[Filled], desk: EndorseDesk) -> Typed:
    """Rows of a table, beside the decisions in force while it is looked at."""
    asked = {row.case_no for row in rows}
    return filled_in(rows, {line.case_no: line.version for line in desk.lines if line.case_no in asked})


def filled_in(rows: Sequence[Filled], seen: Mapping[str, int]) -> Typed:
    """The rows, of which there must be some and not too many."""
    if not rows:
        raise Invalid("还没有填写决定：请至少对一件申报选定推荐、不推荐或退回。")
    if len(rows) > MOST_ROWS:
        raise Invalid(f"一次最多提交 {MOST_ROWS} 件的决定，请分几次提交。")
    return Typed(rows, {number: version for number, version in seen.items() if number in {row.case_no for row in rows}})


def _seen(form: Form) -> dict[str, int]:
    pairs = [pair.partition("=") for pair in form.text("seen", most=50_000).split()]
    return {
        number: int(version) for number, _, version in pairs if version[:DIGITS].isdecimal() and len(version) <= DIGITS
    }


def _packed(row: Filled) -> str:
    return f"{row.case_no}\n{row.decision}\n{row.rank}\n{row.reason}"


def _unpacked(text: str) -> Filled:
    try:
        case_no, decision, rank, reason = text.split("\n", 3)
    except ValueError as fault:
        raise Invalid(UNREADABLE) from fault
    return Filled(case_no, decision, rank, reason)

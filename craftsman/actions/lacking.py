"""Which papers somebody still owes, by the rules of the screening."""

from collections.abc import Collection

from craftsman.actions.candidates import person_classes
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Screen
from craftsman.rules.eligibility.procedure import papers_asked
from craftsman.workbook.columns import intake_of
from models import Nomination, Person


def lacking_papers(
    programme: Programme, nomination: Nomination, person: Person, there: Collection[str]
) -> tuple[str, ...]:
    """What the screening asks of somebody of these classes and is not there, in the programme's words."""
    classes = person_classes(programme, nomination, person)
    screens = [stage for stage in programme.rules.stages if isinstance(stage, Screen)]
    rules = [rule for stage in screens for rule in stage.rules if rule.kind == "papers"]
    asked = dict.fromkeys(kind for rule in rules for kind in papers_asked(rule, classes))
    titles = {paper.kind: paper.title for paper in intake_of(programme).papers}
    return tuple(titles.get(kind, kind) for kind in asked if kind not in there)

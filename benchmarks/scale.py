"""The real selection made larger, for more people than it has places."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Intake, Screen, Stage
from craftsman.workbook.columns import intake_of

SLUG, YEAR = "hebei-great-craftsman", 2026
MOST_ROWS = 10_000


def scaled(programme: Programme, people: int) -> Programme:
    """The same selection with quotas for at least so many people, and without papers."""
    factor = max(Fraction(1), Fraction(people, sum(programme.plan.quotas.values())))
    quotas = {code: ceil(quota * factor) for code, quota in programme.plan.quotas.items()}
    stages = tuple(_without_papers(stage) for stage in programme.rules.stages)
    rules = programme.rules.model_copy(update={"stages": stages})
    plan = programme.plan.model_copy(update={"quotas": quotas})
    return programme.model_copy(update={"rules": rules, "plan": plan})


def _without_papers(stage: Stage) -> Stage:
    """The same stage without files: the round is measured, not the decoding of pictures."""
    if isinstance(stage, Intake):
        return stage.model_copy(update={"papers": ()})
    if isinstance(stage, Screen):
        return stage.model_copy(update={"rules": tuple(rule for rule in stage.rules if rule.kind != "papers")})
    return stage


def large_programme() -> Programme:
    """The same selection, its workbooks of up to 10,000 rows."""
    programme = scaled(load_programme(SLUG, YEAR), 10 * MOST_ROWS)
    intake = intake_of(programme)
    larger = intake.model_copy(update={"max_rows": MOST_ROWS})
    stages: Sequence[Stage] = [larger if stage is intake else stage for stage in programme.rules.stages]
    return programme.model_copy(update={"rules": programme.rules.model_copy(update={"stages": tuple(stages)})})

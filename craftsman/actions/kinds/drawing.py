"""What panels are drawn from, as one text that can be kept and drawn from again, and the proof that comes of it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from craftsman.actions.conflicts import Conflicts
from craftsman.actions.sealing import canonical
from craftsman.actions.views import Case, StageView
from craftsman.rules.assignment import Assignment, Task, assign, make_task, pairs_matrix
from models import Account

Panels = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Judges with their disciplines, cases with their industries, who is barred from what, and the terms."""

    judges: Mapping[str, Sequence[str]]
    cases: Mapping[str, str]
    barred: Sequence[tuple[str, str]]
    needed: int
    most: int | None
    seed: int

    @property
    def text(self) -> str:
        """Canonical JSON, the same whatever the order in which people and cases were read."""
        told = asdict(self)
        told["judges"] = {login: sorted(skills) for login, skills in self.judges.items()}
        return canonical(told | {"barred": sorted(map(list, self.barred))})


@dataclass(frozen=True, slots=True)
class Drawn:
    """Panels by case number; `proof` is canonical JSON of an optimal assignment, empty where nothing was to choose."""

    panels: Panels
    inputs: Inputs
    proof: str = ""
    best: Assignment | None = None


def inputs_of(  # noqa: PLR0913  (what a draw rests on, the terms by name)
    view: StageView,
    judges: Sequence[Account],
    cases: Sequence[Case],
    barred: Conflicts,
    *,
    needed: int,
    most: int | None = None,
) -> Inputs:
    """The inputs of a draw of a stage's panels."""
    skills: dict[str, Collection[str]] = {judge.login: judge.disciplines for judge in judges}
    return Inputs(
        judges={login: list(known) for login, known in skills.items()},
        cases={case.nomination.case_no: case.nomination.industry for case in cases},
        barred=list(barred),
        needed=needed,
        most=most,
        seed=view.programme.plan.seed,
    )


def read_inputs(text: str) -> Inputs:
    """Inputs as they were kept."""
    told = json.loads(text)
    return Inputs(**(told | {"barred": [(login, case) for login, case in told["barred"]]}))


def task_of(inputs: Inputs) -> Task:
    """The inputs as matrices: a judge fits the cases of the industries that they know."""
    logins, numbers = list(inputs.judges), list(inputs.cases)
    return make_task(
        logins,
        numbers,
        needed=inputs.needed,
        seed=inputs.seed,
        barred=pairs_matrix(logins, numbers, inputs.barred),
        fit=_fits(inputs),
        most=inputs.most,
    )


def draw(view: StageView, inputs: Inputs) -> Drawn:
    """The best panels, decided among equals by the round's public seed. Refused in words where there are none."""
    names = {industry.code: industry.name for industry in view.programme.reference.industries}
    groups = {case: f"产业“{names.get(code, code)}”" for case, code in inputs.cases.items()}
    best = assign(task_of(inputs), groups)
    return Drawn(best.reviewers, inputs, proof_text(best), best)


def proof_text(best: Assignment) -> str:
    """An assignment with its prices as canonical JSON."""
    told = asdict(best)
    return canonical(told | {"reviewers": {case: list(panel) for case, panel in best.reviewers.items()}})


def read_proof(text: str) -> Assignment:
    """An assignment with its prices as it was kept."""
    told = json.loads(text)
    return Assignment(**(told | {"reviewers": {case: tuple(panel) for case, panel in told["reviewers"].items()}}))


def _fits(inputs: Inputs) -> NDArray[np.int64]:
    """1 where a judge knows a case's industry: cases × judges, by way of judges × industries."""
    codes = {code: place for place, code in enumerate(dict.fromkeys(inputs.cases.values()))}
    knows = np.zeros((len(inputs.judges), len(codes)), np.int64)
    for row, skills in enumerate(inputs.judges.values()):
        knows[row, [codes[code] for code in skills if code in codes]] = 1
    wanted = np.array([codes[code] for code in inputs.cases.values()], np.int64)
    return knows[:, wanted].T

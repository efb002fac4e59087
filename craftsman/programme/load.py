"""Loading a selection: TOML files in, one frozen Programme out, or all of its problems at once.

reference/*.toml                           code lists shared by all selections
programmes/<slug>/programme.toml           the rules that seldom change
programmes/<slug>/rounds/<year>.toml       one year's dates and quotas
programmes/<slug>/reference/*.toml         regions, reporting units, industries, clusters, past winners
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from craftsman.errors import Invalid
from craftsman.programme import checks, checks_round
from craftsman.programme.problems import Problem
from craftsman.programme.programme import Programme, RoundPlan
from craftsman.programme.schema import ProgrammeRules
from craftsman.programme.sources import Sources
from craftsman.programme.tomlfile import Unreadable, read_toml

CONFIG = Path(__file__).resolve().parents[2] / "config"


def load_programme(
    slug: str,
    year: int,
    *,
    root: Path | None = None,
    lists: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
) -> Programme:
    """Return the selection of that year; `root` is the configuration folder, by default the checkout's `config/`.

    `lists` are versions of reference lists that an administrator loaded; each replaces the one of the files. `plan`
    stands for the file of the year, with the same keys.
    Raises Invalid, whose details name file, key path and reason of every problem found.
    """
    root = root or CONFIG
    _must_be_listed(slug, root)
    home = root / "programmes" / slug
    sources = Sources(root)
    rules_file, plan_file = home / "programme.toml", home / "rounds" / f"{year}.toml"
    rules = sources.part(ProgrammeRules, rules_file, _with_year(sources.read(rules_file), year))
    year_plan = sources.part(RoundPlan, plan_file, sources.read(plan_file) if plan is None else dict(plan))
    reference = sources.reference([root / "reference", home / "reference"], lists or {})
    if rules:
        sources.note(rules_file, checks.of_rules(rules, slug))
    if rules and year_plan:
        sources.note(plan_file, checks_round.of_plan(year_plan, rules, year))
    if reference:
        sources.note_reference(checks_round.of_reference(reference))
    if rules and reference:
        sources.note(rules_file, checks.of_rules_in(rules, reference))
        sources.note_reference(checks_round.of_reference_in(reference, rules))
    if year_plan and reference:
        sources.note(plan_file, checks_round.of_plan_in(year_plan, reference))
    if sources.problems or not (rules and year_plan and reference):
        raise _told(slug, year, sources.problems)
    return Programme(rules=rules, plan=year_plan, reference=reference)


def list_programmes(root: Path | None = None) -> dict[str, tuple[int, ...]]:
    """Return every selection that has a programme.toml with the years of its rounds, both in order."""
    files = sorted(((root or CONFIG) / "programmes").glob("*/programme.toml"))
    return {file.parent.name: _years(file.parent) for file in files}


def programme_titles(root: Path | None = None) -> dict[str, str]:
    """What every selection is called, by its slug; by the slug where its file cannot be read."""
    home = (root or CONFIG) / "programmes"
    return {slug: _title(home / slug / "programme.toml") or slug for slug in list_programmes(root)}


def _title(file: Path) -> str:
    try:
        return str(read_toml(file).get("title", ""))
    except Unreadable:
        return ""


def _years(home: Path) -> tuple[int, ...]:
    return tuple(sorted(int(file.stem) for file in (home / "rounds").glob("*.toml") if file.stem.isdecimal()))


def _must_be_listed(slug: str, root: Path) -> None:
    known = list_programmes(root)
    if slug not in known:
        raise Invalid(f"没有名为“{slug}”的评选，请检查名称", [f"现有评选：{'、'.join(known) or '（无）'}"])


def _with_year(raw: dict[str, Any] | None, year: int) -> dict[str, Any] | None:
    """Complete `on = "05-01"` of the age rules to a day of this round, so that the rules need no yearly edit."""
    stages = raw.get("stages") if raw else None
    for stage in stages if isinstance(stages, list) else ():
        rules = stage.get("rules") if isinstance(stage, dict) else None
        for rule in rules if isinstance(rules, list) else ():
            if isinstance(rule, dict) and re.fullmatch(r"\d{2}-\d{2}", str(rule.get("on"))):
                rule["on"] = f"{year}-{rule['on']}"
    return raw


def _told(slug: str, year: int, problems: Sequence[Problem]) -> Invalid:
    reason = f"评选“{slug}”{year} 年度的配置有 {len(problems)} 处问题，请逐条改正"
    return Invalid(reason, [str(problem) for problem in problems])

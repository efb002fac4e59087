"""The pages tell of every command, option, setting, configuration key and dependency there is."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from craftsman.cli.app import COMMANDS, load
from craftsman.programme import eligibility, judging, programme, reference, schema
from craftsman.settings import HOME, Settings

HOWTO = HOME / "docs" / "howto"
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text())
SECTIONS: dict[str, list[type[BaseModel]]] = {
    "programme.toml": [schema.ProgrammeRules],
    "Office": [schema.Office],
    "Tier": [schema.Tier],
    "Channel": [schema.Channel],
    "Class of people": [schema.PersonClass],
    "Structure ratio": [schema.StructureRatio],
    "Paper": [schema.Paper],
    "Recusal": [schema.RecusalTerms],
    "Every stage": [],
    "Sign-offs": [schema.SignOffDemand],
    "Intake": [schema.Intake],
    "Endorsement": [schema.Endorse],
    "Screening": [schema.Screen],
    "Eligibility rules": list(get_args(get_args(eligibility.EligibilityRule)[0])),
    "Scoring": [schema.Score],
    "Contest": [schema.Contest],
    "Criterion": [schema.Criterion],
    "Item": [judging.Item],
    "Step of an item": [judging.ItemStep],
    "Scale label": [judging.ScaleLabel],
    "Aggregation": [schema.Aggregation],
    "Ballot": [schema.Ballot],
    "Tally": [schema.Tally],
    "Approval": [schema.Approve],
    "Notice": [schema.NoticeStage],
    "Announcement": [schema.Announce],
    "rounds/YEAR.toml": [programme.RoundPlan],
    "Dates of a stage": [programme.StageDates],
    "reference/*.toml": [reference.Reference],
    "Reporting unit": [reference.ReportingUnit],
    "Industry": [reference.Industry],
    "Cluster": [reference.Cluster],
    "Past winner": [reference.PastWinner],
}
# told once for all stages and rules
SHARED = {"key", "title", "kind", "signoffs", "gate_days", "statement"}


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by its full name."""
    for name in COMMANDS:
        found = load(name)
        if hasattr(found, "commands"):
            yield from ((f"{name} {child}", command) for child, command in found.commands.items())
        else:
            yield name, found


def sections(page: str, mark: str) -> dict[str, str]:
    """The text under each heading of a page, by the heading up to a colon."""
    parts = re.split(rf"^{mark} (.*)$", (HOWTO / page).read_text(), flags=re.MULTILINE)
    return {title.partition(": ")[0]: text for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_every_command_has_its_section() -> None:
    told = sections("command-line.md", "###")
    assert list(told) == [f"craftsman {name}" for name, _ in commands()]


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda one: one if isinstance(one, str) else "")
def test_every_option_is_told(name: str, command: Any) -> None:
    text = sections("command-line.md", "###")[f"craftsman {name}"].partition("\n## ")[0]
    options = {
        option for one in command.params for option in (*one.opts, *one.secondary_opts) if option.startswith("--")
    }
    told = set(re.findall(r"`(--[a-z-]+)`", text))
    assert told == options
    assert f"craftsman {name}" in text


def test_every_command_takes_json_that_tells() -> None:
    without = [name for name, command in commands() if all("--json" not in one.opts for one in command.params)]
    assert without == ["demo", "serve", "worker", "witness serve"]


def test_every_setting_is_told() -> None:
    rows = re.findall(r"^\| `CRAFTSMAN_([A-Z_]+)` \| (.*?) \|", (HOWTO / "settings.md").read_text(), re.MULTILINE)
    told = {name.lower(): shown for name, shown in rows}
    assert told.keys() - Settings.model_fields.keys() == {"as", "request_id", "lang"}
    for name, field in Settings.model_fields.items():
        assert told[name].partition("`")[2].partition("`")[0] == _shown(field.default) or told[name].startswith("empty")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).removeprefix(f"{HOME}/")


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_is_told(title: str) -> None:
    text = (sections("configure-a-round.md", "###") | sections("configure-a-round.md", "##"))[title]
    told = set(re.findall(r"`([a-z_]+)`", text.partition("\n###")[0]))
    for model in SECTIONS[title]:
        is_stage = issubclass(model, schema._Stage)  # pyright: ignore[reportPrivateUsage]
        common = SHARED if is_stage else {"kind"} if title == "Eligibility rules" else set[str]()
        assert model.model_fields.keys() - common - told == set()
        kinds = get_args(model.model_fields["kind"].annotation) if "kind" in model.model_fields else ()
        assert is_stage or set(kinds) <= told


def test_every_model_has_its_section() -> None:
    known = {model for models in SECTIONS.values() for model in models}
    for module in (schema, judging, eligibility, programme, reference):
        for name, found in vars(module).items():
            configured = isinstance(found, type) and issubclass(found, BaseModel) and not name.startswith("_")
            if configured and name not in {"BaseModel", "Frozen", "Programme"}:
                assert found in known, name


def test_shared_keys_of_stages_are_told() -> None:
    told = set(re.findall(r"`([a-z_]+)`", sections("configure-a-round.md", "###")["Every stage"]))
    assert told == SHARED


def test_dependencies_page_agrees_with_the_project() -> None:
    text = (HOME / "docs" / "dependencies.md").read_text()
    run_time, _, development = text.partition("## For development")
    assert _listed(run_time) == sorted(_bare(one) for one in PROJECT["project"]["dependencies"])
    assert _listed(development) == sorted(_bare(one) for one in PROJECT["dependency-groups"]["dev"])


def _listed(text: str) -> list[str]:
    rows = re.findall(r"^\| ([a-z0-9-]+(?:, [a-z0-9-]+)*) \|", text, re.MULTILINE)
    return sorted(name for row in rows if row != "package" for name in row.split(", "))


def _bare(requirement: str) -> str:
    return re.split(r"[\[<>=;]", requirement)[0]

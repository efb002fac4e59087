"""Forms on disk (TOML): what names people or tells how to reach them must not stand on a command line."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from craftsman.cli.language import say
from craftsman.errors import Invalid
from craftsman.programme.problems import problems_of
from craftsman.programme.tomlfile import Unreadable, read_toml

Kind = TypeVar("Kind", bound="FormFile")


class FormFile(BaseModel):
    """Base of all forms: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_form(kind: type[Kind], file: Path) -> Kind:
    """Read a form. Invalid with a line for each key that is wrong."""
    try:
        document = read_toml(file)
    except Unreadable as fault:
        raise Invalid(say(f"{file}：{fault}。", f"{file}: {fault}.")) from fault
    try:
        return kind.model_validate(document)
    except ValidationError as fault:
        lines = [f"{place}：{reason}" for place, reason in problems_of(fault, document)]
        # the cause would show what was written, which may be personal
        raise Invalid(say(f"{file} 填写有误，请逐条改正：", f"{file} is not filled in rightly:"), lines) from None

"""What all configuration shares: frozen objects that refuse unknown keys, and the texts and figures in them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="小写英文标识")]
Title = Annotated[str, Field(min_length=1, max_length=80)]
Percent = Annotated[int, Field(ge=0, le=100)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
English = Annotated[str, Field(pattern=r"^[^\u4e00-\u9fff]+$", max_length=4000, description="英文，不含汉字")]


class Frozen(BaseModel):
    """Base of all configuration: unknown keys are refused and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)

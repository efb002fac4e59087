"""Shares as exact fractions: a rank or a quorum may hang on them."""

import re
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema


def _fraction(value: object) -> Fraction:
    """Return the rational written as "2/3"; a decimal such as 0.6667 is refused, for a rank may hang on it."""
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,4}/[1-9]\d{0,3}", value):
        raise ValueError('请写成分数文本，例如 "2/3"，不要写小数')
    return Fraction(value)


Ratio = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    PlainSerializer(lambda value: f"{value.numerator}/{value.denominator}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,4}/[1-9]\d{0,3}$", "description": '分数文本，例如 "2/3"'}),
]

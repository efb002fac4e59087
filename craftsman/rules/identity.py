"""Identity numbers: resident ID (GB 11643), unified social credit code (GB 32100) and mobile phone."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from craftsman.errors import Invalid

_ID_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_OLD_PERMIT = re.compile(r"[A-Z]{3}[0-9]{12}")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
# GB/T 2260 provinces; 港澳台居民居住证 begin with 810000, 820000 or 830000, 永久居留身份证 (2023) with a 9
_ID_ORIGIN = re.compile("1[1-5]....|2[1-3]....|3[1-7]....|4[1-6]....|5[0-4]....|6[1-5]....|71....|8[1-3]0000|9.....")
# the standard sets no earliest year, and an example of it was born in 1880
_EARLIEST_YEAR = 1800
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_PHONE_SHAPE = re.compile(r"1[3-9][0-9]{9}")


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A valid 18-character identity number and what it says; its number stays out of `repr`."""

    number: str = field(repr=False)
    birth: date = field(repr=False)
    sex: Literal["男", "女"]
    region: str


def read_id_number(text: str) -> IdNumber:
    """Read an 18-character identity number (half-width; a final x becomes X).

    Residence permits of 港澳台 (81, 82, 83) and of permanent residents (9, then province and ISO 3166 number) follow
    the same standard, GB 11643. Where a number comes from refuses nothing, see `id_origin_known`.
    Raises Invalid with a reason that never repeats the number.
    """
    number = text.replace("x", "X")
    _refuse_shape(number)
    birth = _birth(number[6:14])
    if number[17] != _id_check(number):
        raise Invalid("身份证号码校验位不符，可能有数字录错，请逐位核对原件")
    return IdNumber(number, birth, "男" if int(number[16]) % 2 else "女", number[:6])


def id_origin_known(number: str) -> bool:
    """Whether the first six digits can be of a province or a permit; only worth a remark, for codes come and go."""
    return _ID_ORIGIN.match(number) is not None


def uscc_problem(text: str) -> str | None:
    """What is wrong with the shape of a unified social credit code, or None; its checksum is another question."""
    if len(text) != 18:
        return f"统一社会信用代码应为18位，现为{len(text)}位"
    if any("a" <= character <= "z" for character in text):
        return "统一社会信用代码中的字母应大写"
    if any(character not in USCC_ALPHABET for character in text):
        return "统一社会信用代码只用数字和大写字母，且不用 I、O、S、V、Z，请核对是否与 1、0、5、U、2 混淆"
    if any(character not in "0123456789" for character in text[2:8]):
        return "统一社会信用代码第3至8位是行政区划码，应全为数字"
    return None


def uscc_checksum_holds(text: str) -> bool:
    """Whether the last character fits (GB 32100); a failure is a warning, for some early valid codes fail it."""
    if uscc_problem(text) is not None:
        return False
    total = sum(USCC_ALPHABET.index(character) * weight for character, weight in zip(text, USCC_WEIGHTS, strict=False))
    return text[17] == USCC_ALPHABET[-total % 31]


def phone_problem(text: str) -> str | None:
    """What is wrong with a mainland mobile number (half-width digits, nothing between them), or None."""
    if _PHONE_SHAPE.fullmatch(text):
        return None
    return "手机号码应为11位数字、以13至19开头，不带空格、横线和区号"


def postcode_problem(text: str) -> str | None:
    """What is wrong with a postcode, or None."""
    return None if re.fullmatch(r"[0-9]{6}", text) else "邮政编码应为6位数字"


def postcode_of_hebei(text: str) -> bool:
    """Whether a postcode is of the province (050000 to 076750)."""
    return text[:2] in {"05", "06", "07"}


def mask_id(text: str) -> str:
    """An identity number with its first 2 and last 3 characters showing; any other length shows nothing."""
    return _mask(text, length=18, head=2, tail=3)


def mask_phone(text: str) -> str:
    """A mobile number as 138****1234; any other length shows nothing."""
    return _mask(text, length=11, head=3, tail=4)


def mask_email(text: str) -> str:
    """The first character and the domain: s***@example.org."""
    name, _, domain = text.partition("@")
    return f"{name[:1]}***@{domain}"


def _refuse_shape(number: str) -> None:
    if len(number) == 15 and number.isdecimal():
        raise Invalid("15位旧身份证号码已停用，请填写18位号码")
    if _OLD_PERMIT.fullmatch(number):
        raise Invalid("旧版永久居留身份证号码为15位，请填写2023年版证件的18位号码")
    if len(number) != 18:
        raise Invalid(f"身份证号码应为18位，现为{len(number)}位")
    if not _ID_SHAPE.fullmatch(number):
        raise Invalid("身份证号码前17位应为半角数字，末位为数字或X")


def _birth(digits: str) -> date:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Invalid("身份证号码中的出生日期不存在，请核对第7至14位") from None
    if birth.year < _EARLIEST_YEAR:
        raise Invalid(f"身份证号码中的出生年份早于{_EARLIEST_YEAR}年，请核对第7至10位")
    return birth


def _id_check(number: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(number, ID_WEIGHTS, strict=False))
    return ID_CHECK[total % 11]


def _mask(text: str, *, length: int, head: int, tail: int) -> str:
    if len(text) != length:
        return "*" * len(text)
    return text[:head] + "*" * (length - head - tail) + text[-tail:]

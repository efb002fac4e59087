"""Identity numbers are read, refused and masked. All numbers here are made up by computing their check digits."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.errors import Invalid
from craftsman.rules.identity import (
    IdNumber,
    id_origin_known,
    mask_id,
    mask_phone,
    phone_problem,
    postcode_of_hebei,
    postcode_problem,
    read_id_number,
    uscc_checksum_holds,
    uscc_problem,
)

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check(body: str) -> str:
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def refusal_of(text: str) -> str:
    with pytest.raises(Invalid) as refused:
        read_id_number(text)
    return refused.value.reason


BIRTHS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
REGIONS = st.sampled_from(["110105", "130682", "440524", "810000", "820000", "830000", "911124"])
SERIALS = st.integers(0, 999)


def numbered(region: str, birth: date, serial: int) -> str:
    return with_check(f"{region}{birth:%Y%m%d}{serial:03d}")


@given(REGIONS, BIRTHS, SERIALS)
def test_number_tells_birth_sex_region(region: str, birth: date, serial: int) -> None:
    number = numbered(region, birth, serial)
    assert read_id_number(number) == IdNumber(number, birth, "男" if serial % 2 else "女", region)


@given(st.builds(numbered, REGIONS, BIRTHS, SERIALS), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_single_corruption_is_refused(number: str, place: int, other: str) -> None:
    corrupted = number[:place] + other + number[place + 1 :]
    if corrupted == number:
        assert read_id_number(corrupted).number == number
    else:
        assert corrupted not in refusal_of(corrupted)


@given(st.builds(numbered, REGIONS, BIRTHS, SERIALS), st.integers(0, 16))
def test_every_swap_of_neighbours_is_refused(number: str, place: int) -> None:
    """What MOD 11-2 of ISO 7064 promises besides single errors."""
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        refusal_of(swapped)


@pytest.mark.parametrize(
    ("number", "birth", "sex"),
    [("11010519491231002X", date(1949, 12, 31), "女"), ("440524188001010014", date(1880, 1, 1), "男")],
)
def test_vectors_of_the_standard_are_read(number: str, birth: date, sex: str) -> None:
    """GB 11643 sets no earliest year; whether somebody is too old is asked by the age rule."""
    found = read_id_number(number)
    assert (with_check(number[:17]), found.birth, found.sex) == (number, birth, sex)


@pytest.mark.parametrize(
    ("number", "known"),
    [
        ("110105", True),
        ("130682", True),
        ("659999", True),
        ("710000", True),
        ("810000", True),
        ("820000", True),
        ("830000", True),
        ("911124", True),
        ("000105", False),
        ("161105", False),
        ("380105", False),
        ("811105", False),
        ("840000", False),
    ],
)
def test_origin_is_known_or_not(number: str, known: bool) -> None:
    """Provinces that ever were, permits of 港澳台 (whole provinces only), and permanent residents (9)."""
    assert id_origin_known(with_check(f"{number}19851231002")) is known


def test_unknown_origin_refuses_nothing() -> None:
    assert read_id_number(with_check("00010519491231002")).region == "000105"


def test_final_small_x_becomes_capital() -> None:
    assert read_id_number("11010519491231002x").number == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("110105491231002", "15位旧身份证号码已停用，请填写18位号码"),
        ("", "身份证号码应为18位，现为0位"),
        ("１１０１０５１９４９１２３１００２Ｘ", "身份证号码前17位应为半角数字，末位为数字或X"),
        ("1101051949123100X2", "身份证号码前17位应为半角数字，末位为数字或X"),
        (with_check("11010519490229002"), "身份证号码中的出生日期不存在，请核对第7至14位"),
        (with_check("44052417991231001"), "身份证号码中的出生年份早于1800年，请核对第7至10位"),
        ("110105194912310021", "身份证号码校验位不符，可能有数字录错，请逐位核对原件"),
    ],
)
def test_refusal_says_what_is_wrong(text: str, reason: str) -> None:
    assert refusal_of(text) == reason


def test_number_stays_out_of_repr() -> None:
    assert repr(read_id_number("11010519491231002X")) == "IdNumber(sex='女', region='110105')"


@pytest.mark.parametrize(
    ("code", "holds"),
    [("91350100M000100Y43", True), ("91350100M000100Y44", False), ("91350100M0001TGQXM", False), ("短码", False)],
)
def test_credit_code_checksum_holds(code: str, holds: bool) -> None:
    assert uscc_checksum_holds(code) is holds


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def coded(kind: str, region: int, rest: list[str]) -> str:
    """A code with its check sign, reckoned another way: the weighted sum of all eighteen is a multiple of 31."""
    body = f"{kind}{region:06d}{''.join(rest)}"
    total = 0
    for place, sign in enumerate(body):
        total += ALPHABET.index(sign) * 3**place
    return body + next(last for last in ALPHABET if (total + ALPHABET.index(last)) % 31 == 0)


CODES = st.builds(
    coded,
    st.sampled_from(["91", "12", "52", "81", "93"]),
    st.integers(0, 999_999),
    st.lists(st.sampled_from(ALPHABET), min_size=9, max_size=9),
)


@given(CODES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_credit_code_holds_until_one_sign_changes(code: str, place: int, other: str) -> None:
    """31 is a prime, so that no single error goes unseen."""
    changed = code[:place] + other + code[place + 1 :]
    assert uscc_checksum_holds(changed) is (changed == code)


@given(CODES, st.integers(0, 16))
def test_credit_code_shows_swapped_neighbours(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert uscc_checksum_holds(swapped) is (swapped == code)


NUMBERISH = st.text(st.sampled_from("0123456789 -+０１３９x"), max_size=13)


@given(st.one_of(NUMBERISH, st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)))
def test_phone_is_eleven_plain_digits(text: str) -> None:
    right = len(text) == 11 and set(text) <= set("0123456789") and text[0] == "1" and text[1] in "3456789"
    assert (phone_problem(text) is None) is right


@given(st.one_of(NUMBERISH, st.from_regex(r"[0-9]{6}", fullmatch=True)))
def test_postcode_is_six_plain_digits(text: str) -> None:
    right = len(text) == 6 and set(text) <= set("0123456789")
    assert (postcode_problem(text) is None) is right
    assert postcode_of_hebei(text) is (text[:2] in ("05", "06", "07"))


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91350100M0001TGQXM"])
def test_credit_code_shape_ignores_checksum(code: str) -> None:
    assert uscc_problem(code) is None


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("9135", "统一社会信用代码应为18位，现为4位"),
        ("91350100m000100Y43", "统一社会信用代码中的字母应大写"),
        (
            "9135010OM000100Y43",
            "统一社会信用代码只用数字和大写字母，且不用 I、O、S、V、Z，请核对是否与 1、0、5、U、2 混淆",
        ),
        ("9135010AM000100Y43", "统一社会信用代码第3至8位是行政区划码，应全为数字"),
    ],
)
def test_credit_code_problem_is_told(code: str, problem: str) -> None:
    assert uscc_problem(code) == problem


@pytest.mark.parametrize("phone", ["13800001234", "19912345678"])
def test_mainland_mobile_number_is_accepted(phone: str) -> None:
    assert phone_problem(phone) is None


@pytest.mark.parametrize(
    "phone", ["", "12800001234", "1380000123", "138 0000 1234", "１３８００００１２３４", "13800001234\n"]
)
def test_other_phone_number_is_refused(phone: str) -> None:
    assert phone_problem(phone) == "手机号码应为11位数字、以13至19开头，不带空格、横线和区号"


@pytest.mark.parametrize(
    ("text", "masked"), [("350100198001010123", "35*************123"), ("12345", "*****"), ("", "")]
)
def test_masked_id_follows_published_pattern(text: str, masked: str) -> None:
    assert mask_id(text) == masked


@pytest.mark.parametrize(("text", "masked"), [("13800001234", "138****1234"), ("0311123", "*******")])
def test_masked_phone_shows_its_ends(text: str, masked: str) -> None:
    assert mask_phone(text) == masked

"""Names have one form, one key for homonyms, and one explained order by strokes."""

import unicodedata
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from craftsman.errors import Invalid
from craftsman.rules.names import (
    canonical_name,
    explain_strokes,
    padded,
    same_name_key,
    sort_by_strokes,
    stray_sign,
    stroke_key,
)

# Places of a few characters among one another, as the standard orders them.
ORDER = {character: place for place, character in enumerate("丁大小王文少宁田东李利阳欧林鸣洪修高富一鹏", start=1)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("高　鹏", "高鹏"),
        ("　 高鹏\u00a0", "高鹏"),
        ("欧 阳 少 东", "欧阳少东"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 • 买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "John Smith"),
        ("J. Smith", "J. Smith"),
        ("王䶮", "王䶮"),
        ("李𬱖", "李𬱖"),
        ("赵㛃", "赵㛃"),
        ("钱\U00031350", "钱\U00031350"),
        ("山﨑", "山﨑"),
        ("e\u0301", "é"),
    ],
)
def test_name_has_one_form(text: str, name: str) -> None:
    assert canonical_name(text) == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "姓名为空，请填写与身份证一致的姓名"),
        (" · ", "姓名为空，请填写与身份证一致的姓名"),
        ("　 ", "姓名为空，请填写与身份证一致的姓名"),
        ("王" * 21, "姓名超过20个字，请核对是否混入了其他内容"),
        ("王\ue123", "姓名第2个字符是自造字（用户造字区字符）（U+E123），请按身份证重新录入"),
        ("王\n明", "姓名第2个字符是换行（U+000A），请按身份证重新录入"),
        ("王\t", "姓名第2个字符是制表符（U+0009），请按身份证重新录入"),
        ("王\x00", "姓名第2个字符是控制字符（U+0000），请按身份证重新录入"),
        ("\ud840王", "姓名第1个字符是残缺字符（U+D840），请按身份证重新录入"),
        ("王\u200b明", "姓名第2个字符是不可见字符（U+200B），请按身份证重新录入"),
        ("王\ufffd", "姓名第2个字符是乱码字符（U+FFFD），请按身份证重新录入"),
    ],
)
def test_unusable_name_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        canonical_name(text)
    assert refused.value.reason == reason


@given(st.text(st.one_of(st.characters(), st.sampled_from("王明 　·・•.．\u0301\U000e0100Ａ")), max_size=12))
def test_normalising_twice_changes_nothing(text: str) -> None:
    with suppress(Invalid):
        once = canonical_name(text)
        assert canonical_name(once) == once


@given(st.characters(categories=["Lo"]))
def test_letters_are_never_replaced(sign: str) -> None:
    """A letter with no other canonical form stays (NFKC would rewrite 﨑-like and half-width ones)."""
    assume(unicodedata.normalize("NFC", sign) == sign)
    assert canonical_name(f"{sign}某") == f"{sign}某"


@given(st.text("abcXYZ", min_size=1, max_size=8), st.text(" \u3000\u00a0", max_size=4))
def test_width_and_padding_make_no_difference(name: str, padding: str) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in name)
    assert canonical_name(f"{padding}{wide}{padding}") == canonical_name(name) == name


HAN = st.text("某王䶮𬱖㛃〇", min_size=1, max_size=6)


@given(HAN, HAN, st.sampled_from("·・･•‧∙⋅.．"), st.text(" \u3000", max_size=2))
def test_any_separator_is_one_dot(first: str, last: str, dot: str, space: str) -> None:
    assert canonical_name(f"{first}{space}{dot}{space}{last}") == f"{first}·{last}"


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("王䶮", ""),
        ("艾力·艾山", ""),
        ("J. O'Neil-Li", ""),
        ("某〇", ""),
        ("王1", "1"),
        ("王(女)", "("),
        ("王*", "*"),
        ("王①", "①"),
    ],
)
def test_stray_signs_are_found(name: str, sign: str) -> None:
    """Registers write letters, 〇 and separators; remarks and numbers are no part of a name."""
    assert stray_sign(name) == sign


@pytest.mark.parametrize(
    ("one", "other"),
    [("高　鹏", "高鹏"), ("阿卜杜拉·买买提", "阿卜杜拉买买提"), ("JOHN Smith", "john　ｓmith"), ("邉\U000e0100", "邉")],
)
def test_homonyms_share_one_key(one: str, other: str) -> None:
    assert same_name_key(one) == same_name_key(other)


@pytest.mark.parametrize(
    ("single_first", "earlier", "later"),
    [
        (True, "丁小宁", "王小宁"),
        (True, "王", "文"),
        (True, "高富", "高大富"),
        (True, "田富", "田大利"),
        (False, "田大利", "田富"),
        (True, "欧阳修", "欧阳少东"),
        (False, "欧阳少东", "欧阳修"),
        (True, "欧阳", "欧大利"),
    ],
)
def test_strokes_put_one_name_first(single_first: bool, earlier: str, later: str) -> None:
    assert stroke_key(earlier, ORDER, single_first=single_first) < stroke_key(later, ORDER, single_first=single_first)


def test_empty_slot_follows_compound_surname() -> None:
    assert stroke_key("欧阳修", ORDER) == (ORDER["欧"], ORDER["阳"], 0, ORDER["修"])


def test_separator_has_no_strokes() -> None:
    assert stroke_key("李大·王文", ORDER) == stroke_key("李大王文", ORDER)


def test_unknown_characters_are_all_named() -> None:
    with pytest.raises(Invalid) as refused:
        sort_by_strokes(["王䶮", "高富", "赵䶮"], name=str, order=ORDER)
    assert refused.value.reason == (
        "笔画表中没有“䶮”（U+4DAE）、“赵”（U+8D75），无法按姓氏笔画排序，请先在笔画补充表中指明其位置"
    )


def test_equal_names_keep_their_order() -> None:
    people = [("高鹏", 2), ("丁大", 3), ("高　鹏", 1)]
    ordered = sort_by_strokes(people, name=lambda person: person[0], order=ORDER)
    assert ordered == [("丁大", 3), ("高鹏", 2), ("高　鹏", 1)]


@given(st.lists(st.text("丁大王文李田高富", min_size=1, max_size=4)), st.booleans())
def test_sorted_neighbours_explain_themselves(names: list[str], single_first: bool) -> None:
    ordered = sort_by_strokes(names, name=str, order=ORDER, single_first=single_first)
    sentences = [explain_strokes(one, other, ORDER, single_first=single_first) for one, other in pairwise(ordered)]
    assert all(sentences)


@pytest.mark.parametrize(
    ("earlier", "later", "sentence"),
    [
        ("王富", "文富", "第1个字“王”的笔画顺序先于“文”"),
        ("田富", "田大利", "前面的字相同，“田富”名为单字，排在前"),
        ("欧阳大文", "欧阳少东", "第3个字“大”的笔画顺序先于“少”"),
        ("高大", "高大", "“高大”与“高大”各字相同，保持原有先后"),
        ("李大王", "李大王文", "“李大王”各字与“李大王文”相同而较短，排在前"),
    ],
)
def test_order_is_told_in_words(earlier: str, later: str, sentence: str) -> None:
    assert explain_strokes(earlier, later, ORDER) == sentence


def test_wrong_order_is_not_explained() -> None:
    with pytest.raises(Invalid, match="按笔画“文富”应在“王富”之后"):
        explain_strokes("文富", "王富", ORDER)


@pytest.mark.parametrize(("name", "shown"), [("高鹏", "高　鹏"), ("高大富", "高大富"), ("Li", "Li")])
def test_two_characters_are_padded(name: str, shown: str) -> None:
    assert padded(name) == shown

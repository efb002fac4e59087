from datetime import datetime

import pytest

from craftsman.documents import docx_base
from craftsman.documents.archive import repacked
from craftsman.documents.typesetting import TEMPLATES, literal, missing_characters, pdf, substituted_fonts


@pytest.mark.parametrize(
    ("value", "source"),
    [('a"b', '"a\\"b"'), ("a\\b", '"a\\\\b"'), ("甲\u3000乙", '"甲\u3000乙"'), ("a\nb", '"a\\u{a}b"'), (3, '"3"')],
)
def test_values_become_string_literals(value: object, source: str) -> None:
    assert literal(value) == source


def test_missing_characters_are_named_once() -> None:
    assert missing_characters("王𠮷𠮷小😀 A") == ["𠮷", "😀"]


def test_second_font_is_asked_too() -> None:
    assert missing_characters("𠮷\U00030ede") == ["𠮷"]  # the latter is in the sans face only


def test_common_characters_are_all_there() -> None:
    assert missing_characters("㛃堃喆淼玥翀·（）〔〕—“”《》0123456789") == []


def test_timestamps_need_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        pdf("a", datetime(2026, 1, 1))


def test_substitutions_are_told() -> None:
    assert {"FZXiaoBiaoSong-B05S", "FangSong_GB2312"}.issuperset(substituted_fonts()[:2])


@pytest.mark.parametrize("kind", docx_base.KINDS)
def test_docx_templates_are_up_to_date(kind: str) -> None:
    kept = (TEMPLATES / kind / f"{kind}.docx").read_bytes()
    assert repacked(kept) == docx_base.template(kind)

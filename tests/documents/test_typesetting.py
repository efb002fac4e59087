from datetime import datetime

import pytest

from craftsman.documents import docx_base
from craftsman.documents.archive import repacked
from craftsman.documents.kinds import TEMPLATES
from craftsman.documents.typesetting import literal, missing_characters, pdfs, stand_ins


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
        next(pdfs(["a"], datetime(2026, 1, 1)))


def test_substitutions_are_told() -> None:
    assert stand_ins() == {
        "方正小标宋简体": "Noto Serif SC",
        "仿宋_GB2312": "Noto Serif SC",
        "黑体": "Noto Sans SC",
        "楷体_GB2312": "Noto Serif SC",
        "宋体": "Noto Serif SC",
    }


@pytest.mark.parametrize("name", docx_base.MADE)
def test_docx_templates_are_up_to_date(name: str) -> None:
    assert repacked((TEMPLATES / name).read_bytes()) == docx_base.MADE[name]()

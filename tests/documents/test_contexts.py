import pytest

from craftsman.documents.contexts import JudgeSheet, list_title, padded
from craftsman.errors import Refused
from tests.documents.make_documents import make_certificate, make_decision, make_line


@pytest.mark.parametrize(
    ("name", "shown"), [("李样", "李\u3000样"), ("王小样", "王小样"), ("欧阳样例", "欧阳样例"), ("样", "样")]
)
def test_only_two_characters_are_padded(name: str, shown: str) -> None:
    assert padded(name) == shown


@pytest.mark.parametrize(
    ("sex", "ethnicity", "remark"),
    [
        ("男", "汉族", ""),
        ("女", "汉族", "（女）"),
        ("男", "回族", "（回族）"),
        ("女", "满族", "（女，满族）"),
        ("男", "", ""),
    ],
)
def test_remark_follows_custom(sex: str, ethnicity: str, remark: str) -> None:
    assert make_line(sex=sex, ethnicity=ethnicity).remark == remark


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("关于2026年度工匠人选的公示", "2026年度工匠人选名单"),
        ("关于发布2026年度工匠的决定", "2026年度工匠名单"),
        ("关于公布2026年度工匠名单的通知", "2026年度工匠名单"),
    ],
)
def test_list_is_named_after_title(title: str, named: str) -> None:
    assert list_title(title) == named


@pytest.mark.parametrize(
    "changes",
    [{"title": "关于表彰工匠的决定"}, {"paragraphs": ("决定授予称号。",)}],
)
def test_honouring_words_need_an_approval(changes: dict[str, object]) -> None:
    with pytest.raises(Refused, match="批准文号"):
        make_decision(**changes)


def test_approval_allows_honouring_words() -> None:
    assert make_decision(title="关于表彰工匠的决定", approval_no="批〔2026〕1号").approval_no == "批〔2026〕1号"


def test_names_of_regulations_may_honour() -> None:
    assert make_decision(paragraphs=("根据《评比达标表彰活动管理办法》发布。",)).doc_number == "某工发〔2026〕12号"


def test_certificate_honours_only_with_approval() -> None:
    with pytest.raises(Refused, match="授予"):
        make_certificate(honour="授予称号")


def test_judges_appear_by_label_only() -> None:
    with pytest.raises(Refused, match="代号"):
        JudgeSheet("王评委", (), None)

import pytest

from craftsman.documents import render
from craftsman.documents.scan import personal_data, public_text_docx, public_text_html
from tests.documents.make_documents import make_line, make_notice

ID_NUMBER = "11010519491231002X"  # the example printed in GB 11643-1999


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"证号{ID_NUMBER}。", ["身份证号（第1行）"]),
        ("证号110105194912310021", []),
        ("证号11010519491331002X", []),
        (f"证号{ID_NUMBER.lower()}、{ID_NUMBER}", ["身份证号（第1行）"] * 2),
        ("无\n电话13800138000", ["手机号码（第2行）"]),
        ("电话+86 138-0013-8000", ["手机号码（第1行）"]),
        ("电话１３８００１３８０００", ["手机号码（第1行）"]),
        ("办公电话0311-87654321", []),
        ("卡号4111 1111 1111 1111", ["银行卡号（第1行）"]),
        ("卡号4111111111111112", []),
        ("信箱 some.one@example.org", ["电子邮箱（第1行）"]),
        ("信箱13800138000@example.org", ["手机号码（第1行）"]),
        ("编号HBDGJ-2026-A-003-X", []),
        ("2026年4月7日至2026年4月14日", []),
    ],
)
def test_personal_data_is_found(text: str, found: list[str]) -> None:
    assert personal_data(text) == found


def test_allowed_phones_are_spared() -> None:
    assert personal_data("值班手机 138-0013-8000", allowed=("13800138000",)) == []


def test_clean_notice_passes_in_every_form() -> None:
    notice = make_notice()
    texts = public_text_html(render.notice_html(notice)), public_text_docx(render.notice_docx(notice))
    assert [personal_data(text, (notice.email,)) for text in texts] == [[], []]


def test_leaked_number_is_found_in_every_form() -> None:
    notice = make_notice(procedure=f"证号{ID_NUMBER}")
    texts = public_text_html(render.notice_html(notice)), public_text_docx(render.notice_docx(notice))
    assert [len(personal_data(text, (notice.email,))) for text in texts] == [1, 1]


def test_leaks_in_tables_are_found() -> None:
    line = make_line(unit="某公司 13800138000")
    tier = make_notice().tiers[0].__class__("人选", (line,))
    notice = make_notice(tiers=(tier,))
    assert len(personal_data(public_text_docx(render.notice_docx(notice)), (notice.email,))) == 1

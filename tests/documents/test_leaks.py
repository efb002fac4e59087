"""The release gate finds what must not leave, wherever it hides, and says where without saying what."""

import base64
import io

import pytest
from xlsxwriter import Workbook

from craftsman.documents import render
from craftsman.documents.leaks import leaks
from tests.documents.leaking import (
    CARD,
    EMAIL,
    ID_NUMBER,
    MOBILE,
    changed,
    photograph,
    printed,
    with_picture,
    word,
    workbook,
)
from tests.documents.make_documents import MADE_AT, make_certificate, make_decision, make_notice

PAGE = "<html><head><title>{title}</title></head>\n<body><p>公示{body}</p><!-- {comment} --></body></html>"


def page(**hidden: str) -> bytes:
    return PAGE.format(**{"title": "", "body": "", "comment": "", **hidden}).encode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (page(body=ID_NUMBER), "第2行：身份证号"),
        (page(body="1380<b>0138</b>000"), "第2行：手机号码"),
        (page(body=f'<a href="mailto:{EMAIL}">信</a>'), "第2行（属性 href）：电子邮箱"),
        (page(title=CARD), "第1行：银行卡号"),
        (page(comment=MOBILE), "第2行（注释）：手机号码"),
        (word(body=ID_NUMBER), "正文第2段：身份证号"),
        (word(deleted=ID_NUMBER), "正文第1段（修订中删去的文字）：身份证号"),
        (word(header=MOBILE), "页眉第1段：手机号码"),
        (word(comment=CARD), "批注第1段：银行卡号"),
        (word(author=EMAIL), "文档属性：电子邮箱"),
        (workbook(cell=ID_NUMBER), "工作表“名单”单元格 B2：身份证号"),
        (workbook(cell=int(MOBILE)), "工作表“名单”单元格 B2：手机号码"),
        (workbook(cell=f'="{MOBILE}"&""'), "工作表“名单”单元格 B2（公式）：手机号码"),
        (workbook(column=MOBILE), "工作表“名单”单元格 D4（隐藏的行或列）：手机号码"),
        (workbook(sheet=CARD), "工作表“底稿，隐藏”单元格 C3：银行卡号"),
        (workbook(comment=MOBILE), "批注：手机号码"),
        (workbook(name=MOBILE), "定义的名称：手机号码"),
        (workbook(header=MOBILE), "工作表“名单”：手机号码"),
        (workbook(author=EMAIL), "文档属性：电子邮箱"),
        (printed(ID_NUMBER), "第2页：身份证号"),
        (printed(title=f"电话 {MOBILE}"), "文档信息（Title）：手机号码"),
        (printed(attached=MOBILE.encode()), "附件 · 第1行：手机号码"),
        (printed(note=MOBILE), "书签：手机号码"),
        (photograph(artist=f"tel {MOBILE}"), "图片信息（EXIF Artist）：手机号码"),
        (photograph(artist=EMAIL, kind="PNG"), "图片信息（EXIF Artist）：电子邮箱"),
        (photograph(placed=True), "图片信息：拍摄位置"),
        (f"姓名\n{MOBILE}".encode(), "第2行：手机号码"),
        (b"\xff\x00\x01", "整个文件：无法核查的内容"),
        (b"%PDF-1.7 and nothing", "PDF：无法核查的内容"),
        (b"PK\x03\x04 broken word/document.xml", "整个文件：无法核查的内容"),
    ],
)
def test_place_and_kind_are_told(content: bytes, told: str) -> None:
    assert leaks(content) == [told]


def test_pictures_in_documents_are_opened() -> None:
    picture = photograph(artist=MOBILE)
    coded = base64.b64encode(picture).decode()
    assert leaks(with_picture(picture)) == ["内嵌文件 image1.jpg · 图片信息（EXIF Artist）：手机号码"]
    assert leaks(page(body=f'<img src="data:image/jpeg;base64,{coded}">')) == [
        "第2行（属性 src） · 图片信息（EXIF Artist）：手机号码"
    ]


def test_deleted_strings_of_workbooks_are_found() -> None:
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet("名单").write_string(0, 0, "某某")
    left = f"</si><si><t>{ID_NUMBER}</t></si></sst>".encode()
    assert leaks(changed(made.getvalue(), "xl/sharedStrings.xml", b"</si></sst>", left)) == [
        "工作簿中已不显示的文字：身份证号"
    ]


def test_files_in_files_have_an_end() -> None:
    inner = b"clean"
    for _ in range(5):
        inner = printed(attached=inner)
    assert leaks(inner)[-1].endswith("附件：无法核查的内容")


def test_what_we_issue_is_clean() -> None:
    notice, decision = make_notice(), make_decision()
    issued = [
        render.notice_html(notice),
        render.notice_docx(notice),
        render.notice_pdf(notice, MADE_AT),
        render.decision_docx(decision),
        render.decision_pdf(decision, MADE_AT),
        render.certificate_pdf(make_certificate(), MADE_AT),
    ]
    assert [leaks(one, (notice.email,)) for one in issued] == [[]] * len(issued)


def test_only_the_office_may_be_written_to() -> None:
    notice = make_notice()
    assert leaks(render.notice_html(notice), ("other@example.org",)) != []
    assert leaks(render.notice_html(notice), (notice.email.upper(),)) == []

"""One paper made ready: type and size by its kind, a safe name, a number that is a number."""

import pytest

from craftsman.errors import Invalid
from craftsman.papers.handing_in import HandedIn, ReadyPaper, ready_paper
from craftsman.programme.schema import Paper
from tests.papers.making import docx, jpeg, pdf, phone_jpeg

CERTIFICATE = Paper(kind="certificate", title="技能等级证书", media=("pdf", "jpeg"), max_mb=1)
DEEDS = Paper(kind="deeds", title="事迹材料", media=("pdf", "docx"))
PHOTO = Paper(kind="photo", title="照片", media=("jpeg", "png"), photo=True, single=True)


def ready(content: bytes, paper: Paper, *, file_name: str = "a.bin", number: str = "") -> ReadyPaper:
    return ready_paper(HandedIn("2026-tangshan-0001", paper.kind, file_name, content, number), paper)


def test_kept_as_it_was_handed_in() -> None:
    made = ready(pdf(), CERTIFICATE, number=" S0000 130 ")
    assert (made.content, made.sha256, made.number) == (pdf(), made.source_sha256, "S0000 130")


def test_photo_is_kept_anew() -> None:
    made = ready(phone_jpeg(), PHOTO)
    assert (made.content != phone_jpeg(), made.sha256 != made.source_sha256) == (True, True)


def test_same_source_gives_same_paper() -> None:
    assert ready(phone_jpeg(), PHOTO) == ready(phone_jpeg(), PHOTO)


@pytest.mark.parametrize(
    ("file_name", "kept"),
    [
        ("证书.exe", "证书.pdf"),
        ("证书.PDF", "证书.pdf"),
        ("..\\..\\windows\\证书.pdf", "证书.pdf"),
        ("/etc/passwd", "passwd.pdf"),
        ("130203198505010019某某.pdf", "…某某.pdf"),
        ("证书\u202efdp.exe", "证书 fdp.pdf".replace(" ", "_")),
        ('a"b\r\nSet-Cookie: x.pdf', "a_bSet-Cookie_x.pdf"),
        ("", "技能等级证书.pdf"),
        (".pdf", "pdf.pdf"),
        ("13800000000.pdf", "技能等级证书.pdf"),
        ("con.pdf", "_con.pdf"),
        ("证" * 300 + ".pdf", "证" * 60 + ".pdf"),
    ],
)
def test_name_is_never_trusted(file_name: str, kept: str) -> None:
    assert ready(pdf(), CERTIFICATE, file_name=file_name).file_name == kept


@pytest.mark.parametrize(
    ("content", "paper", "number", "reason"),
    [
        (
            docx(),
            CERTIFICATE,
            "",
            "这是 Word 文档（.docx），“技能等级证书”须为 PDF、JPG 图片，请另存后再上传",
        ),
        (jpeg(), DEEDS, "", "这是 JPG 图片，“事迹材料”须为 PDF、Word 文档（.docx），请另存后再上传"),
        (
            pdf() + b"\0" * 1_100_000,
            CERTIFICATE,
            "",
            "文件有 1.0 MB，“技能等级证书”不得超过 1 MB，请压缩或降低扫描分辨率后再上传",
        ),
        (pdf(), CERTIFICATE, "1" * 81, "证书编号超过 80 个字，请只填编号"),
        (pdf(), CERTIFICATE, "11010519491231002X", "证书编号处填了身份证号码，请改填证书编号；没有编号的请留空"),
        (pdf(), CERTIFICATE, "T11010519491231002X", "证书编号处填了身份证号码，请改填证书编号；没有编号的请留空"),
    ],
)
def test_wrong_paper_is_told(content: bytes, paper: Paper, number: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        ready(content, paper, number=number)
    assert refused.value.reason == reason


def test_broken_pdf_is_no_photo() -> None:
    with pytest.raises(Invalid, match="这是 PDF，“照片”须为 JPG 图片、PNG 图片，请另存后再上传"):
        ready(b"%PDF-1.7 broken", PHOTO, file_name="照片.jpg")


def test_refusal_does_not_repeat_the_number() -> None:
    with pytest.raises(Invalid) as refused:
        ready(pdf(), CERTIFICATE, number="11010519491231002X")
    assert "110105" not in str(refused.value)

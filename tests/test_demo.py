"""`craftsman demo` as a newcomer runs it; what it leaves is opened again by other programs."""

import base64
import email
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from email.policy import default
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest

from craftsman.settings import HOME

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Demo:
    """What it left, and what it said."""

    folder: Path
    told: str

    def only(self, pattern: str) -> Path:
        (found,) = self.folder.glob(pattern)
        return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "data").mkdir()
    (folder / "data" / "clock.txt").write_text("2026-04-27T09:00:00+08:00")
    (folder / "left-by-an-earlier-demo.txt").write_text("old")
    command = [sys.executable, "-m", "craftsman.cli", "demo", "--folder", str(folder)]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return Demo(folder, done.stdout)


def names_of(demo: Demo) -> list[str]:
    """The names on the certificates, as printed."""
    texts = [pypdf.PdfReader(path).pages[0].extract_text() for path in sorted(demo.folder.glob("certificates/*.pdf"))]
    return [_plain(text.partition("同志")[0]).removeprefix("证书") for text in texts]


def test_earlier_demo_is_cleared(demo: Demo) -> None:
    assert not (demo.folder / "left-by-an-earlier-demo.txt").exists()


def test_thirty_certificates_open_as_pdf(demo: Demo) -> None:
    assert len(set(names_of(demo))) == 30


def test_returned_workbook_marks_its_errors(demo: Demo) -> None:
    returned = openpyxl.load_workbook(demo.folder / "returned-nominations.xlsx")
    reasons = [str(line[4]) for line in returned["错误清单"].iter_rows(min_row=2, values_only=True)]
    assert [reason.startswith("提示：") for reason in reasons] == [False] * 11 + [True] * 2
    assert returned["推荐汇总表"].max_row == 140


def test_notice_names_the_same_in_all_forms(demo: Demo) -> None:
    page = demo.only("*拟入选人员的公示.html").read_text()
    word = docx.Document(str(demo.only("*拟入选人员的公示.docx")))
    cells = "".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    printed = "".join(one.extract_text() for one in pypdf.PdfReader(demo.only("*拟入选人员的公示.pdf")).pages)
    noticed = [name for name in names_of(demo) if name in page]
    assert len(noticed) == 29  # one was objected to; the substitute stands on a notice of its own
    assert [name for name in noticed if name not in _plain(cells) or name not in _plain(printed)] == []


def test_decision_names_all_winners(demo: Demo) -> None:
    page = demo.only("*名单的通报.html").read_text()
    assert [name for name in names_of(demo) if name not in page] == []


def test_letters_are_real_messages(demo: Demo) -> None:
    letters = [email.message_from_bytes(path.read_bytes(), policy=default) for path in demo.folder.glob("mail/*.eml")]
    assert len(letters) > 100
    assert len({letter["Message-ID"] for letter in letters}) == len(letters)
    assert {letter.get_content_type() for letter in letters} == {"multipart/alternative"}


def test_score_explanation_opens_as_workbook(demo: Demo) -> None:
    explained = openpyxl.load_workbook(demo.only("*计分说明.xlsx"))
    assert explained.sheetnames == ["排名总表", "评分明细", "计算过程"]


def test_audit_export_is_whole(demo: Demo) -> None:
    with zipfile.ZipFile(demo.folder / "audit-export.zip") as archive:
        assert archive.testzip() is None
        size = max(int(name.removeprefix("checkpoints/")) for name in archive.namelist() if "checkpoints/" in name)
        root = base64.b64decode(archive.read(f"checkpoints/{size}").decode().split("\n")[2]).hex()
        archive.extractall(demo.folder / "evidence")
    checked = subprocess.run(
        [sys.executable, "verify.py", "."], cwd=demo.folder / "evidence", capture_output=True, text=True, check=False
    )
    assert (checked.returncode, "结论：全部成立。" in checked.stdout, root in demo.told) == (0, True, True)


def test_summary_tells_funnel_and_runs(demo: Demo) -> None:
    assert [
        word
        for word in ("各环节漏斗", "HBDGJ-2026-A-010", "HBDGJ-2026-B-020", "Prefect 运行", "用时")
        if word not in demo.told
    ] == []


def _plain(text: str) -> str:
    return "".join(text.split()).replace("\u3000", "")

"""Files that are not what a form asks for, made once: for every form that takes one."""

import struct
import zlib
from collections.abc import Callable, Collection, Sequence
from functools import cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document
from httpx import Response

from tests.actions.opened import book, row
from tests.portal.scene import Visitor
from tests.small_round import workbook

Fields = list[tuple[str, str]]


@cache
def docx() -> bytes:
    """A letter, as Word writes it."""
    made = BytesIO()
    document = Document()
    document.add_paragraph("推荐函（虚构）")
    document.save(made)
    return made.getvalue()


@cache
def bomb() -> bytes:
    """A workbook that would fill the memory: 64 megabytes of zeros in a sheet."""
    made = BytesIO()
    with ZipFile(BytesIO(book(row(1)))) as right, ZipFile(made, "w", ZIP_DEFLATED) as wrong:
        for name in right.namelist():
            zeros = name.startswith("xl/worksheets/")
            with wrong.open(name, "w") as part:
                for _ in range(64 if zeros else 0):
                    part.write(bytes(1 << 20))
                part.write(right.read(name))
    return made.getvalue()


def scripted_image() -> bytes:
    """A PNG's head, and then a page with a script."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"<script>alert(1)</script>"


WRONG: dict[str, Callable[[], tuple[str, bytes]]] = {
    "csv-as-xlsx": lambda: ("推荐汇总表.xlsx", "甲,乙\n1,2\n".encode()),
    "docx-as-xlsx": lambda: ("推荐汇总表.xlsx", docx()),
    "empty": lambda: ("推荐汇总表.xlsx", b""),
    "exe": lambda: ("推荐汇总表.xlsx", b"MZ" + bytes(4000)),
    "image-with-script": lambda: ("照片.png", scripted_image()),
    "svg-with-script": lambda: ("照片.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "other-round": lambda: ("推荐汇总表.xlsx", workbook()),
    "xlsx-as-csv": lambda: ("推荐汇总表.csv", book(row(1))),
    "zip-bomb": lambda: ("推荐汇总表.xlsx", bomb()),
    "too-large": lambda: ("推荐汇总表.xlsx", bytes(21 << 20)),
}


@cache
def wrong_file(what: str) -> tuple[str, bytes]:
    """A wrong file by its name among `WRONG`: what it is called, and its bytes."""
    return WRONG[what]()


def calm(answer: Response) -> bool:
    """Whether a refusal is a page that tells what is wrong and nothing of ours."""
    told = answer.text
    return answer.status_code == 422 and 'role="alert"' in told and "Traceback" not in told and "alert(1)" not in told


def badly_answered(
    visitor: Visitor, path: str, fields: Fields, *, field: str = "workbook", fit: Collection[str] = ()
) -> Sequence[tuple[str, int]]:
    """The wrong files that a form does not refuse calmly; those that are `fit` for it are not sent."""
    sent = WRONG.keys() - set(fit)
    answers = {what: visitor.post_file(path, fields, *wrong_file(what), field=field) for what in sent}
    return [(what, answer.status_code) for what, answer in answers.items() if not calm(answer)]

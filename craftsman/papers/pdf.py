"""PDFs: whole, open and still. What would run, start, send or hide something is refused, without a full parser.

The names that do such things are looked for in the bytes themselves, escapes undone, and in compressed object streams;
each step is linear in the size of the file. A parser would see what one reader sees; these names work in none.
"""

import re
import zlib
from collections.abc import Iterator

from craftsman.errors import Invalid

_MOST_UNPACKED = 50 * 1024 * 1024
_TAIL = 2048
# object streams do not overlap in an honest file, and their dictionaries are short
_DICTIONARY = 1024
_MOST_READ = 2
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"\bstream[ \t]*(?:\r\n|\n|\r)")
_PACKED = b"/ObjStm"
_END = re.compile(rb"%%EOF[\s\0]*$")
_BY_SCAN = "请打印或扫描为普通 PDF 后再上传"
_UNREADABLE = f"PDF 的内部结构无法核对，{_BY_SCAN}"
# names that are short, or harmless without their value, are told with it
_FORBIDDEN: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R)"), "PDF 设有密码或权限限制，请取消后再上传"),
    (re.compile(rb"/JavaScript(?![\w.-])"), f"PDF 里含有脚本（JavaScript），{_BY_SCAN}"),
    (re.compile(rb"/Launch(?![\w.-])"), f"PDF 里含有启动程序的动作，{_BY_SCAN}"),
    (re.compile(rb"/(?:SubmitForm|ImportData)(?![\w.-])"), f"PDF 里含有提交数据的表单，{_BY_SCAN}"),
    (re.compile(rb"/EmbeddedFiles?(?![\w.-])"), f"PDF 里夹带了附件，请去掉附件后再上传，或{_BY_SCAN}"),
    (re.compile(rb"/RichMedia(?![\w.-])"), f"PDF 里含有视频或动画，{_BY_SCAN}"),
    (re.compile(rb"/XFA\s*(?:\[|\d+\s+\d+\s+R)"), f"PDF 是动态表单，{_BY_SCAN}"),
)


def check_pdf(content: bytes) -> None:
    """Refuse a PDF that is cut short, locked, or does more than show pages. Raises Invalid."""
    if _END.search(content[-_TAIL:]) is None or b"startxref" not in content[-_TAIL:]:
        raise Invalid("PDF 不完整（可能没有传完，或结尾夹带了其他内容），请重新导出后再上传")
    for part in _readable(content):
        reason = next((reason for pattern, reason in _FORBIDDEN if pattern.search(part)), None)
        if reason is not None:
            raise Invalid(reason)


def _readable(content: bytes) -> Iterator[bytes]:
    """The file's bytes, then each object stream unpacked, escapes undone; what is read and unpacked stays in bounds."""
    whole = _plain(content)
    yield whole
    to_find = whole.count(_PACKED)
    end, to_read, to_unpack = 0, _MOST_READ * len(content), _MOST_UNPACKED
    for found in _STREAM.finditer(content):
        start = found.end()
        if end < start:
            end = content.find(b"endstream", start)
            end = end if end >= 0 else len(content)
        dictionary = content[max(0, found.start() - _DICTIONARY) : found.start()].rpartition(b"obj")[2]
        if _PACKED not in _plain(dictionary):
            continue
        if (to_read := to_read - (end - start)) < 0:
            raise Invalid(_UNREADABLE)
        unpacked = _unpacked(content[start:end], to_unpack)
        to_unpack -= len(unpacked)
        to_find -= 1
        yield _plain(unpacked)
    if to_find > 0:
        raise Invalid(_UNREADABLE)


def _plain(part: bytes) -> bytes:
    """The bytes with escapes in names undone: /J#53 is /JS."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part) if b"#" in part else part


def _unpacked(packed: bytes, most: int) -> bytes:
    reader = zlib.decompressobj()
    try:
        unpacked = reader.decompress(packed, max(1, most))
    except zlib.error as damage:
        raise Invalid(_UNREADABLE) from damage
    if not reader.eof:
        raise Invalid(_UNREADABLE)
    return unpacked

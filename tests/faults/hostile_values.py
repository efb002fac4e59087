"""Texts and files that nobody honest sends."""

import io
import zipfile

TEXTS = (
    "{{7*7}}", "${7*7}", "{% include '/etc/passwd' %}", "' OR 1=1 --", "1; DROP TABLE audit_event", '" OR ""="',
    "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "..\\..\\windows",
    "%00", "\0", "a\0b", "\x1b[31m", "\ud800", "\udfff",
    '=HYPERLINK("http://evil.example")', "@SUM(1+1)", "<script>alert(1)</script>", '"><img src=x onerror=1>',
    "javascript:alert(1)", "x\r\nSet-Cookie: craftsman=1", "x\nX-Injected: 1", "\u202e\u200b", "\ufeff", "𠀀" * 50,
    "9" * 400, "-1", "0", "1e999", "NaN", "Infinity", "0x10", "１２", "²", "2147483648", "9223372036854775808", "-0",
    "true", "null", "[]", "{}", "x" * 5000, "年" * 20_000, "", " ", "2026-02-30", "0000-00-00", "2026-01-12T99:00",
    "9999-12-31T23:59:59+14:00", "0001-01-01", "10000-01-01", "88.555", "1,5", "1_0", "１００", "٣",
)  # fmt: skip


def _zipped(names: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return buffer.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
BOMBS = (
    _zipped({"xl/worksheets/sheet1.xml": bytes(30_000_000)}),
    _zipped({"[Content_Types].xml": LAUGHS, "xl/workbook.xml": LAUGHS, "xl/sharedStrings.xml": LAUGHS}),
    _zipped({"[Content_Types].xml": OUTSIDE, "word/document.xml": OUTSIDE, "xl/workbook.xml": OUTSIDE}),
    _zipped({"../../etc/cron.d/x": b"* * * * * root id"}),
    _zipped({f"{number}.xml": b"" for number in range(2000)}),
    _zipped({"xl/workbook.xml": b"<a>" * 20_000}),
    b"PK\x03\x04" + bytes(100),
    b"%PDF-1.7\n1 0 obj<</Length 99999999999>>stream\n",
    b"\xff\xd8\xff\xe0" + bytes(50),
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\0\0\0",
    LAUGHS,
    b"",
    "=cmd|' /C calc'!A0".encode("utf-16"),
)

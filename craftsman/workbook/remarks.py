"""Remarks on cells: what the reporter is told although the cell is taken."""

from typing import NamedTuple

from craftsman.workbook.text import holds_wide_digits


class Note(NamedTuple):
    """A remark that refuses nothing."""

    rule: str
    reason: str


WIDE = Note("wide_digits", "含全角数字或字母，已按半角读入，无需重报")
SPACES = Note("spaces", "号码中间有空格，已去掉读入，无需重报")
CHECKSUM = Note("uscc_checksum", "统一社会信用代码校验位不符；少数早期代码确实如此，请对照登记证书核对，无误可不改")
ORIGIN = Note("id_origin", "身份证号码前六位不是已知的行政区划代码，请核对原件，无误可不改")
POSTCODE = Note("postcode_elsewhere", "不是河北省的邮政编码（05 至 07 开头），请核对，无误可不改")
HIDDEN = Note("hidden_row", "本行在表中被隐藏或筛掉，也已按正常行读入，请核对是否要报")


def wide_notes(text: str) -> tuple[Note, ...]:
    """That full-width digits or letters were folded, where there are any."""
    return (WIDE,) if holds_wide_digits(text) else ()

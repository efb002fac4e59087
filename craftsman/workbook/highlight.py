"""Formulas that colour a cell of the template while the reporter types: check digits that do not fit."""

from craftsman.rules.identity import ID_CHECK, ID_WEIGHTS, USCC_ALPHABET, USCC_WEIGHTS
from craftsman.workbook.columns import Column


def highlight(column: Column, cell: str) -> str:
    """The formula that is true where a filled cell fails its checksum, such as "E2"; empty for other kinds of columns.

    Spelt out sign by sign, for spreadsheets take no array constants in conditional formats.
    """
    if column.kind == "id":
        total = "+".join(f"MID({cell},{place},1)*{weight}" for place, weight in enumerate(ID_WEIGHTS, start=1))
        return _wrong(cell, f'MID("{ID_CHECK}",MOD({total},11)+1,1)')
    if column.kind == "uscc":
        total = "+".join(
            f'(FIND(MID({cell},{place},1),"{USCC_ALPHABET}")-1)*{weight}'
            for place, weight in enumerate(USCC_WEIGHTS, start=1)
        )
        return _wrong(cell, f'MID("{USCC_ALPHABET}",MOD(31-MOD({total},31),31)+1,1)')
    return ""


def _wrong(cell: str, check: str) -> str:
    """Not empty, and too short, without the check sign, or not to be computed at all."""
    return f'=AND({cell}<>"",IFERROR(OR(LEN({cell})<>18,{check}<>UPPER(RIGHT({cell},1))),TRUE))'

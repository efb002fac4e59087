"""汇总表: nominees as a workbook, its columns named by the kind's folder."""

from collections.abc import Sequence

from craftsman.documents.facts import Nominee, field_names
from craftsman.documents.kinds import Kind
from craftsman.documents.workbook import Cell, sheets
from craftsman.errors import Invalid


def summary_xlsx(kind: Kind, title: str, nominees: Sequence[Nominee]) -> bytes:
    """A workbook of one sheet, a row for each nominee. Invalid for a column that nominees do not have."""
    wrong = [column.field for column in kind.columns if column.field not in field_names()[Nominee.__name__]]
    if wrong:
        raise Invalid(f"{kind.name}/kind.toml 的列不在许可之列：{'、'.join(wrong)}。")
    columns = [(column.head, column.width) for column in kind.columns]
    rows: list[list[Cell]] = [[getattr(one, column.field) for column in kind.columns] for one in nominees]
    return sheets(title, [(kind.title, columns, rows)])

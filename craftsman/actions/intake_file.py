"""A nomination workbook made ready outside of any transaction: read, checked, sealed and fingerprinted."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter

from craftsman.actions.people import SealedFields, sealed_under
from craftsman.actions.workplace import Workplace
from craftsman.errors import Invalid
from craftsman.programme.programme import Programme
from craftsman.rules.identity import mask_id
from craftsman.store.bulk import without_collector
from craftsman.store.files import bare_name
from craftsman.store.secrets import OwnKey, Secrets
from craftsman.workbook.check import CellProblem, Checked, NominationRow, Watch, check_rows
from craftsman.workbook.columns import BY_KEY, intake_of
from craftsman.workbook.read import RawRow, Sheet, is_blank, read_workbook
from craftsman.workbook.returned import returned_workbook

# kept in columns of their own or encrypted; everything else of a row is public detail
_NOT_DETAILS = frozenset(
    {"row", "name", "sex", "ethnicity", "id_number", "birth", "phone", "unit", "uscc", "region", "reporting_unit"}
    | {"post", "industry", "rank", "seat"}
)
_FIELDS = tuple(sorted(field.name for field in fields(NominationRow)))
_DAYS = tuple(field.name for field in fields(NominationRow) if field.type in {date, date | None})
_DETAILS = tuple(name for name in _FIELDS if name not in _NOT_DETAILS)
_VALUES = attrgetter(*_FIELDS)
_JSON = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A right row with its person's sealed fields; equal `digest` means that nothing of it changed."""

    row: NominationRow
    person: SealedFields
    digest: str
    details: dict[str, object]

    def problem(self, column: str, rule: str, reason: str, *, shown: str = "") -> CellProblem:
        """A problem of this row that only the round's state can tell; shows the masked ID number by default."""
        return CellProblem(
            self.row.row, column, BY_KEY[column].title, shown or mask_id(self.row.id_number), reason, rule
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A workbook ready to be taken in; `total` counts its rows, right and wrong; `notes` keep nothing out."""

    sha256: str
    file_name: str
    content: bytes = field(repr=False)
    total: int
    rows: tuple[SealedRow, ...]
    problems: tuple[CellProblem, ...]
    notes: tuple[CellProblem, ...] = ()


@without_collector()
def prepare_import(
    place: Workplace, programme: Programme, content: bytes, file_name: str, *, watch: Watch = iter
) -> Prepared:
    """Read, check and seal a workbook; pure of the database. Raises Invalid for a file that cannot be read.

    `watch` sees each row go by as it is checked, for a progress bar.
    """
    sheet = read_workbook(content, file_name, max_rows=intake_of(programme).max_rows, round_key=programme.key)
    checked = check_rows(sheet, programme, watch)
    return _prepared(place, programme, checked, content, file_name, total=len(sheet.rows))


@without_collector()
def prepare_rows(
    place: Workplace, programme: Programme, rows: Sequence[Mapping[str, object]], content: bytes, name: str
) -> Prepared:
    """The same of rows that another program sends, as cells by column key; `content` are the bytes they came in.

    Raises Invalid for no rows, too many, or columns that there are not. Rows are numbered as in a workbook, from 2.
    """
    most = intake_of(programme).max_rows
    if not 0 < len(rows) <= most:
        raise Invalid(f"须有 1 至 {most} 行数据，现有 {len(rows)} 行。")
    if unknown := sorted({key for row in rows for key in row} - BY_KEY.keys()):
        raise Invalid(f"没有名为“{unknown[0][:40]}”的列，请按接口说明填写列名。")
    cells = [{key: cell for key, cell in row.items() if not is_blank(cell)} for row in rows]
    header = tuple(key for key in BY_KEY if any(key in row for row in cells))
    raw = tuple(RawRow(number, row) for number, row in enumerate(cells, start=2))
    checked = check_rows(Sheet(header, raw), programme)
    return _prepared(place, programme, checked, content, name, total=len(raw))


def returned_file(prepared: Prepared, problems: Sequence[CellProblem]) -> bytes | None:
    """The reporter's file with every problem and remark marked, None where there is no problem.

    Do it outside of the transaction.
    """
    return returned_workbook(prepared.content, problems, prepared.notes) if problems else None


def _prepared(  # noqa: PLR0913  (the count by name)
    place: Workplace, programme: Programme, checked: Checked, content: bytes, file_name: str, *, total: int
) -> Prepared:
    return Prepared(
        sha256=hashlib.sha256(content).hexdigest(),
        file_name=bare_name(file_name),
        content=content,
        total=total,
        rows=tuple(
            _sealed(place.secrets, own, programme.key, row)
            for own, row in zip(place.secrets.new_owns(len(checked.good)), checked.good, strict=True)
        ),
        problems=checked.problems,
        notes=checked.notes,
    )


def _sealed(secrets: Secrets, own: OwnKey, round_key: str, row: NominationRow) -> SealedRow:
    values = dict(zip(_FIELDS, _VALUES(row), strict=True))
    for name in _DAYS:
        values[name] = values[name] and values[name].isoformat()
    # keyed, for a bare hash of known columns and a birth day would give the ID number away
    digest = secrets.index(_JSON.encode(values | {"row": 0, "serial": 0}), f"{round_key}/row")
    details = {name: values[name] for name in _DETAILS if values[name] is not None}
    index = secrets.index(row.id_number, scope=round_key)
    return SealedRow(row, sealed_under(own, index, row.id_number, row.birth, row.phone), digest, details)

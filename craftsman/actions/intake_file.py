"""A nomination workbook made ready outside of any transaction: read, checked, sealed and fingerprinted."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter

from craftsman.actions.people import SealedFields, sealed_under
from craftsman.actions.workplace import Workplace
from craftsman.programme.programme import Programme
from craftsman.rules.identity import mask_id
from craftsman.store.bulk import without_collector
from craftsman.store.files import bare_name
from craftsman.store.secrets import OwnKey, Secrets
from craftsman.workbook.check import CellProblem, NominationRow, Watch, check_rows
from craftsman.workbook.columns import BY_KEY, intake_of
from craftsman.workbook.read import read_workbook
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
    sheet = read_workbook(content, file_name, max_rows=intake_of(programme).max_rows)
    checked = check_rows(sheet, programme, watch)
    return Prepared(
        sha256=hashlib.sha256(content).hexdigest(),
        file_name=bare_name(file_name),
        content=content,
        total=len(sheet.rows),
        rows=tuple(
            _sealed(place.secrets, own, programme.key, row)
            for own, row in zip(place.secrets.new_owns(len(checked.good)), checked.good, strict=True)
        ),
        problems=checked.problems,
        notes=checked.notes,
    )


def returned_file(prepared: Prepared, problems: Sequence[CellProblem]) -> bytes | None:
    """The reporter's file with every problem and remark marked, None where there is no problem.

    Do it outside of the transaction.
    """
    return returned_workbook(prepared.content, problems, prepared.notes) if problems else None


def _sealed(secrets: Secrets, own: OwnKey, round_key: str, row: NominationRow) -> SealedRow:
    values = dict(zip(_FIELDS, _VALUES(row), strict=True))
    for name in _DAYS:
        values[name] = values[name] and values[name].isoformat()
    # keyed, for a bare hash of known columns and a birth day would give the ID number away
    digest = secrets.index(_JSON.encode(values | {"row": 0, "serial": 0}), f"{round_key}/row")
    details = {name: values[name] for name in _DETAILS if values[name] is not None}
    index = secrets.index(row.id_number, scope=round_key)
    return SealedRow(row, sealed_under(own, index, row.id_number, row.birth, row.phone), digest, details)

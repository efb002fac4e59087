"""Taking in a nomination workbook: everything of it in one transaction, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, delete, select

from craftsman.actions import intake_letters
from craftsman.actions.acting import Act, record
from craftsman.actions.intake_entry import Desk, correct, enter, keep_channels
from craftsman.actions.intake_file import Prepared, SealedRow, prepare_import, returned_file
from craftsman.actions.intake_merge import Known, Plan, Situation, plan_import
from craftsman.actions.supplements import lapse_supplements
from craftsman.actions.views import read_programme, round_by_key
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Refused
from craftsman.store.bulk import insert_rows, listed, without_collector
from craftsman.workbook.check import CellProblem
from craftsman.workbook.columns import intake_of
from models import ImportBatch, Nomination, NominationChannel, Organisation, Person, Round, StageRun, StageStatus

__all__ = ["ImportReport", "Prepared", "apply_import", "import_workbook", "prepare_import", "returned_file"]
_OF_KNOWN = ("id", "person_id", "case_no", "organisation_id", "status", "row_digest")
NOT_YET = frozenset({StageStatus.PLANNED, StageStatus.DUE, StageStatus.OPENING})


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a workbook's rows. `returned` is the marked file; `repeated`: the same bytes came before.

    `problems` keep their rows out, `notes` are remarks on cells that were read all the same.
    """

    created: int
    updated: int
    unchanged: int
    refused: int
    problems: tuple[CellProblem, ...]
    returned: bytes | None = None
    repeated: bool = False
    notes: tuple[CellProblem, ...] = ()


def import_workbook(  # noqa: PLR0913  (all but the round by name)
    session: Session, act: Act, round_key: str, *, content: bytes, file_name: str, dry_run: bool = False
) -> ImportReport:
    """Prepare, take in and return a workbook at one go; large files are better prepared outside (`prepare_import`)."""
    round_ = round_by_key(session, round_key)
    act.must("intake.import", round_.id)
    prepared = prepare_import(act.place, read_programme(round_.programme), content, file_name)
    report = apply_import(session, act, round_key, prepared, dry_run=dry_run)
    return replace(report, returned=returned_file(prepared, report.problems))


@without_collector()
def apply_import(
    session: Session, act: Act, round_key: str, prepared: Prepared, *, dry_run: bool = False
) -> ImportReport:
    """Take a prepared workbook in, with history and letters; `dry_run` only tells what would become of it.

    Refused before the intake is open; Forbidden for a reporter of no unit. The same bytes are taken in again only
    where they change something now. After the intake only nominations that were returned are corrected. The number of
    statements is constant.
    """
    round_ = round_by_key(session, round_key)
    act.must("intake.import", round_.id)
    desk = _desk(session, round_)
    if not dry_run:
        lapse_supplements(session, act)
    plan = plan_import(prepared, _situation(session, act, desk, prepared.rows), intake_of(desk.programme))
    seen = select(ImportBatch.id).where(ImportBatch.round_id == desk.round_id, ImportBatch.sha256 == prepared.sha256)
    # bytes that were refused or corrected since may well have something to say when they come again
    if not plan.changes and session.exec(seen).first() is not None:
        return _repeated(prepared, plan)
    report = ImportReport(
        created=len(plan.new),
        updated=len(plan.corrected),
        unchanged=len(plan.unchanged),
        refused=prepared.total - plan.taken,
        problems=tuple(plan.problems),
        notes=prepared.notes,
    )
    if not dry_run:
        _carry_out(session, act, desk, prepared, plan)
    return report


def _repeated(prepared: Prepared, plan: Plan) -> ImportReport:
    taken = plan.taken
    refused, problems = prepared.total - taken, tuple(plan.problems)
    return ImportReport(0, 0, taken, refused, problems, repeated=True, notes=prepared.notes)


def _desk(session: Session, round_: Round) -> Desk:
    programme = read_programme(round_.programme)
    query = select(StageRun).where(StageRun.round_id == round_.id, StageRun.key == intake_of(programme).key)
    run = session.exec(query).one()
    if run.status in NOT_YET:
        raise Refused(f"环节“{run.title}”尚未开始，暂不能报送；请在公布的报送时间内再来。")
    codes = [unit.code for unit in programme.reference.reporting_units]
    units = session.exec(select(Organisation).where(col(Organisation.code).in_(codes))).all()
    return Desk(round_, programme, {unit.code: unit for unit in units}, run.status == StageStatus.OPEN)


def _situation(session: Session, act: Act, desk: Desk, rows: Sequence[SealedRow]) -> Situation:
    codes = {unit.id: code for code, unit in desk.organisations.items()}
    only = ""
    if "staff" not in act.actor.roles(desk.round.id):
        only = codes.get(act.actor.organisation_id, "")
        if not only:
            raise Forbidden("您的账号没有对应的推荐单位，不能报送；请联系活动办公室。")
    titles = {code: unit.name for code, unit in desk.organisations.items()}
    here = [row.person.id_index for row in rows]
    return Situation(_known(session, desk.round_id, codes, here), titles, accepting=desk.accepting, only=only)


def _known(session: Session, round_id: int, codes: Mapping[int | None, str], people: Sequence[str]) -> dict[str, Known]:
    """The nominations of these people; a round may hold many more than a file tells of."""
    here = (Nomination.round_id == round_id, col(Person.id_index).in_(listed(session, people)))
    channels: dict[int, set[str]] = {}
    pairs = select(NominationChannel.nomination_id, NominationChannel.channel).join(Nomination).join(Person)
    for nomination_id, channel in session.exec(pairs.where(*here)).all():
        channels.setdefault(nomination_id, set()).add(channel)
    columns = [col(getattr(Nomination, name)) for name in _OF_KNOWN]
    query = select(Person.id_index, Person.data_key, *columns).join(Nomination).where(*here)
    return {
        index: Known(
            number, person, case_no, codes[organisation], status, row, frozenset(channels.get(number, ())), own
        )
        for index, own, number, person, case_no, organisation, status, row in session.connection().execute(query)
    }


def _carry_out(session: Session, act: Act, desk: Desk, prepared: Prepared, plan: Plan) -> None:
    case_numbers = enter(session, act, desk, plan.new)
    correct(session, act, desk, plan.corrected)
    keep_channels(session, act, desk, plan)
    batch = ImportBatch(
        round_id=desk.round_id,
        sha256=prepared.sha256,
        file_name=prepared.file_name,
        rows=prepared.total,
        created=len(plan.new),
        updated=len(plan.corrected),
        unchanged=len(plan.unchanged),
        refused=prepared.total - plan.taken,
        account_id=act.actor.account_id,
        imported_at=act.now,
    )
    before = delete(ImportBatch).where(col(ImportBatch.round_id) == desk.round_id)
    session.exec(before.where(col(ImportBatch.sha256) == prepared.sha256))
    insert_rows(session, [batch])
    told = _history(desk, batch, plan, case_numbers)
    seq = record(session, act, desk.round_id, told) - len(told) + 1
    counts = intake_letters.Counts(problems=len(plan.problems), notes=len(prepared.notes), seq=seq)
    taken_in = [*case_numbers, *(known.case_no for _, known in plan.corrected)]
    intake_letters.put_letters(session, act, desk.round, batch, counts, taken_in=taken_in)


def _history(desk: Desk, batch: ImportBatch, plan: Plan, case_numbers: Sequence[str]) -> list[Entry]:
    counts = {name: getattr(batch, name) for name in ("rows", "created", "updated", "unchanged", "refused")}
    whole = Entry("intake.imported", f"{desk.round.key}/import", counts, files=[batch.sha256])
    created = [_row_told("created", number, row) for number, row in zip(case_numbers, plan.new, strict=True)]
    corrected = [_row_told("corrected", known.case_no, row) for row, known in plan.corrected]
    merged = [_row_told("merged", known.case_no, row) for row, known in plan.merged]
    return [whole, *created, *corrected, *merged]


def _row_told(what: str, case_no: str, row: SealedRow) -> Entry:
    """The commitment proves later what was handed in; whoever holds the installation's keys cannot guess it either."""
    facts = {"unit": row.row.reporting_unit, "channel": row.row.channel}
    return Entry(f"nomination.{what}", case_no, facts, private={"row": row.digest})

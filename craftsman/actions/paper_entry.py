"""Taking papers in: one or many in one transaction, all of them or none."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.own_keys import keys_for_files
from craftsman.actions.paper_cases import PaperDesk, paper_desk, paper_kind
from craftsman.actions.supplements import lapse_supplements
from craftsman.actions.views import read_programme, round_by_key
from craftsman.audit.log import Entry
from craftsman.errors import Refused
from craftsman.papers.handing_in import HandedIn, ReadyPaper, ready_paper
from craftsman.store.bulk import insert_rows, listed, update_rows
from craftsman.store.vault import Vault
from models import Attachment, Nomination

MOST_PAPERS = 60
REPLACED = "由新文件替换"
Outcome = Literal["added", "replaced", "unchanged"]


@dataclass(slots=True)
class _Plan:
    """What becomes of each paper, in order; `replaced` are the rows that give way."""

    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    new: list[ReadyPaper] = field(default_factory=list[ReadyPaper])
    replaced: list[tuple[str, Attachment]] = field(default_factory=list[tuple[str, Attachment]])
    problems: list[str] = field(default_factory=list[str])


def hand_in_paper(session: Session, act: Act, round_key: str, handed: HandedIn) -> Outcome:
    """Check one file and take it in. Invalid for a file that is not what it should be, else as `add_papers`."""
    round_ = round_by_key(session, round_key)
    act.must("paper.hand_in", round_.id)
    kind = paper_kind(read_programme(round_.programme), handed.kind)
    return add_papers(session, act, round_key, [ready_paper(handed, kind)])[0]


def add_papers(
    session: Session, act: Act, round_key: str, papers: Sequence[ReadyPaper], *, dry_run: bool = False
) -> list[Outcome]:
    """Take papers in, all or none, and say what became of each; a constant number of statements.

    A new file of a `single` kind takes the place of the former, which stays as withdrawn. The same file again for the
    same kind and case changes nothing, unless it comes with another number. Refused, with a line for each fault, for
    cases that are not the actor's or closed to changes and above the most papers of a case.
    """
    act.must("paper.hand_in", round_by_key(session, round_key).id)
    if not dry_run:
        lapse_supplements(session, act)
    case_nos = sorted({paper.case_no for paper in papers})
    desk = paper_desk(session, act, round_key, case_nos)
    plan = _plan(desk, papers, _in_force(session, desk, case_nos))
    if plan.problems:
        raise Refused("有的材料不能收，全部未收：", plan.problems)
    if not dry_run:
        _carry_out(session, act, desk, plan)
    return plan.outcomes


def vault_of(act: Act) -> Vault:
    """The encrypted store of papers of the workplace."""
    return Vault(act.place.settings.vault_dir, act.place.secrets)


def _in_force(session: Session, desk: PaperDesk, case_nos: Sequence[str]) -> dict[str, list[Attachment]]:
    """The papers in force of these cases; one query."""
    query = (
        select(Nomination.case_no, Attachment)
        .join(Attachment, col(Attachment.nomination_id) == Nomination.id)
        .where(Nomination.round_id == desk.round_id, col(Attachment.withdrawn_at).is_(None))
        .where(col(Nomination.case_no).in_(listed(session, case_nos)))
    )
    found: dict[str, list[Attachment]] = {case_no: [] for case_no in case_nos}
    for case_no, row in session.exec(query).all():
        found[case_no].append(row)
    return found


def _plan(desk: PaperDesk, papers: Sequence[ReadyPaper], in_force: dict[str, list[Attachment]]) -> _Plan:
    plan = _Plan()
    plan.problems += [f"{case_no}：{reason}" for case_no in in_force if (reason := desk.obstacle(case_no))]
    plan.problems += [f"没有材料 {kind}" for kind in sorted({paper.kind for paper in papers} - desk.papers.keys())]
    if plan.problems:
        return plan
    seen: set[tuple[str, str, str]] = set()
    for paper in papers:
        place = (paper.case_no, paper.kind, paper.source_sha256)
        plan.outcomes.append("unchanged" if place in seen else _place(plan, desk, paper, in_force[paper.case_no]))
        seen.add(place)
    plan.problems += _too_many(desk, plan, in_force)
    return plan


def _place(plan: _Plan, desk: PaperDesk, paper: ReadyPaper, before: Sequence[Attachment]) -> Outcome:
    alike = [row for row in before if row.kind == paper.kind]
    same = [row for row in alike if row.source_sha256 == paper.source_sha256]
    if any(paper.number in ("", row.number) for row in same):
        return "unchanged"
    giving_way = alike if desk.papers[paper.kind].single else same
    plan.new.append(paper)
    plan.replaced += [(paper.case_no, row) for row in giving_way]
    return "replaced" if giving_way else "added"


def _too_many(desk: PaperDesk, plan: _Plan, in_force: dict[str, list[Attachment]]) -> list[str]:
    new = Counter((paper.case_no, paper.kind) for paper in plan.new)
    problems = [
        f"{case_no}：“{desk.papers[kind].title}”只留一份，却交来 {count} 份，请只交一份"
        for (case_no, kind), count in new.items()
        if count > 1 and desk.papers[kind].single
    ]
    gone = Counter(case_no for case_no, _ in plan.replaced)
    for case_no, count in Counter(paper.case_no for paper in plan.new).items():
        total = len(in_force[case_no]) + count - gone[case_no]
        if total > MOST_PAPERS:
            problems.append(f"{case_no}：材料共 {total} 份，超过 {MOST_PAPERS} 份，请合并扫描或先撤回多余的")
    return problems


def _carry_out(session: Session, act: Act, desk: PaperDesk, plan: _Plan) -> None:
    vault = vault_of(act)
    keys = keys_for_files(session, act, {desk.cases[paper.case_no].id or 0 for paper in plan.new})
    # a file without a row is harmless after a crash, a row without a file is not
    for paper in plan.new:
        vault.keep(paper.content, keys[desk.cases[paper.case_no].id or 0])
    gone = [{"id": row.id, "withdrawn_at": act.now, "withdrawn_reason": REPLACED} for _, row in plan.replaced]
    update_rows(session, Attachment, gone)
    insert_rows(session, [_row(act, desk, paper) for paper in plan.new])
    replaced = [withdrawn(case_no, row, REPLACED) for case_no, row in plan.replaced]
    added = [_added(paper) for paper in plan.new]
    if replaced or added:
        record(session, act, desk.round_id, [*replaced, *added])


def _row(act: Act, desk: PaperDesk, paper: ReadyPaper) -> Attachment:
    return Attachment(
        nomination_id=desk.cases[paper.case_no].id or 0,
        kind=paper.kind,
        sha256=paper.sha256,
        source_sha256=paper.source_sha256,
        media_type=paper.media_type,
        size=len(paper.content),
        file_name=paper.file_name,
        number=paper.number,
        account_id=act.actor.account_id,
        added_at=act.now,
    )


def _added(paper: ReadyPaper) -> Entry:
    """What is kept of a paper and what was handed in, by digest; the paper's name and number stay out."""
    facts: dict[str, object] = {"kind": paper.kind, "size": len(paper.content)}
    return Entry("paper.added", paper.case_no, facts, files=[paper.sha256, paper.source_sha256])


def withdrawn(case_no: str, row: Attachment, reason: str) -> Entry:
    """That a paper was taken back, and why."""
    return Entry("paper.withdrawn", case_no, {"kind": row.kind}, files=[row.sha256], private={"reason": reason})

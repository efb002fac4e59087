"""Papers and evidence that judges open beside their score sheets: of their own cases alone, each reading recorded."""

from collections.abc import Iterator

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from craftsman.actions.acting import Act
from craftsman.actions.attachments import PaperFile, read_paper
from craftsman.actions.evidence import read_evidence
from craftsman.actions.judge_work import JudgeWork, judge_view, judge_work, own_case, whole_case
from craftsman.actions.sheets import CaseFile
from craftsman.actions.views import Case
from craftsman.errors import Forbidden, NotFound
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Contest, Intake, Paper
from models import Attachment, ContestEvidence

NOT_HERE = "这份申报没有这份文件，或不供评委查看。"
BLIND = "本环节双盲评审，照片、材料和佐证文件不供评委查看。"


def files_beside(session: Session, work: JudgeWork, case: Case) -> tuple[CaseFile, ...]:
    """What a judge may open of a case; nothing in a blind stage, for photographs and names would tell. Two queries."""
    return () if work.stage.blind else (*_papers(session, work, case), *_evidence(session, work, case))


def paper_beside(session: Session, act: Act, assignment_id: int, paper_id: int) -> PaperFile:
    """The bytes of a paper of the actor's own case. Forbidden to the recused, NotFound for what judges do not see."""
    work, case = _own(session, act, assignment_id)
    row = session.exec(_papers_of(case, _for_judges(work.view.programme)).where(Attachment.id == paper_id)).first()
    if row is None:
        raise NotFound(NOT_HERE)
    return read_paper(session, act, row, case.nomination)


def evidence_beside(session: Session, act: Act, assignment_id: int, evidence_id: int) -> PaperFile:
    """The bytes of evidence of the actor's own case in this contest, otherwise as `paper_beside`."""
    work, case = _own(session, act, assignment_id)
    row = session.exec(_evidence_of(work, case).where(ContestEvidence.id == evidence_id)).first()
    if row is None:
        raise NotFound(NOT_HERE)
    return read_evidence(session, act, row, case.nomination)


def _own(session: Session, act: Act, assignment_id: int) -> tuple[JudgeWork, Case]:
    work = judge_work(session, act, judge_view(session, act, assignment_id), [assignment_id])
    own_case(work, act, assignment_id)
    if work.stage.blind:
        raise Forbidden(BLIND, asked="score.submit", round_id=work.view.round_id)
    return work, whole_case(session, assignment_id)[1]


def _for_judges(programme: Programme) -> dict[str, Paper]:
    """By kind, in the order of the programme; it may have no intake at all."""
    papers = [one for stage in programme.rules.stages if isinstance(stage, Intake) for one in stage.papers]
    return {paper.kind: paper for paper in papers if paper.judges}


def _papers_of(case: Case, kinds: dict[str, Paper]) -> SelectOfScalar[Attachment]:
    query = select(Attachment).where(Attachment.nomination_id == case.id, col(Attachment.withdrawn_at).is_(None))
    return query.where(col(Attachment.kind).in_(kinds)).order_by(col(Attachment.id))


def _evidence_of(work: JudgeWork, case: Case) -> SelectOfScalar[ContestEvidence]:
    query = select(ContestEvidence).where(ContestEvidence.nomination_id == case.id)
    return query.where(ContestEvidence.stage_run_id == work.view.run_id).order_by(col(ContestEvidence.id))


def _papers(session: Session, work: JudgeWork, case: Case) -> Iterator[CaseFile]:
    """In the order of the programme."""
    if not (kinds := _for_judges(work.view.programme)):
        return
    order = list(kinds)
    for row in sorted(session.exec(_papers_of(case, kinds)).all(), key=lambda row: order.index(row.kind)):
        yield CaseFile(kinds[row.kind].title, "papers", row.id or 0, row.media_type, row.size)


def _evidence(session: Session, work: JudgeWork, case: Case) -> Iterator[CaseFile]:
    """With the item that it proves."""
    if not isinstance(work.stage, Contest):
        return
    items = {one.key: one.title for one in work.stage.criteria}
    for row in session.exec(_evidence_of(work, case)).all():
        title = f"{items.get(row.criterion, row.criterion)}：{row.title}"
        yield CaseFile(title, "evidence", row.id or 0, row.media_type, row.size, row.kept_where)

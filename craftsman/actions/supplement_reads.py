"""补正 at the desk: who failed the screening and why, what was returned to whom and until when, what came back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.deadlines import after_workdays
from craftsman.actions.supplements import supplements_of
from craftsman.actions.views import Case, StageView, cases, stage_of
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Invalid, NotFound
from craftsman.programme.schema import Screen
from craftsman.rules.permissions import allowed
from models import Attachment, NominationStatus, Organisation, StageStatus, Supplement

NOT_ASKED, WAITING, ANSWERED, LAPSED = "未退回", "待补正", "已补正", "逾期未补正"


@dataclass(frozen=True, slots=True)
class SupplementLine:
    """One case that failed or was returned; `came` tells what the unit handed in since."""

    case_no: str
    name: str
    unit: str
    employer: str
    reasons: Sequence[str]
    state: str
    given: Supplement | None
    papers: int
    came: str
    returned: bool

    @property
    def facets(self) -> Mapping[str, tuple[str, ...]]:
        """Values by filter."""
        return {"state": (self.state,), "unit": (self.unit,)}

    @property
    def text(self) -> str:
        """What is searched."""
        return f"{self.case_no} {self.name} {self.unit} {self.employer}"


@dataclass(frozen=True, slots=True)
class SupplementDesk:
    """The desk of a screening; `acts`: the actor may return cases and take what came."""

    view: StageView
    lines: Sequence[SupplementLine]
    due: datetime | None
    acts: bool


def supplement_desk(session: Session, act: Act, round_key: str, stage: str) -> SupplementDesk:
    """Cases that failed the screening or were returned from it; a constant number of queries. NotFound elsewhere.

    `due` is the deadline that a return of now would have; None where the stage gives no 补正.
    """
    view = stage_of(session, round_key, stage)
    act.must("nomination.read", view.round_id)
    configured = view.stage
    if not isinstance(configured, Screen):
        raise NotFound(f"环节“{view.run.title}”不是资格审查，没有补正。")
    hidden = hidden_from(session, act, view.round_id)
    given = supplements_of(session, view.run_id)
    wanting = [case for case in cases(session, view.run_id) if case.id in given or _reasons(case)]
    units = dict(session.exec(select(Organisation.id, Organisation.name)).all())
    papers = _papers_since(session, given)
    days = configured.supplement_days
    return SupplementDesk(
        view,
        [
            _line(case, given.get(case.id), units[case.nomination.organisation_id], papers[case.id])
            for case in wanting
            if case.nomination.case_no not in hidden
        ],
        after_workdays(act.now, days, act.place.workdays) if days else None,
        view.run.status == StageStatus.OPEN and allowed("screening.supplement", act.actor.roles(view.round_id)),
    )


def chosen_lines(desk: SupplementDesk, case_nos: Sequence[str]) -> list[SupplementLine]:
    """The lines of these cases, for a preview. Invalid for none, and for one that cannot be returned."""
    if not case_nos:
        raise Invalid("请先勾选要退回补正的申报。")
    open_ = {line.case_no: line for line in desk.lines if line.state == NOT_ASKED}
    if strange := [number for number in case_nos if number not in open_]:
        raise Invalid("有的申报不能退回补正，请刷新页面后重新勾选：", strange)
    return [open_[number] for number in dict.fromkeys(case_nos)]


def _line(case: Case, given: Supplement | None, unit: str, papers: int) -> SupplementLine:
    nomination = case.nomination
    again = given is not None and nomination.updated_at > given.asked_at
    came = [f"新材料 {papers} 份"] * bool(papers) + ["汇总表已重报"] * again
    return SupplementLine(
        nomination.case_no,
        case.person.name,
        unit,
        nomination.unit,
        given.reasons if given else _reasons(case),
        _state(given),
        given,
        papers,
        "、".join(came),
        nomination.status == NominationStatus.RETURNED,
    )


def _state(given: Supplement | None) -> str:
    if given is None:
        return NOT_ASKED
    if given.answered_at is not None:
        return ANSWERED
    return LAPSED if given.lapsed_at is not None else WAITING


def _reasons(case: Case) -> list[str]:
    detail: dict[str, Any] = case.entry.detail
    return list(detail.get("reasons", ()))


def _papers_since(session: Session, given: Mapping[int, Supplement]) -> Counter[int]:
    query = select(Attachment.nomination_id, Attachment.added_at).where(col(Attachment.withdrawn_at).is_(None))
    rows = session.exec(query.where(col(Attachment.nomination_id).in_(given))).all()
    return Counter(number for number, added_at in rows if added_at >= given[number].asked_at)

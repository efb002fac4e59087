"""The page of a contest's posted results: what was posted, what the visitor may see of it, and the appeals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.appeals import appeals_of, posted_results
from craftsman.actions.kinds.appeal_window import latest_posting
from craftsman.actions.views import StageView, cases, stage_of
from craftsman.errors import NotFound
from craftsman.programme.schema import Contest
from craftsman.rules.permissions import allowed
from models import Appeal, ContestPosting, StageStatus


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """Results by case number, appeals with theirs, names, and what the visitor may do now."""

    view: StageView
    posting: ContestPosting | None
    results: Mapping[str, Mapping[str, object]]
    appeals: Sequence[tuple[Appeal, str]]
    names: Mapping[str, str]
    posts: bool
    files: bool
    rules: bool


def results_page(session: Session, act: Act, round_key: str, stage: str) -> ResultsPage:
    """What a unit sees of its own nominees, the office of all; less what is hidden from the visitor."""
    view = stage_of(session, round_key, stage)
    if not isinstance(view.stage, Contest) or not view.stage.appeal_hours:
        raise NotFound(f"环节“{view.run.title}”没有设申诉期，不发布成绩。")
    results = posted_results(session, act, view.run_id)
    posting, held = latest_posting(session, view.run_id), act.actor.roles(view.round_id)
    going = view.run.status == StageStatus.OPEN
    return ResultsPage(
        view=view,
        posting=posting,
        results=results,
        appeals=appeals_of(session, act, view.run_id),
        names={one.nomination.case_no: one.person.name for one in cases(session, view.run_id)},
        posts=going and allowed("contest.post", held),
        files=going and posting is not None and act.now < posting.due_at and allowed("appeal.file", held),
        rules=going and allowed("appeal.rule", held),
    )

"""Which further pages a round or a stage has for a visitor."""

from craftsman.actions.views import StageView
from craftsman.portal.parts import Visit
from craftsman.programme.schema import Ballot, Contest, NoticeStage, Score, Tally
from craftsman.rules.permissions import allowed
from models import Round


def round_pages(visit: Visit, round_: Round) -> list[tuple[str, str]]:
    """Paths and titles of the pages of this round that the visitor may open besides those for all; no query."""
    known = [
        ("ties", "回避关系", "tie.declare"),
        ("delegations", "签批委托", "gate.delegate"),
        ("amendments", "证书与名单变更", "nomination.read"),
        ("follow-ups", "更正后续事项", "nomination.read"),
    ]
    held = visit.person.roles(round_.id)
    return [(f"/rounds/{round_.key}/{page}", title) for page, title, act in known if allowed(act, held)]


def pages_of(visit: Visit, view: StageView) -> list[tuple[str, str]]:
    """Paths and titles of the pages of this stage that the visitor may open; no query."""
    held, stage = visit.person.roles(view.round_id), view.stage
    is_open = view.run.status == "open"
    known = [
        ("panel", "评审组：已提交的评分表", "score.reopen", isinstance(stage, Score | Contest)),
        ("results", "成绩发布与申诉", "appeal.read", isinstance(stage, Contest) and bool(stage.appeal_hours)),
        ("evidence", "佐证文件", "evidence.read", isinstance(stage, Contest)),
        ("substitutes", "递补", "nomination.read", isinstance(stage, NoticeStage)),
        ("tally", "点赞", "tally.read", isinstance(stage, Tally)),
        ("second", "第二轮投票", "ballot.second_round", isinstance(stage, Ballot) and stage.second_round and is_open),
    ]
    here = f"/rounds/{view.round.key}/stages/{view.run.key}"
    return [(f"{here}/{page}", title) for page, title, act, there in known if there and allowed(act, held)]

"""Which further pages a round or a stage has for a visitor."""

from craftsman.actions.corrections import BEFORE_THE_PUBLIC
from craftsman.actions.sealing import SETTLED
from craftsman.actions.views import StageView
from craftsman.portal.parts import READS, Visit
from craftsman.programme.schema import Ballot, Contest, Endorse, NoticeStage, Score, Screen, Tally
from craftsman.rules.permissions import allowed
from models import Round


def round_pages(visit: Visit, round_: Round) -> list[tuple[str, str]]:
    """Paths and titles of the pages of this round that the visitor may open besides those for all; no query."""
    known = [("calendar", "日历", READS), ("quotas", "名额和结构", READS), ("statistics", "统计", READS)]
    known += [("draws", "专家抽取", "panel.read"), ("merges", "合并", "merge.decide")]
    known += [("ties", "回避关系", "tie.declare"), ("delegations", "签批委托", "gate.delegate")]
    known += [("consents", "同意记录", "consent.read"), ("amendments", "证书与名单变更", READS)]
    known += [("follow-ups", "更正后续事项", READS)]
    held = visit.person.roles(round_.id)
    return [(f"/rounds/{round_.key}/{page}", title) for page, title, act in known if allowed(act, held)]


# where the obstacles of each kind of stage are seen to; of the others it is the page of the stage
SEEN_TO = {
    "intake": ("intake", "报送和受理", "intake.import"),
    "endorse": ("stages/{stage}/endorsement", "推荐", READS),
    "screen": ("nominations", "申报与材料", "paper.read"),
    "score": ("stages/{stage}/assignment", "评审分配", "review.inspect"),
    "contest": ("stages/{stage}/assignment", "评审分配", "review.inspect"),
    "notice": ("objections", "异议", READS),
}
OF_ALL = ("stages/{stage}", "环节页", READS)


def seen_to(visit: Visit, round_: Round, stage: str, kind: str) -> tuple[str, str]:
    """Path and title of the page where what a stage waits for is seen to; empty ones for who may not open it."""
    page, title, act = SEEN_TO.get(kind, OF_ALL)
    if not allowed(act, visit.person.roles(round_.id)):
        return "", ""
    return f"/rounds/{round_.key}/{page.format(stage=stage)}", title


def pages_of(visit: Visit, view: StageView) -> list[tuple[str, str]]:
    """Paths and titles of the pages of this stage that the visitor may open; no query."""
    held, stage = visit.person.roles(view.round_id), view.stage
    is_open = view.run.status == "open"
    settled = view.run.status in SETTLED
    mendable = view.run.status == "passed" and view.run.kind not in {"intake", *BEFORE_THE_PUBLIC}
    known = [
        ("endorsement", "推荐", "endorsement.decide", isinstance(stage, Endorse)),
        ("supplements", "不合格与补正", "nomination.read", isinstance(stage, Screen)),
        ("overrides", "例外", "nomination.read", isinstance(stage, Screen)),
        ("ranking", "名次表", "score.read", isinstance(stage, Score | Contest) and settled),
        ("assignment", "评审分配", "review.inspect", isinstance(stage, Score | Contest)),
        ("panel", "评审组：已提交的评分表", "score.reopen", isinstance(stage, Score | Contest)),
        ("results", "成绩发布与申诉", "appeal.read", isinstance(stage, Contest) and bool(stage.appeal_hours)),
        ("evidence", "佐证文件", "evidence.read", isinstance(stage, Contest)),
        ("substitutes", "递补", "nomination.read", isinstance(stage, NoticeStage)),
        ("tally", "点赞", "tally.read", isinstance(stage, Tally)),
        ("correction", "提请更正", "correction.request", mendable),
        ("second", "第二轮投票", "ballot.second_round", isinstance(stage, Ballot) and stage.second_round and is_open),
    ]
    here = f"/rounds/{view.round.key}/stages/{view.run.key}"
    return [(f"{here}/{page}", title) for page, title, act, there in known if there and allowed(act, held)]

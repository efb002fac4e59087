"""网络点赞: the public likes candidates; all go on, with an exact share of 100 points that a later stage weighs in."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act
from craftsman.actions.field import field_of
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.likes import likes_of, taken_in, tally_of, voids_of
from craftsman.actions.sealing import Decision, EntryDecision, digest
from craftsman.actions.views import Case, StageView
from craftsman.rules.explain import exact, fraction_text
from craftsman.rules.scoring import rounded
from craftsman.rules.tally import Likes, most_of, unreconciled, worth
from models import Outcome, StageEntry, TallyBatch


class TallyWork(StageWork):
    """Likes come in until the period is over; they are counted when the stage closes, and not before."""

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """A running period, voids that nobody confirmed, and likes that do not add up."""
        likes = likes_of(session, view.run_id).values()
        voids = voids_of(session, view.run_id)
        void = sum(row.likes for row in voids if row.confirmed_at is not None)
        closes = view.programme.planned(view.run.key)[1]
        running = f"点赞期至 {clock.until(closes)} 方满" if act.now < closes else ""
        waiting = [f"第 {row.id} 号作废尚待第二人确认，请确认或撤回" for row in voids if row.confirmed_at is None]
        wrong = unreconciled(taken_in(session, view.run_id), likes, void)
        return [line for line in (running, *waiting, wrong) if line]

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """Count, and give everybody their share of the most likes; reserves stay what they are."""
        _ = act
        field = field_of(session, view)
        count = _counted(session, view, field.standing)
        entries = [_decision(view, case, count, field.before.get(case.id)) for case in field.standing]
        each = {number: [one.cast, one.void] for number, one in count.likes.items()}
        inputs = {"likes": each, "tables": _tables(session, view), "voids": _voids(session, view)}
        cast, void = (sum(each[number][place] for number in each) for place in (0, 1))
        summary = {"cast": cast, "void": void, "counted": cast - void, "most": count.most}
        return Decision([*entries, *field.kept()], inputs=inputs, summary=summary)


@dataclass(frozen=True, slots=True)
class _Count:
    """The likes and what they are worth, by case number."""

    likes: Mapping[str, Likes]
    worth: Mapping[str, Fraction]
    most: int


def _counted(session: Session, view: StageView, contenders: tuple[Case, ...]) -> _Count:
    found = likes_of(session, view.run_id)
    likes = {case.nomination.case_no: found.get(case.id, Likes()) for case in contenders}
    return _Count(likes, worth(likes), most_of(likes))


def _tables(session: Session, view: StageView) -> list[str]:
    """Digests of the tables that likes came of, in no order of time."""
    return sorted(session.exec(select(TallyBatch.sha256).where(col(TallyBatch.stage_run_id) == view.run_id)).all())


def _voids(session: Session, view: StageView) -> list[list[object]]:
    rows = [row for row in voids_of(session, view.run_id) if row.confirmed_at is not None]
    return [[row.chosen_by, row.likes, digest(row.reason)] for row in rows]


def _decision(view: StageView, case: Case, count: _Count, before: StageEntry | None) -> EntryDecision:
    number = case.nomination.case_no
    one, value, share = count.likes[number], count.worth[number], tally_of(view).share
    path = [
        f"入库 {one.cast} 次，作废 {one.void} 次，计入 {one.counted} 次",
        f"计入最多者 {count.most} 次：{one.counted} × 100 ÷ {count.most} = {exact(value)}"
        if count.most
        else "没有人得到点赞",
        f"按 {share.numerator * 100 // share.denominator}% 计入后面的评分环节" if share else "只作宣传，不计入成绩",
    ]
    # publicity leaves the score that came before as it is
    kept = (before.value, before.exact) if before else (None, None)
    shown, unrounded = (rounded(value, 2, "half_up"), fraction_text(value)) if share else kept
    return EntryDecision(
        case,
        Outcome.ADVANCE,
        place=case.entry.place,
        tier=case.entry.tier,
        value=shown,
        exact=unrounded,
        reason=f"{path[0]}。",
        detail={"cast": one.cast, "void": one.void, "counted": one.counted, "most": count.most, "path": path},
    )

"""Stages whose result comes from score sheets: expert scoring and contest."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.conflicts import Conflicts, conflict_table
from craftsman.actions.field import field_of
from craftsman.actions.invitations import invite
from craftsman.actions.kinds import outcome, scores
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.sealing import Decision
from craftsman.actions.sheets import latest_sheets
from craftsman.actions.views import Case, StageView
from craftsman.audit.log import Entry
from craftsman.errors import Refused
from craftsman.programme.schema import Score
from craftsman.rules.assignment import assign
from craftsman.store.bulk import insert_rows
from models import Account, Assignment, AssignmentStatus

Panels = Mapping[str, Sequence[str]]


class JudgedWork(StageWork):
    """Assignment, invitations and decision, which expert scoring and contest share."""

    role: ClassVar[str]
    letter: ClassVar[str]

    def batches(self, session: Session, view: StageView) -> list[str]:
        """Assigning is one piece: whoever is given one case more is given another one less."""
        _ = session, view
        return ["assignments"]

    def work(self, session: Session, act: Act, view: StageView, batch: str) -> int:
        """Give every case without judges its panel and record it; returns the number of those cases."""
        _ = batch
        there = select(Assignment.nomination_id).where(Assignment.stage_run_id == view.run_id)
        assigned = set(session.exec(there).all())
        waiting = [case for case in field_of(session, view).contenders if case.id not in assigned]
        judges = holders(session, self.role, view.round_id)
        barred = conflict_table(session, view.round_id, judges, waiting, scores.judged(view).recusal)
        panels = self.panels(view, judges, waiting, barred)
        insert_rows(session, _assignments(view, judges, waiting, panels))
        record(session, act, view.round_id, [_assigned(view, number, logins) for number, logins in panels.items()])
        return len(waiting)

    def panels(self, view: StageView, judges: Sequence[Account], cases: Sequence[Case], barred: Conflicts) -> Panels:
        """Case number -> logins of its judges. Refused where too few may judge."""
        raise NotImplementedError

    def opened(self, session: Session, act: Act, view: StageView) -> None:
        """Invite each judge, telling how many cases wait and until when."""
        query = (
            select(Account, Assignment.nomination_id)
            .join(Assignment, col(Assignment.account_id) == Account.id)
            .where(Assignment.stage_run_id == view.run_id, Assignment.status != AssignmentStatus.VOID)
        )
        rows = session.exec(query.order_by(col(Account.id))).all()
        loads = Counter(account.id for account, _ in rows)
        judges = {account.id: account for account, _ in rows}
        invited = [(judge, {"case_count": loads[key]}) for key, judge in judges.items()]
        invite(session, act, view, self.letter, invited)

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """Sheets not yet handed in, panels that recusals left too small, outlying sheets without a comment."""
        _ = act
        stage = scores.judged(view)
        contenders = field_of(session, view).contenders
        sheets = latest_sheets(session, view.run_id)
        lacking = scores.lacking_carry(contenders, scores.carried_values(session, view, stage))
        return [
            *_missing_sheets(session, view),
            *_small_panels(session, view, contenders, stage.aggregation.least),
            *scores.unexplained(stage, contenders, sheets),
            *lacking,
        ]

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """Totals, gates, composite, places and the cut from the latest sheets: kinds/scores.py, kinds/outcome.py."""
        _ = act
        stage = scores.judged(view)
        field = field_of(session, view)
        sheets = latest_sheets(session, view.run_id)
        carried = scores.carried_values(session, view, stage)
        industries = {one.code: one.name for one in view.programme.reference.industries}
        scored = scores.score_cases(stage, field.contenders, sheets, carried, industries=industries)
        entries = outcome.decided(stage, scored)
        inputs = {one.case_no: {sheet.login: dict(sheet.marks) for sheet in one.sheets} for one in scored}
        summary: dict[str, object] = {"seats": stage.advance, "vetoed": sum(bool(one.veto) for one in scored)}
        if stage.aggregation.comparability == "quota":
            summary["group_seats"] = outcome.seats_of(stage, scored)
        return Decision([*entries, *field.kept_reserves()], inputs=inputs, summary=summary)


class ScoreWork(JudgedWork):
    """Expert scoring: `per_nomination` experts for each case, drawn by the public seed, fitting its industry."""

    role: ClassVar[str] = "expert"
    letter: ClassVar[str] = "review-invitation"

    def panels(self, view: StageView, judges: Sequence[Account], cases: Sequence[Case], barred: Conflicts) -> Panels:
        """Loads as even as conflicts allow, disciplines that fit preferred."""
        stage = scores.judged(view)
        assert isinstance(stage, Score)
        return draw(view, judges, cases, barred, per_nomination=stage.per_nomination)


class ContestWork(JudgedWork):
    """The skills contest: every judge marks every contestant but those they are recused from."""

    role: ClassVar[str] = "judge"
    letter: ClassVar[str] = "judge-invitation"

    def panels(self, view: StageView, judges: Sequence[Account], cases: Sequence[Case], barred: Conflicts) -> Panels:
        """All judges without a conflict. Refused with a line for each case left with too few."""
        logins = [judge.login for judge in judges]
        numbers = [case.nomination.case_no for case in cases]
        panels = {number: [login for login in logins if (login, number) not in barred] for number in numbers}
        least = scores.judged(view).aggregation.least
        short = [
            f"申报 {number}：只有 {len(panel)} 名无须回避的评委。"
            for number, panel in panels.items()
            if len(panel) < least
        ]
        if short:
            raise Refused(f"每名选手至少要有 {least} 名评委，请增补评委。", short)
        return panels


def draw(
    view: StageView, judges: Sequence[Account], cases: Sequence[Case], barred: Conflicts, *, per_nomination: int
) -> Panels:
    """Panels by case number, drawn by the round's public seed. Refused with a line for each case lacking judges."""
    skills: dict[str, Collection[str]] = {judge.login: judge.disciplines for judge in judges}
    industries = {case.nomination.case_no: case.nomination.industry for case in cases}
    return assign(
        list(skills),
        list(industries),
        per_nomination=per_nomination,
        conflicts=barred.keys(),
        fit=lambda login, number: int(industries[number] in skills[login]),
        seed=view.programme.plan.seed,
    ).reviewers


def _assignments(view: StageView, judges: Sequence[Account], cases: Sequence[Case], panels: Panels) -> list[Assignment]:
    accounts = {judge.login: judge.id or 0 for judge in judges}
    return [
        Assignment(stage_run_id=view.run_id, nomination_id=case.id, account_id=accounts[login])
        for case in cases
        for login in panels[case.nomination.case_no]
    ]


def _assigned(view: StageView, case_no: str, logins: Sequence[str]) -> Entry:
    return Entry("review.assigned", case_no, {"stage": view.run.key, "judges": sorted(logins)})


def _missing_sheets(session: Session, view: StageView) -> list[str]:
    query = (
        select(Account.login, Account.name)
        .join(Assignment, col(Assignment.account_id) == Account.id)
        .where(Assignment.stage_run_id == view.run_id, Assignment.status == AssignmentStatus.ASSIGNED)
    )
    missing = Counter(session.exec(query).all())
    return [
        f"评委 {name} 还有 {count} 份评分表未提交，请催办；不能评分的，由工作人员更换评委"
        for (_, name), count in sorted(missing.items())
    ]


def _small_panels(session: Session, view: StageView, contenders: Sequence[Case], least: int) -> list[str]:
    query = select(Assignment.nomination_id).where(
        Assignment.stage_run_id == view.run_id, Assignment.status != AssignmentStatus.VOID
    )
    sizes = Counter(session.exec(query).all())
    return [
        f"申报 {case.nomination.case_no} 只有 {sizes[case.id]} 名评委，至少要有 {least} 名，"
        "请由管理员增补评委账号，再由工作人员更换评委补足"
        for case in contenders
        if sizes[case.id] < least
    ]

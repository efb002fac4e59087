"""Stages whose result comes from score sheets: expert scoring and contest."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from sqlmodel import Session, col, or_, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.conflicts import Conflicts, conflict_table
from craftsman.actions.field import field_of
from craftsman.actions.invitations import invite
from craftsman.actions.kinds import outcome, scores
from craftsman.actions.kinds.appeal_window import appeal_obstacles
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.kinds.drawing import Drawn, Panels, draw, inputs_of
from craftsman.actions.sealing import Decision, digest
from craftsman.actions.sheets import Sheet, latest_sheets
from craftsman.actions.views import Case, StageView
from craftsman.audit.log import Entry
from craftsman.errors import Refused
from craftsman.programme.schema import Score
from craftsman.store.bulk import insert_rows
from models import Account, Assignment, AssignmentBatch, AssignmentStatus


class JudgedWork(StageWork):
    """Assignment, invitations and decision, which expert scoring and contest share."""

    role: ClassVar[str]
    letter: ClassVar[str]

    def batches(self, session: Session, view: StageView) -> list[str]:
        """Assigning is one piece: whoever is given one case more is given another one less."""
        _ = session, view
        return ["assignments"]

    def work(self, session: Session, act: Act, view: StageView, batch: str) -> int:
        """Draw a panel for every case without one and record it; returns the number of those cases."""
        _ = batch
        waiting = self.waiting(session, view)
        if not waiting:
            return 0
        drawn = self.drawn(session, view, waiting)
        kept = _kept(session, act, view, drawn)
        judges = holders(session, self.role, view.round_id)
        insert_rows(session, _assignments(kept, judges, waiting, drawn.panels))
        told = [_assigned(view, number, logins) for number, logins in drawn.panels.items()]
        record(session, act, view.round_id, [*told, _batch_told(view, kept, drawn)])
        return len(waiting)

    def contenders(self, session: Session, view: StageView) -> Sequence[Case]:
        """The cases that are judged in this stage."""
        return field_of(session, view).standing

    def waiting(self, session: Session, view: StageView) -> list[Case]:
        """The contenders that no batch in force gave a panel."""
        return _waiting(session, view, self.contenders(session, view))

    def drawn(self, session: Session, view: StageView, cases: Sequence[Case]) -> Drawn:
        """Panels for these cases as things stand, changing nothing. Refused where too few may judge."""
        judges = holders(session, self.role, view.round_id)
        barred = conflict_table(session, view.round_id, judges, cases, scores.judged(view).recusal)
        return self.panels(view, judges, cases, barred)

    def panels(self, view: StageView, judges: Sequence[Account], cases: Sequence[Case], barred: Conflicts) -> Drawn:
        """Judges of each case, with what they were drawn from. Refused where too few may judge."""
        raise NotImplementedError

    def opened(self, session: Session, act: Act, view: StageView) -> None:
        """Invite each judge, telling how many cases wait and until when."""
        self.invite_judges(session, act, view)

    def invite_judges(self, session: Session, act: Act, view: StageView, *, event: str = "invitation") -> None:
        """A letter for each judge with sheets; repeated under the same event, it writes nothing."""
        query = (
            select(Account, Assignment.nomination_id)
            .join(Assignment, col(Assignment.account_id) == Account.id)
            .where(Assignment.stage_run_id == view.run_id, Assignment.status != AssignmentStatus.VOID)
        )
        rows = session.exec(query.order_by(col(Account.id))).all()
        loads = Counter(account.id for account, _ in rows)
        judges = {account.id: account for account, _ in rows}
        invited = [(judge, {"case_count": loads[key]}) for key, judge in judges.items()]
        invite(session, act, view, self.letter, invited, event=event)

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """Sheets not yet handed in, panels that recusals left too small, outlying sheets without a comment."""
        _ = act
        stage = scores.judged(view)
        contenders = field_of(session, view).standing
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
        scored = scores.score_cases(stage, field.standing, sheets, carried, industries=industries)
        entries = outcome.decided(stage, scored)
        inputs = {one.case_no: {sheet.login: _given(sheet) for sheet in sheets[one.case.id]} for one in scored}
        summary: dict[str, object] = {"seats": stage.advance, "vetoed": sum(bool(one.veto) for one in scored)}
        if stage.aggregation.comparability == "quota":
            summary["group_seats"] = outcome.seats_of(stage, scored)
        return Decision([*entries, *field.kept()], inputs=inputs, summary=summary)


class ScoreWork(JudgedWork):
    """Expert scoring: `per_nomination` experts for each case, drawn by the public seed, fitting its industry."""

    role: ClassVar[str] = "expert"
    letter: ClassVar[str] = "review-invitation"

    def panels(self, view: StageView, judges: Sequence[Account], cases: Sequence[Case], barred: Conflicts) -> Drawn:
        """Loads as even as conflicts allow, disciplines that fit preferred; see rules/assignment.py."""
        stage = scores.judged(view)
        assert isinstance(stage, Score)
        needed, most = stage.per_nomination, stage.most_per_expert
        return draw(view, inputs_of(view, judges, cases, barred, needed=needed, most=most))


class ContestWork(JudgedWork):
    """The skills contest: every judge marks every contestant but those they are recused from."""

    role: ClassVar[str] = "judge"
    letter: ClassVar[str] = "judge-invitation"

    def panels(self, view: StageView, judges: Sequence[Account], cases: Sequence[Case], barred: Conflicts) -> Drawn:
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
        return Drawn(panels, inputs_of(view, judges, cases, barred, needed=len(judges)))

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """What keeps any judged stage open, and results not posted, a running window, open appeals."""
        return [*super().obstacles(session, act, view), *appeal_obstacles(session, act, view)]


def _given(sheet: Sheet) -> dict[str, object]:
    return {**sheet.marks, **({"raw": dict(sheet.raw)} if sheet.raw else {})}


def _waiting(session: Session, view: StageView, cases: Sequence[Case]) -> list[Case]:
    """Cases that no batch in force gave a panel."""
    undone = select(AssignmentBatch.id).where(col(AssignmentBatch.undone_at).is_not(None))
    there = select(Assignment.nomination_id).where(
        Assignment.stage_run_id == view.run_id,
        or_(col(Assignment.batch_id).is_(None), col(Assignment.batch_id).not_in(undone)),
    )
    assigned = set(session.exec(there).all())
    return [case for case in cases if case.id not in assigned]


def _kept(session: Session, act: Act, view: StageView, drawn: Drawn) -> AssignmentBatch:
    inputs = drawn.inputs.text
    kept = AssignmentBatch(
        stage_run_id=view.run_id,
        inputs=inputs,
        inputs_digest=digest(inputs),
        certificate=drawn.proof,
        drawn_at=act.now,
    )
    session.add(kept)
    session.flush()
    return kept


def _assignments(
    batch: AssignmentBatch, judges: Sequence[Account], cases: Sequence[Case], panels: Panels
) -> list[Assignment]:
    accounts = {judge.login: judge.id or 0 for judge in judges}
    return [
        Assignment(
            stage_run_id=batch.stage_run_id,
            nomination_id=case.id,
            account_id=accounts[login],
            batch_id=batch.id,
        )
        for case in cases
        for login in panels[case.nomination.case_no]
    ]


def _assigned(view: StageView, case_no: str, logins: Sequence[str]) -> Entry:
    return Entry("review.assigned", case_no, {"stage": view.run.key, "judges": sorted(logins)})


def _batch_told(view: StageView, batch: AssignmentBatch, drawn: Drawn) -> Entry:
    """What an auditor needs to prove the draw again: digests of inputs and proof, the objective, and the prices."""
    facts: dict[str, object] = {"batch": batch.id, "inputs": batch.inputs_digest, "proof": digest(batch.certificate)}
    if best := drawn.best:
        loads = best.loads.values()
        facts |= {"seed": drawn.inputs.seed, "fit": best.fit, "squares": sum(load * load for load in loads)}
        facts |= {"load_prices": best.load_prices, "fit_prices": best.fit_prices}
    return Entry("review.drawn", view.subject, facts)


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

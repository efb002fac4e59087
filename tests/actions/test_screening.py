"""补正 once within a deadline, and exceptions by two people: every path of a failed case."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from craftsman.actions.acting import Actor
from craftsman.actions.overrides import confirm_override, propose_override, withdraw_override
from craftsman.actions.paper_cases import INTAKE_OVER
from craftsman.actions.paper_entry import hand_in_paper
from craftsman.actions.stages import request_close
from craftsman.actions.supplements import answer_by_papers, lapse_supplements, request_supplements
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.papers.handing_in import HandedIn
from craftsman.programme.programme import Programme
from craftsman.store.engine import reading, transaction
from models import Account, AuditEvent, Message, Nomination, NominationStatus, Outcome, Round, StageEntry, StageStatus
from tests.actions.opened import book, open_intake, pass_stage, person, row, take_in
from tests.driver import drive
from tests.factories import NOW, act_of, make_programme, without_papers
from tests.papers.making import jpeg, pdf

GOOD, BAD = "2026-tangshan-0001", "2026-tangshan-0002"
SHORT = {"unit_notice_end": date(2025, 8, 6), "opinion_date": date(2025, 8, 14)}


def programme() -> Programme:
    """The real programme with the screening right after the intake, and no papers required."""
    real = without_papers(make_programme())
    kept = tuple(stage for stage in real.rules.stages if stage.kind != "endorse")
    return real.model_copy(update={"rules": real.rules.model_copy(update={"stages": kept})})


class Office:
    """A round whose second nomination failed for a notice that was too short."""

    def __init__(self, place: Workplace, **changes: object) -> None:
        self.place = place
        self.round: Round = open_intake(place, programme())
        self.staff, self.verifier = person(place, "staff", "staff"), person(place, "verifier", "verifier")
        take_in(place, self.round, self.staff, book(row(1), row(2, **{**SHORT, **changes})))
        pass_stage(place, self.round, "intake", [(self.staff, "staff"), (self.verifier, "verifier")])
        with reading(place.engine) as session:
            self.run_id = stage_by_key(session, self.round.id or 0, "screen").run_id

    def ask(self, *case_nos: str, now: datetime = NOW) -> datetime:
        """Ask for 补正."""
        with transaction(self.place.engine) as session:
            return request_supplements(session, act_of(self.place, self.staff, now), self.run_id, case_nos)

    def propose(self, *rules: str, reason: str = "防汛停工，公示顺延", by: Actor | None = None) -> int:
        """Propose an override for the failed case."""
        act = act_of(self.place, by or self.staff)
        with transaction(self.place.engine) as session:
            return propose_override(session, act, self.run_id, BAD, rules=rules or ("unit_notice",), reason=reason)

    def confirm(self, number: int, by: Actor) -> None:
        """Confirm an override."""
        with transaction(self.place.engine) as session:
            confirm_override(session, act_of(self.place, by), number)

    def hand_in(self, kind: str, now: datetime = NOW) -> None:
        """Hand a paper in for the failed case."""
        hand_in(self.place, self.round, self.staff, HandedIn(BAD, kind, "材料.pdf", pdf()), now)

    def close(self, now: datetime = NOW) -> dict[str, StageEntry]:
        """Close the screening; returns its entries by case number."""
        with transaction(self.place.engine) as session:
            request_close(session, act_of(self.place, self.staff, now), self.run_id)
        drive(self.place, self.round.key, now)
        with reading(self.place.engine) as session:
            assert stage_by_key(session, self.round.id or 0, "screen").run.status == StageStatus.AWAITING
            query = select(Nomination.case_no, StageEntry).join(StageEntry)
            return dict(session.exec(query.where(StageEntry.stage_run_id == self.run_id)).all())

    def told(self, act: str) -> list[str]:
        """Subjects of the history's events of one act."""
        with reading(self.place.engine) as session:
            return list(session.exec(select(AuditEvent.subject).where(AuditEvent.act == act)).all())

    def standing(self) -> NominationStatus:
        """Where the failed nomination stands."""
        with reading(self.place.engine) as session:
            return session.exec(select(Nomination).where(Nomination.case_no == BAD)).one().status


@pytest.fixture
def office(place: Workplace) -> Office:
    """The usual failed case."""
    return Office(place)


def test_uncorrected_case_stops(office: Office) -> None:
    """Without 补正 or override the verdict stands."""
    found = office.close()
    assert (found[GOOD].outcome, found[BAD].outcome) == (Outcome.ADVANCE, Outcome.STOP)


def test_corrected_case_passes(office: Office) -> None:
    """A row that was put right in time is judged anew and goes on."""
    due = office.ask(BAD)
    assert (due - NOW, office.standing()) == (timedelta(days=3, hours=15), NominationStatus.RETURNED)
    take_in(office.place, office.round, office.staff, book(row(2)))
    assert office.close()[BAD].outcome == Outcome.ADVANCE
    assert (office.told("supplement.answered"), office.told("nomination.rescreened")) == ([BAD], [BAD])


def test_case_that_still_fails_stops(office: Office) -> None:
    """A correction that does not help leads to the new reason."""
    office.ask(BAD)
    take_in(office.place, office.round, office.staff, book(row(2, union_member="否")))
    assert office.close()[BAD].reason == "不是工会会员：人选应为工会会员。"


def test_unit_is_told_reason_and_deadline(office: Office) -> None:
    """One letter names the case, the failed rule and the last day."""
    office.ask(BAD)
    with reading(office.place.engine) as session:
        letters = session.exec(select(Message).where(Message.letter == "returned-nomination")).all()
    context = letters[0].context
    assert (len(letters), context["deadline"]) == (1, "2025年9月4日")
    assert str(context["lines"]).startswith(f"['{BAD}：单位公示时间不足")


def test_stage_waits_for_open_supplements(office: Office) -> None:
    """It cannot close while a case is being put right."""
    office.ask(BAD)
    with pytest.raises(Refused) as refused:
        office.close()
    assert refused.value.details == ("有 1 件申报正在补正，请等待更正或补正期满。",)


def test_supplement_lapses_after_its_deadline(office: Office) -> None:
    """What was not put right in time cannot be any more, and its verdict stands."""
    late = office.ask(BAD)
    with transaction(office.place.engine) as session:
        assert lapse_supplements(session, act_of(office.place, now=late - timedelta(seconds=1))) == []
        assert lapse_supplements(session, act_of(office.place, now=late)) == [BAD]
    report = take_in(office.place, office.round, office.staff, book(row(2)))
    assert [problem.rule for problem in report.problems] == ["not_returned"]
    assert (office.close(late)[BAD].outcome, office.told("supplement.lapsed")) == (Outcome.STOP, [BAD])


def test_supplement_is_given_once(office: Office) -> None:
    """After a first 补正 there is no second."""
    office.ask(BAD)
    take_in(office.place, office.round, office.staff, book(row(2, union_member="否")))
    with pytest.raises(Refused) as refused:
        office.ask(BAD)
    assert refused.value.details == (f"{BAD}：已补正过一次，不再补正",)


def test_passed_and_unknown_cases_get_none(office: Office) -> None:
    """All are refused together, each with its reason."""
    with pytest.raises(Refused) as refused:
        office.ask(GOOD, BAD, "2026-nowhere-0001")
    assert refused.value.details == ("2026-nowhere-0001：不在本环节", f"{GOOD}：没有不合格的事项，无需补正")
    assert office.standing() == NominationStatus.IN_REVIEW


def test_papers_alone_can_answer(office: Office) -> None:
    """Staff take a 补正 without a new row; the verdict is given again."""
    office.ask(BAD)
    office.hand_in("pledge")
    with transaction(office.place.engine) as session:
        answer_by_papers(session, act_of(office.place, office.staff), office.run_id, BAD)
    assert (office.close()[BAD].outcome, office.told("nomination.rescreened")) == (Outcome.STOP, [BAD])


def test_missing_paper_is_made_good(place: Workplace) -> None:
    """The verdict names the papers that are missing; handed in after the return, they answer the 补正."""
    short = make_programme()
    kept = tuple(stage for stage in short.rules.stages if stage.kind != "endorse")
    round_ = open_intake(place, short.model_copy(update={"rules": short.rules.model_copy(update={"stages": kept})}))
    staff, verifier = person(place, "staff", "staff"), person(place, "verifier", "verifier")
    reporter = person(place, "tangshan", "reporter", unit="tangshan")
    take_in(place, round_, staff, book(row(1)))
    hand_in(place, round_, reporter, HandedIn(GOOD, "certificate", "证书.pdf", pdf()))
    pass_stage(place, round_, "intake", [(staff, "staff"), (verifier, "verifier")])
    with reading(place.engine) as session:
        run_id = stage_by_key(session, round_.id or 0, "screen").run_id
        assert session.exec(select(StageEntry).order_by(col(StageEntry.id))).all()[-1].detail["reasons"] == [
            "缺少材料：照片。"
        ]
    with pytest.raises(Refused, match="材料不能收"):
        hand_in(place, round_, reporter, HandedIn(GOOD, "photo", "照片.jpg", jpeg()))
    with transaction(place.engine) as session:
        request_supplements(session, act_of(place, staff), run_id, [GOOD])
    hand_in(place, round_, reporter, HandedIn(GOOD, "pledge", "承诺书.pdf", pdf()))
    with pytest.raises(Refused) as refused, transaction(place.engine) as session:
        answer_by_papers(session, act_of(place, staff), run_id, GOOD)
    assert refused.value.reason == f"申报 {GOOD} 还缺材料：照片；收齐后再受理补正，补正只有一次。"
    hand_in(place, round_, reporter, HandedIn(GOOD, "photo", "照片.jpg", jpeg()))
    with transaction(place.engine) as session:
        answer_by_papers(session, act_of(place, staff), run_id, GOOD)
        request_close(session, act_of(place, staff), run_id)
    drive(place, round_.key, NOW)
    with reading(place.engine) as session:
        last = session.exec(select(StageEntry).where(StageEntry.stage_run_id == run_id)).one()
    assert (last.outcome, last.detail["reasons"]) == (Outcome.ADVANCE, [])


def test_late_papers_are_refused(office: Office) -> None:
    """Once the 补正 has lapsed papers are closed, as rows are."""
    late = office.ask(BAD)
    reporter = person(office.place, "tangshan", "reporter", unit="tangshan")
    handed = HandedIn(BAD, "certificate", "证书.pdf", pdf())
    with pytest.raises(Refused) as refused:
        hand_in(office.place, office.round, reporter, replace(handed, kind="pledge"), now=late)
    assert refused.value.details == (f"{BAD}：{INTAKE_OVER}",)


def test_papers_in_time_answer_by_themselves(office: Office) -> None:
    """Nobody of the office has to note them before the deadline."""
    late = office.ask(BAD)
    office.hand_in("pledge", late - timedelta(seconds=1))
    with transaction(office.place.engine) as session:
        assert lapse_supplements(session, act_of(office.place, now=late)) == []
    assert (office.told("supplement.papers_taken"), office.told("supplement.lapsed")) == ([BAD], [])
    office.close(late)
    assert office.told("nomination.rescreened") == [BAD]


def test_answer_without_papers_is_refused(office: Office) -> None:
    """A 补正 is given once: it is not used up by a slip of the office."""
    office.ask(BAD)
    with pytest.raises(Refused) as refused, transaction(office.place.engine) as session:
        answer_by_papers(session, act_of(office.place, office.staff), office.run_id, BAD)
    assert refused.value.reason == f"申报 {BAD} 退回以来没有收到新的材料；请推荐单位先提交材料，再受理补正。"
    assert office.standing() == NominationStatus.RETURNED


def test_papers_may_follow_a_corrected_row(office: Office) -> None:
    """A corrected row does not end the 补正; its deadline does."""
    late = office.ask(BAD)
    take_in(office.place, office.round, office.staff, book(row(2)))
    office.hand_in("pledge", late - timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        office.hand_in("certificate", late)
    assert refused.value.details == (f"{BAD}：{INTAKE_OVER}",)
    assert office.close(late)[BAD].detail["papers"] == ["pledge"]


def hand_in(place: Workplace, round_: Round, who: Actor, handed: HandedIn, now: datetime = NOW) -> None:
    """Hand one paper in."""
    with transaction(place.engine) as session:
        hand_in_paper(session, act_of(place, who, now), round_.key, handed)


def test_confirmed_override_lets_a_case_pass(office: Office) -> None:
    """Two people set a rule aside; the result tells which and who."""
    office.confirm(office.propose(), office.verifier)
    entry = office.close()[BAD]
    agreed = {"rules": ["unit_notice"], "proposed_by": office.staff.account, "confirmed_by": office.verifier.account}
    assert (entry.outcome, entry.detail["overridden"]) == (Outcome.ADVANCE, [agreed])


def test_other_failures_still_stop(place: Workplace) -> None:
    """Only the rule that was set aside is; the reason names the other."""
    office = Office(place, union_member="否")
    office.confirm(office.propose(), office.verifier)
    entry = office.close()[BAD]
    assert (entry.outcome, entry.reason) == (Outcome.STOP, "不是工会会员：人选应为工会会员。")


def test_early_credit_code_is_confirmed_by_two(place: Workplace) -> None:
    """What the import only remarked on stops here, until two people found the code on the certificate."""
    office = Office(place, unit_notice_end=date(2025, 8, 12), uscc="91350100M0001TGQXM")
    office.confirm(office.propose("uscc_checksum", reason="登记证书原件核对无误"), office.verifier)
    entries = office.close()
    assert entries[BAD].detail["failed"] == ["uscc_checksum"]
    assert (entries[GOOD].outcome, entries[BAD].outcome) == (Outcome.ADVANCE, Outcome.ADVANCE)


def test_unconfirmed_override_keeps_the_stage_open(office: Office) -> None:
    """It must be confirmed or withdrawn first; a withdrawn one does not count."""
    number = office.propose()
    with pytest.raises(Refused) as refused:
        office.close()
    assert refused.value.details == ("有 1 项例外尚待第二人确认，请确认或撤回。",)
    with transaction(office.place.engine) as session:
        withdraw_override(session, act_of(office.place, office.staff), number)
    assert office.close()[BAD].outcome == Outcome.STOP


def test_nobody_confirms_alone(office: Office) -> None:
    """Not the proposer, though holding both roles; and not somebody without the role."""
    both = person(office.place, "both", "staff", "verifier")
    number = office.propose(by=both)
    with pytest.raises(Forbidden, match="两人办理"):
        office.confirm(number, both)
    with pytest.raises(Forbidden):
        office.confirm(number, office.staff)


def test_colleague_of_the_nominee_may_not_confirm(office: Office) -> None:
    """A verifier of the nominee's employer is kept out."""
    colleague = person(office.place, "colleague", "verifier")
    with transaction(office.place.engine) as session:
        session.get_one(Account, colleague.account).uscc = "91350100M000100Y43"
    number = office.propose()
    with pytest.raises(Forbidden, match="回避"):
        office.confirm(number, colleague)


REFUSED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "rule that did not fail": (
        ("union_member",),
        "理由",
        "没有这些不合格的规则：union_member；不合格的有：unit_notice",
    ),
    "unknown rule": (("moon",), "理由", "没有这些不合格的规则：moon"),
    "no reason": (("unit_notice",), " ", "须写明理由"),
    "too long": (("unit_notice",), "长" * 501, "不超过 500 字"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_overrides_are_refused(office: Office, case: str) -> None:
    """Nothing is kept, and the refusal says what failed."""
    rules, reason, wanted = REFUSED[case]
    with pytest.raises((Refused, Invalid)) as refused:
        office.propose(*rules, reason=reason)
    assert wanted in refused.value.reason


def test_some_rules_have_no_exceptions(place: Workplace) -> None:
    """A past winner stays out whatever two people agree."""
    office = Office(place, name="甄范例", unit="石家庄示例重工有限公司")
    with pytest.raises(Refused, match="不得例外：not_a_past_winner"):
        office.propose("not_a_past_winner")


def test_history_holds_no_reason_in_clear(office: Office) -> None:
    """Free text may name people: only its digest is in the history."""
    office.propose(reason="某某某特殊情况")
    with reading(office.place.engine) as session:
        query = select(AuditEvent.body).where(col(AuditEvent.act).startswith("override."))
        bodies = session.exec(query).all()
    assert len(bodies) == 1
    assert "特殊情况" not in bodies[0]

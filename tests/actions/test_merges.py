"""One person by several ways: leads, nominations and rows merge, all channels count, and all can be undone."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from craftsman.actions.acting import Actor
from craftsman.actions.channels import channel_report
from craftsman.actions.leads import adopt_lead, file_lead, lead_by_receipt
from craftsman.actions.merge_candidates import Candidate, merge_candidates
from craftsman.actions.merges import kept_lead, merge_leads, merge_nominations, merges_of, undo_merge
from craftsman.actions.provenance import channels_of
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.store.engine import reading, transaction
from models import AuditEvent, LeadStatus, MergeKind, Nomination, NominationChannel, NominationStatus, Person, Round
from tests.actions.opened import book, open_intake, pass_stage, person, row, take_in, unit_id
from tests.actions.test_leads import LEAD
from tests.factories import act_of, make_nomination

SAME = "同一人"


def file(place: Workplace, round_: Round, **changes: object) -> str:
    with transaction(place.engine) as session:
        lead = replace(LEAD, name="某001", **changes)  # pyright: ignore[reportArgumentType]
        return file_lead(session, act_of(place), round_.key, lead)


def adopt(place: Workplace, staff: Actor, receipt: str, case_no: str) -> None:
    with transaction(place.engine) as session:
        adopt_lead(session, act_of(place, staff), receipt, case_no)


def nominated(place: Workplace, round_: Round, number: int, channel: str, unit: str = "tangshan") -> str:
    """A nomination of 某001, whoever the number is."""
    with transaction(place.engine) as session:
        columns = {"unit": "虚构机械(集团)有限公司", "organisation_id": unit_id(session, unit)}
        one = make_nomination(session, round_, number, **columns)
        session.get_one(Person, one.person_id).name = "某001"
        session.add(NominationChannel(nomination_id=one.id or 0, channel=channel, source=unit))
        return one.case_no


def unite_leads(place: Workplace, actor: Actor, kept: str, merged: str) -> int:
    with transaction(place.engine) as session:
        return merge_leads(session, act_of(place, actor), kept, merged, reason=SAME)


def unite(place: Workplace, actor: Actor, kept: str, merged: str) -> int:
    with transaction(place.engine) as session:
        return merge_nominations(session, act_of(place, actor), kept, merged, reason=SAME)


def part(place: Workplace, actor: Actor, number: int) -> None:
    with transaction(place.engine) as session:
        undo_merge(session, act_of(place, actor), number, reason="同名不同人")


def ways(place: Workplace, round_: Round) -> dict[str, set[str]]:
    """Channels by case number."""
    with reading(place.engine) as session:
        numbers = dict(session.exec(select(Nomination.id, Nomination.case_no)).all())
        return {numbers[one]: set(keys) for one, keys in channels_of(session, round_.id or 0).items()}


def lead_status(place: Workplace, receipt: str) -> LeadStatus:
    with reading(place.engine) as session:
        return lead_by_receipt(session, receipt).status


def case_status(place: Workplace, case_no: str) -> NominationStatus:
    with reading(place.engine) as session:
        return NominationStatus(session.exec(select(Nomination.status).where(Nomination.case_no == case_no)).one())


def adopted_by(place: Workplace, round_: Round) -> dict[str, tuple[int, int]]:
    with reading(place.engine) as session:
        return {line.key: (line.leads, line.adopted) for line in channel_report(session, round_.id or 0)}


def test_merged_lead_counts_with_the_kept_one(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    media, worker = file(place, round_), file(place, round_, channel="worker")
    case_no = nominated(place, round_, 1, "union")
    number = unite_leads(place, staff, media, worker)
    adopt(place, staff, media, case_no)
    assert ways(place, round_) == {case_no: {"union", "media", "worker"}}
    assert adopted_by(place, round_) == {"union": (0, 0), "media": (1, 1), "worker": (1, 1)}
    part(place, staff, number)
    assert lead_status(place, worker) == LeadStatus.FILED
    assert ways(place, round_) == {case_no: {"union", "media"}}
    assert adopted_by(place, round_) == {"union": (0, 0), "media": (1, 1), "worker": (1, 0)}


def test_merged_lead_leads_to_the_last_kept(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    first, second, third = (file(place, round_, unit=f"虚构{number}厂") for number in range(3))
    unite_leads(place, staff, second, third)
    unite_leads(place, staff, first, second)
    with reading(place.engine) as session:
        assert kept_lead(session, lead_by_receipt(session, third)).receipt_no == first
        assert kept_lead(session, lead_by_receipt(session, first)).receipt_no == first


def test_merged_nomination_counts_with_the_kept_one(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    kept, merged = nominated(place, round_, 1, "union"), nominated(place, round_, 2, "media", "handan")
    number = unite(place, staff, kept, merged)
    assert (case_status(place, merged), ways(place, round_)) == (NominationStatus.MERGED, {kept: {"union", "media"}})
    part(place, staff, number)
    assert case_status(place, merged) == NominationStatus.IN_REVIEW
    assert ways(place, round_) == {kept: {"union"}, merged: {"media"}}


def test_each_stands_again_where_it_stood(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    kept, merged = nominated(place, round_, 1, "union"), nominated(place, round_, 2, "union")
    with transaction(place.engine) as session:
        one = session.exec(select(Nomination).where(Nomination.case_no == merged)).one()
        one.status = NominationStatus.RETURNED
    part(place, staff, unite(place, staff, kept, merged))
    assert case_status(place, merged) == NominationStatus.RETURNED


def test_second_units_row_can_be_parted(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    take_in(place, round_, staff, book(row(1)))
    others = [row(number, reporting_unit="省国防机械冶金工会") for number in range(2, 6)]
    again = book(row(1, reporting_unit="省国防机械冶金工会", channel="职工推"), *others)
    take_in(place, round_, staff, again)
    case_no = "2026-tangshan-0001"
    assert ways(place, round_)[case_no] == {"union", "worker"}
    with reading(place.engine) as session:
        (merge,) = merges_of(session, round_.key)
    assert (merge.kind, merge.kept, merge.merged, merge.before) == (MergeKind.WAY, case_no, "machinery", "worker")
    part(place, staff, merge.id or 0)
    assert ways(place, round_)[case_no] == {"union"}
    take_in(place, round_, staff, again)
    assert ways(place, round_)[case_no] == {"union"}


def test_merges_enter_the_history(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    kept, merged = nominated(place, round_, 1, "union"), nominated(place, round_, 2, "union")
    part(place, staff, unite(place, staff, kept, merged))
    with reading(place.engine) as session:
        acts = session.exec(select(AuditEvent.act).where(AuditEvent.subject == kept).order_by(col(AuditEvent.seq)))
        assert list(acts.all()) == ["nomination.united", "nomination.parted"]


def test_merged_row_is_not_corrected(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    take_in(place, round_, staff, book(row(1), row(2, name="某零一")))
    unite(place, staff, "2026-tangshan-0001", "2026-tangshan-0002")
    report = take_in(place, round_, staff, book(row(2, name="某零一", post="钳工")))
    assert [(one.rule, one.reason) for one in report.problems] == [
        (
            "merged_before",
            "申报 2026-tangshan-0002 已并入同一人的其他申报；请删除此行，或请活动办公室撤销合并",
        )
    ]


def test_merged_nomination_enters_no_stage(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    verifier = person(place, "verifier", "verifier")
    take_in(place, round_, staff, book(row(1), row(2, name="某零一")))
    unite(place, staff, "2026-tangshan-0001", "2026-tangshan-0002")
    pass_stage(place, round_, "intake", [(staff, "staff"), (verifier, "verifier")])
    with reading(place.engine) as session:
        standing = dict(session.exec(select(Nomination.case_no, Nomination.status)).all())
    assert standing == {"2026-tangshan-0001": "in_review", "2026-tangshan-0002": "merged"}
    with pytest.raises(Refused):
        part(place, staff, 1)


def test_alike_are_shown_in_pairs(place: Workplace) -> None:
    round_ = open_intake(place)
    first, second = nominated(place, round_, 1, "union"), nominated(place, round_, 2, "union", "handan")
    media, worker = file(place, round_), file(place, round_, channel="worker")
    file(place, round_, unit="另一家虚构公司")
    with reading(place.engine) as session:
        assert merge_candidates(session, round_.key) == [
            Candidate(MergeKind.NOMINATION, first, second, "姓名、单位相同"),
            Candidate(MergeKind.LEAD, media, worker, "姓名、单位相同"),
        ]


def test_other_names_do_not_merge(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    kept = nominated(place, round_, 1, "union")
    with transaction(place.engine) as session:
        other = make_nomination(session, round_, 2, organisation_id=unit_id(session, "tangshan")).case_no
    with pytest.raises(Refused) as refusal:
        unite(place, staff, kept, other)
    assert refusal.value.reason == "两件申报的姓名不同，不能合并；姓名有误的请先更正。"
    media = file(place, round_)
    with transaction(place.engine) as session:
        stranger = file_lead(session, act_of(place), round_.key, LEAD)
    with pytest.raises(Refused) as refusal:
        unite_leads(place, staff, media, stranger)
    assert refusal.value.reason == "两条线索的姓名不同，不能合并。"


def test_merging_twice_is_refused(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    cases = [nominated(place, round_, number, "union") for number in (1, 2, 3)]
    number = unite(place, staff, cases[0], cases[1])
    for kept, merged in ((cases[1], cases[2]), (cases[2], cases[1])):
        with pytest.raises(Refused) as refusal:
            unite(place, staff, kept, merged)
        assert refusal.value.reason == "其中一件已经撤回或并入其他申报，不能再合并。"
    part(place, staff, number)
    with pytest.raises(Refused) as refusal:
        part(place, staff, number)
    assert refusal.value.reason == f"第 {number} 号合并此前已经撤销。"


def test_merging_with_itself_is_refused(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    case_no = nominated(place, round_, 1, "union")
    with pytest.raises(Invalid) as refusal:
        unite(place, staff, case_no, case_no)
    assert refusal.value.reason == "合并的两件须不同，且属同一轮次。"


def test_lead_does_not_go_into_a_merged_one(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    first, second, third = (file(place, round_, unit=f"虚构{number}厂") for number in range(3))
    unite_leads(place, staff, first, second)
    with pytest.raises(Refused) as refusal:
        unite_leads(place, staff, second, third)
    assert refusal.value.reason == f"线索 {second} 已并入其他线索，不能再并入它。"


def test_adoption_is_not_undone_as_a_merge(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    receipt, case_no = file(place, round_), nominated(place, round_, 1, "union")
    adopt(place, staff, receipt, case_no)
    with pytest.raises(Refused) as refusal:
        part(place, staff, 1)
    assert refusal.value.reason == "第 1 号是采纳线索，请用撤销采纳办理。"


def test_only_the_office_merges(place: Workplace) -> None:
    round_, reporter = open_intake(place), person(place, "reporter", "reporter", unit="tangshan")
    kept, merged = nominated(place, round_, 1, "union"), nominated(place, round_, 2, "union")
    with pytest.raises(Forbidden):
        unite(place, reporter, kept, merged)


def test_unknown_numbers_are_told(place: Workplace) -> None:
    open_intake(place)
    staff = person(place, "staff", "staff")
    with pytest.raises(NotFound) as refusal:
        part(place, staff, 7)
    assert refusal.value.reason == "没有第 7 号合并。"
    with pytest.raises(NotFound) as refusal:
        unite(place, staff, "2026-x-1", "2026-x-2")
    assert refusal.value.reason == "没有申报“2026-x-1”，请核对申报编号。"

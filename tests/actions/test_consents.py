"""Consents are recorded with their evidence and taken back; a person is told all that is held; all are fictitious."""

import json
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest

from craftsman.actions.consents import STOPPED_BY_OFFICE, consents_of, record_consent, withdraw_consent
from craftsman.actions.form_drafts import keep_fields
from craftsman.actions.lead_filing import LeadIn, file_lead
from craftsman.actions.paper_entry import hand_in_paper
from craftsman.actions.subject_export import as_json, as_workbook, export_subject
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.papers.handing_in import HandedIn
from craftsman.rules.consents import text_digest
from craftsman.store.engine import reading, transaction
from models import Nomination, NominationStatus
from tests.actions.opened import book, open_intake, person, row, take_in
from tests.factories import act_of, close_stage
from tests.papers.making import pdf

# the acts send nothing that databases tell apart; keys, looks and erasures are tried on both
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FIRST, SECOND = "2026-tangshan-0001", "2026-tangshan-0002"
TODAY = date(2025, 9, 1)


class Office:
    """An open intake with two nominees, the first with a certificate."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self.round = open_intake(place)
        self.staff = act_of(place, person(place, "staff", "staff"))
        take_in(place, self.round, self.staff.actor, book(row(1), row(2)))
        with transaction(place.engine) as session:
            told = HandedIn(FIRST, "certificate", "证书.pdf", pdf(), "虚构-1")
            hand_in_paper(session, self.staff, self.round.key, told)

    def agreed(self, case_no: str = FIRST, paper_id: int | None = 1, day: date = TODAY) -> int:
        """Record a consent."""
        with transaction(self.place.engine) as session:
            return record_consent(session, self.staff, case_no, given_on=day, paper_id=paper_id)

    def revoke(self, number: int) -> str:
        """Take one back."""
        with transaction(self.place.engine) as session:
            return withdraw_consent(session, self.staff, number, reason="本人来信（虚构）")

    def listed(self) -> list[tuple[str, str, str, bool]]:
        """What the list tells."""
        with reading(self.place.engine) as session:
            rows = consents_of(session, self.staff, self.round.key)
        return [(one.subject, one.evidence, one.text_digest, one.withdrawn_at is None) for one in rows]


@pytest.fixture
def office(place: Workplace) -> Office:
    """The office."""
    return Office(place)


def test_consent_stands_with_its_evidence(office: Office) -> None:
    office.agreed()
    office.agreed(SECOND, None)
    text = text_digest("nomination")
    assert office.listed() == [(FIRST, "paper", text, True), (SECOND, "letter", text, True)]
    with pytest.raises(Refused, match="已登记同意（第 1 号）"):
        office.agreed()


def test_strange_evidence_is_refused(office: Office) -> None:
    with pytest.raises(NotFound, match="没有第 1 号材料"):
        office.agreed(SECOND, 1)
    with pytest.raises(Invalid, match="不能晚于今天"):
        office.agreed(day=TODAY + timedelta(days=1))


def test_taking_back_withdraws_the_nomination(office: Office) -> None:
    number = office.agreed()
    assert office.revoke(number) == ""
    with reading(office.place.engine) as session:
        assert session.get_one(Nomination, 1).status == NominationStatus.WITHDRAWN
    with pytest.raises(Refused, match="此前已经撤回"):
        office.revoke(number)


def test_later_the_office_is_told_what_to_do(office: Office) -> None:
    number = office.agreed()
    close_stage(office.place, office.round, "intake", office.staff.actor)
    assert office.revoke(number) == STOPPED_BY_OFFICE


def test_lead_brings_its_consent(office: Office) -> None:
    with transaction(office.place.engine) as session:
        told = LeadIn(
            "media", "某零一", "虚构机械厂", "带头攻克焊接难题。", "记者某乙", consent=True, phone="13800000001"
        )
        receipt = file_lead(session, office.staff, office.round.key, told)
    assert office.listed() == [(receipt, "tick", text_digest("lead"), True)]


def test_person_is_told_all_that_is_held(office: Office) -> None:
    office.agreed()
    with transaction(office.place.engine) as session:
        keep_fields(session, office.staff, f"/rounds/x/nominations/{FIRST}", [("note", "存疑")], page="/tasks")
        sheets = export_subject(
            session, office.staff, FIRST, reason="本人请求（虚构）", words={"paper.added": "收到材料"}
        )
    told = {one["项目"]: one["内容"] for one in sheets["个人信息"]}
    assert (told["身份证号"], told["手机"], told["出生日期"]) == (row(1)["id_number"], row(1)["phone"], "1985-05-02")
    assert [(one["文件"], one["编号"]) for one in sheets["材料"]] == [("证书.pdf", "虚构-1")]
    assert [one["依据"] for one in sheets["同意"]] == ["已交材料"]
    assert [set(one) for one in sheets["草稿"]] == [{"保存", "到期自动删除"}]
    acts = [one["事项"] for one in sheets["历史记录"]]
    assert acts == ["nomination.created", "收到材料", "consent.recorded", "subject.exported"]
    assert json.loads(as_json(FIRST, sheets))["申报编号"] == FIRST
    assert openpyxl.load_workbook(BytesIO(as_workbook(FIRST, sheets))).sheetnames == list(sheets)


def test_only_the_office_exports(office: Office) -> None:
    other = act_of(office.place, person(office.place, "verifier", "verifier"))
    with transaction(office.place.engine) as session, pytest.raises(Forbidden):
        export_subject(session, other, FIRST, reason="好奇", words={})

"""Leads through the portal: filed by anybody, asked for by receipt and phone, decided at the desk; all fictitious."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response
from sqlmodel import col, func, select
from starlette.testclient import TestClient

from craftsman.actions.acting import actor_by_login
from craftsman.actions.merges import merge_leads
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Lead, LeadStatus, Nomination, Person, StageStatus
from tests.actions.opened import unit_id
from tests.factories import act_of, make_nomination
from tests.portal.intake_scene import KEY, RECEIVING, make_intake_scene
from tests.portal.scene import Scene, Visitor, read_forms

FORM, DESK = f"/leads/{KEY}", f"/rounds/{KEY}/leads"
PHONE = "13800000001"
LEAD = {
    "channel": "worker",
    "name": "某零一",
    "unit": "虚构机械有限公司",
    "summary": "带头攻克<b>焊接</b>难题。",
    "links": "https://news.example/1",
    "contact": "赵虚构",
    "phone": PHONE,
    "relation": "同事",
    "consent": "yes",
}
UNKNOWN = "没有找到这条线索：请核对回执编号和提交时所填的手机号码。"


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Iterator[Scene]:
    """A round whose intake is open."""
    made = make_intake_scene(place, tmp_path)
    with made.client:
        yield made


def file(scene: Scene, **changes: str) -> str:
    """The receipt number of a lead that somebody filed."""
    answer = scene.visitor().send(FORM, FORM, **{**LEAD, **changes})
    assert answer.status_code == 200, answer.text
    return answer.text.split('class="receipt"><code>')[1].split("<")[0]


def ask(visitor: Visitor, receipt: str, phone: str = PHONE) -> Response:
    return visitor.send("/leads", "/leads", receipt=receipt, phone=phone)


def route(scene: Scene, receipt: str, unit: str = "tangshan") -> None:
    page = f"{DESK}/{receipt}"
    assert scene.visitor("clerk").send(page, f"{page}/route", unit=unit).status_code == 303


def nominated(scene: Scene, name: str = "某零一", unit: str = "虚构机械有限公司", code: str = "tangshan") -> str:
    with transaction(scene.place.engine) as session:
        number = session.exec(select(func.count()).select_from(Nomination)).one() + 1
        columns = {"unit": unit, "organisation_id": unit_id(session, code)}
        nomination = make_nomination(session, scene.round, number, **columns)
        person = session.get_one(Person, nomination.person_id)
        person.name = name
        session.add(person)
        return nomination.case_no


def status(scene: Scene, receipt: str) -> LeadStatus:
    with reading(scene.place.engine) as session:
        return session.exec(select(Lead).where(Lead.receipt_no == receipt)).one().status


def counted(scene: Scene) -> int:
    with reading(scene.place.engine) as session:
        return session.exec(select(func.count()).select_from(Lead)).one()


def test_first_page_leads_to_the_form(scene: Scene) -> None:
    page = scene.visitor().get("/").text
    assert scene.round.title in page
    assert f'href="{FORM}"' in page


def test_lead_gets_its_receipt(scene: Scene) -> None:
    receipt = file(scene)
    with reading(scene.place.engine) as session:
        lead = session.exec(select(Lead)).one()
        told = "".join(session.exec(select(AuditEvent.body)).all())
    assert (receipt, lead.name, lead.relation) == ("XS-2026-0001", "某零一", "同事")
    assert (lead.links, lead.consent) == (["https://news.example/1"], True)
    assert [word for word in (PHONE, "赵虚构") if word in told] == []


def test_same_form_twice_is_one_lead(scene: Scene) -> None:
    visitor = scene.visitor()
    fields = [*visitor.hidden(FORM, FORM), *LEAD.items()]
    pages = [visitor.post(FORM, fields).text for _ in range(2)]
    assert ["XS-2026-0001" in page for page in pages] == [True, True]
    assert counted(scene) == 1


def test_same_lead_anew_names_its_receipt(scene: Scene) -> None:
    file(scene)
    answer = scene.visitor().send(FORM, FORM, **LEAD)
    assert answer.status_code == 409
    assert "您已提交过这条线索，回执编号 XS-2026-0001，请勿重复提交。" in answer.text


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "", "姓名为空，请填写与身份证一致的姓名。"),
        ("unit", "", "工作单位须为 1 至 60 字。"),
        ("summary", "长" * 501, "事迹摘要须为 1 至 500 字。"),
        ("links", "www.example.org", "报道链接须以 http:// 或 https:// 开头，不超过 300 字。"),
        ("links", "javascript:alert(1)", "报道链接须以 http:// 或 https:// 开头，不超过 300 字。"),
        ("links", "\n".join(f"https://news.example/{n}" for n in range(6)), "报道链接不得超过 5 条。"),
        ("contact", "", "联系人及电话须为 1 至 50 字。"),
        ("phone", "", "手机号码须填写，日后凭它和回执编号查询办理情况。"),
        ("phone", "03112345678", "手机号码应为11位数字、以13至19开头，不带空格、横线和区号"),
        ("relation", "长" * 21, "与被推荐人的关系不得超过 20 字。"),
        ("consent", "", "须先征得被推荐人本人同意。"),
        ("channel", "union", "该渠道不接收线索，请选择正确的渠道。"),
    ],
)
def test_fault_stands_beside_its_field(scene: Scene, field: str, value: str, reason: str) -> None:
    answer = scene.visitor().send(FORM, FORM, **{**LEAD, field: value})
    assert answer.status_code == 422
    assert f"<li>{reason}</li>" in answer.text
    assert f'<span class="fault" id="{field}-fault">{reason}</span>' in answer.text
    kept = "赵虚构" if field != "contact" else "虚构机械有限公司"
    assert f'value="{kept}"' in answer.text
    assert counted(scene) == 0


def test_several_faults_are_told_at_once(scene: Scene) -> None:
    page = scene.visitor().send(FORM, FORM, **{**LEAD, "unit": "", "phone": "", "consent": ""}).text
    assert page.count('<span class="fault"') == 3


@pytest.mark.parametrize("phone", ["138 0000 0001", "+86 138-0000-0001", "１３８０００００００１", "86 13800000001"])
def test_phones_are_taken_as_phones_write_them(scene: Scene, phone: str) -> None:
    receipt = file(scene, phone=phone)
    assert ask(scene.visitor(), receipt, PHONE).status_code == 200
    assert ask(scene.visitor(), receipt.lower(), phone).status_code == 200


def test_trapped_programs_file_nothing(scene: Scene) -> None:
    answer = scene.visitor().send(FORM, FORM, **LEAD, website="https://spam.example")
    assert (answer.status_code, counted(scene)) == (422, 0)


def test_forged_lead_is_refused(scene: Scene) -> None:
    answer = scene.visitor().post(FORM, [("form_token", "0" * 64), *LEAD.items()])
    assert (answer.status_code, counted(scene)) == (403, 0)


def test_unknown_round_names_no_command(scene: Scene) -> None:
    answer = scene.visitor().get("/leads/hebei-2031")
    assert (answer.status_code, "没有这项推荐活动，请核对网址，或从活动公告里的链接进入。" in answer.text) == (
        404,
        True,
    )
    assert scene.visitor().send(FORM, FORM, **LEAD | {"name": ""}).text.count("姓名为空") == 2


def test_empty_form_names_every_field(scene: Scene) -> None:
    page = scene.visitor().send(FORM, FORM, channel="worker").text
    told = page.split('role="alert"')[1].split("</div>")[0]
    assert re.findall("<li>(.*)</li>", told.replace("</li><li>", "</li>\n<li>")) == [
        "姓名为空，请填写与身份证一致的姓名。",
        "工作单位须为 1 至 60 字。",
        "事迹摘要须为 1 至 500 字。",
        "联系人及电话须为 1 至 50 字。",
        "须先征得被推荐人本人同意。",
        "手机号码须填写，日后凭它和回执编号查询办理情况。",
    ]


def test_closed_intake_takes_no_lead(scene: Scene) -> None:
    with transaction(scene.place.engine) as session:
        run = scene.run("intake")
        run.status = StageStatus.AWAITING
        session.add(run)
    answer = scene.visitor().get(FORM)
    assert answer.status_code == 409
    assert "线索征集、申报受理不在开放时间内，请在公布的时间内办理。" in answer.text
    assert FORM not in scene.visitor().get("/").text


def test_consent_notice_names_the_office(scene: Scene) -> None:
    page = scene.visitor().get(FORM).text
    assert [word for word in ("收集什么", "用来做什么", "谁能看到", "保存多久", "撤回同意") if word not in page] == []


def test_status_is_told_step_by_step(scene: Scene) -> None:
    receipt = file(scene)
    assert "线索已登记，等待活动办公室转交推荐单位。" in ask(scene.visitor(), receipt).text
    route(scene, receipt)
    assert "线索已转交唐山市总工会核实。" in ask(scene.visitor(), receipt).text
    case_no, page = nominated(scene), f"{DESK}/{receipt}"
    scene.visitor("tangshan").send(page, f"{page}/adopt", case_no=case_no)
    told = ask(scene.visitor(), receipt).text
    assert "线索已被采纳：唐山市总工会已经申报该人选。" in told
    assert case_no not in told


def test_reason_of_rejection_is_told(scene: Scene) -> None:
    receipt = file(scene)
    route(scene, receipt)
    page = f"{DESK}/{receipt}"
    answer = scene.visitor("tangshan").send(page, f"{page}/reject", reason="与<i>已报</i>人选重复")
    assert answer.headers["location"] == f"{page}?done=lead-rejected"
    assert "与&lt;i&gt;已报&lt;/i&gt;人选重复" in ask(scene.visitor(), receipt).text


def test_merged_lead_tells_of_the_kept(scene: Scene) -> None:
    kept, merged = file(scene), file(scene, phone="13800000002")
    with transaction(scene.place.engine) as session:
        clerk = act_of(scene.place, actor_by_login(session, "clerk"), RECEIVING)
        merge_leads(session, clerk, kept, merged, reason="同一人")
    page = f"{DESK}/{kept}"
    scene.visitor("clerk").send(page, f"{page}/reject", reason="已获往届称号")
    told = ask(scene.visitor(), merged, "13800000002").text
    assert "这条线索已与同一人的其他线索合并办理" in told
    assert "已获往届称号" in told
    assert kept not in told.partition('action="/leads"')[0]


def test_wrong_phone_and_unknown_receipt_read_the_same(scene: Scene) -> None:
    receipt = file(scene)
    answers = [ask(scene.visitor(), receipt, "13800000009"), ask(scene.visitor(), "XS-2026-0999")]
    assert [(answer.status_code, UNKNOWN in answer.text) for answer in answers] == [(404, True), (404, True)]


def test_lead_without_phone_opens_for_nobody(scene: Scene) -> None:
    receipt = file(scene)
    with transaction(scene.place.engine) as session:
        lead = session.exec(select(Lead)).one()
        lead.phone_index = ""
        session.add(lead)
    assert ask(scene.visitor(), receipt, "").status_code == 404


def ticking(scene: Scene, ticks: list[float]) -> TestClient:
    """A browser at a portal whose limits count by this clock."""
    return TestClient(scene.another_client(lambda: ticks[0]).app, base_url="https://testserver", follow_redirects=False)


def test_eleventh_lead_within_the_hour_waits(scene: Scene) -> None:
    ticks = [0.0]
    visitor = Visitor(ticking(scene, ticks))
    answers = [visitor.send(FORM, FORM, **{**LEAD, "phone": f"138000000{number}"}) for number in range(10, 21)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert "提交次数过多，请一小时后再试；也可以电话告知活动办公室，由办公室登记。" in answers[-1].text
    assert (answers[-1].headers["retry-after"], counted(scene)) == ("3600", 10)
    ticks[0] = 3600.0
    assert visitor.send(FORM, FORM, **{**LEAD, "phone": "13800000099"}).status_code == 200


def test_mistyped_forms_use_up_nothing(scene: Scene) -> None:
    visitor = Visitor(ticking(scene, [0.0]))
    statuses = [visitor.send(FORM, FORM, **{**LEAD, "unit": ""}).status_code for _ in range(11)]
    assert [*statuses, visitor.send(FORM, FORM, **LEAD).status_code] == [422] * 11 + [200]


def test_eleventh_look_up_waits(scene: Scene) -> None:
    ticks = [0.0]
    visitor = Visitor(ticking(scene, ticks))
    answers = [ask(visitor, f"XS-2026-{number:04d}") for number in range(11)]
    assert [answer.status_code for answer in answers] == [404] * 10 + [429]
    assert "查询次数过多，请五分钟后再试。" in answers[-1].text
    ticks[0] = 300.0
    assert ask(visitor, "XS-2026-0001").status_code == 404


def test_one_receipt_is_not_tried_from_everywhere(scene: Scene) -> None:
    receipt = file(scene)
    app = scene.another_client().app
    visitors = [
        Visitor(TestClient(app, base_url="https://testserver", client=(f"10.0.0.{number}", 1))) for number in range(11)
    ]
    statuses = [ask(visitor, receipt, f"138000001{number:02d}").status_code for number, visitor in enumerate(visitors)]
    assert statuses == [404] * 10 + [429]


def test_desk_shows_late_leads_first(scene: Scene) -> None:
    first, second = file(scene), file(scene, name="某零二")
    with transaction(scene.place.engine) as session:
        lead = session.exec(select(Lead).where(Lead.receipt_no == second)).one()
        lead.decide_by = RECEIVING
        session.add(lead)
    page = scene.visitor("clerk").get(DESK).text
    assert page.index(second) < page.index(first)
    assert '共 2 条，待决定 2 条，其中<strong class="no">已逾期 1 条</strong>' in page
    assert page.count("活动办公室（待转交）") == 2


def test_units_see_what_was_sent_to_them(scene: Scene) -> None:
    receipt, unsent = file(scene), file(scene, name="某零二")
    route(scene, receipt)
    seen = {
        login: [number for number in (receipt, unsent) if number in scene.visitor(login).get(DESK).text]
        for login in ("clerk", "tangshan", "handan", "homeless")
    }
    assert seen == {"clerk": [receipt, unsent], "tangshan": [receipt], "handan": [], "homeless": []}


@pytest.mark.parametrize("login", ["handan", "homeless"])
def test_another_units_lead_is_forbidden(scene: Scene, login: str) -> None:
    receipt = file(scene)
    route(scene, receipt)
    visitor, page = scene.visitor(login), f"{DESK}/{receipt}"
    token = visitor.hidden("/tasks", "/logout")
    answers = [visitor.get(page)] + [
        visitor.post(f"{page}/{act}", [*token, ("reason", "理由"), ("case_no", "x"), ("unit", "handan")])
        for act in ("route", "adopt", "reject", "release", "contact")
    ]
    assert [answer.status_code for answer in answers] == [403] * 6
    assert {"该线索没有转交您的单位，不归您办理。" in answer.text for answer in answers} == {True}
    assert status(scene, receipt) == LeadStatus.FILED


def test_unsent_lead_is_for_the_office(scene: Scene) -> None:
    receipt = file(scene)
    assert scene.visitor("homeless").get(f"{DESK}/{receipt}").status_code == 403


@pytest.mark.parametrize("login", ["expert1", "checker", "auditor", "root"])
def test_desk_is_for_who_decides(scene: Scene, login: str) -> None:
    assert scene.visitor(login).get(DESK).status_code == 403


def test_guests_log_in_before_the_desk(scene: Scene) -> None:
    assert scene.visitor().get(DESK).headers["location"].startswith("/login?next=")


def test_lead_of_another_round_is_unknown(scene: Scene) -> None:
    assert scene.visitor("clerk").get(f"{DESK}/XS-2026-0999").status_code == 404


def test_unit_adopts_one_of_the_same_name(scene: Scene) -> None:
    receipt = file(scene)
    route(scene, receipt)
    case_no, other = nominated(scene), nominated(scene, unit="另一家公司")
    elsewhere = nominated(scene, code="handan")
    visitor, page = scene.visitor("tangshan"), f"{DESK}/{receipt}"
    shown = visitor.get(page).text
    assert [number in shown for number in (case_no, other, elsewhere)] == [True, True, False]
    assert f'value="{other}" required disabled' in shown
    visitor.send(page, f"{page}/adopt", case_no=case_no)
    assert (status(scene, receipt), case_no in visitor.get(page).text) == (LeadStatus.ADOPTED, True)


def test_adoption_needs_a_choice(scene: Scene) -> None:
    receipt = file(scene)
    nominated(scene)
    page = f"{DESK}/{receipt}"
    answer = scene.visitor("clerk").send(page, f"{page}/adopt")
    assert (answer.status_code, "请选择要采纳到的申报。" in answer.text) == (422, True)


def test_adoption_is_taken_back(scene: Scene) -> None:
    receipt = file(scene)
    case_no, page, visitor = nominated(scene), f"{DESK}/{receipt}", scene.visitor("clerk")
    visitor.send(page, f"{page}/adopt", case_no=case_no)
    answer = visitor.send(page, f"{page}/release", reason="选错了申报")
    assert answer.headers["location"] == f"{page}?done=lead-released"
    assert status(scene, receipt) == LeadStatus.FILED


def test_unit_cannot_send_leads_on(scene: Scene) -> None:
    receipt = file(scene)
    route(scene, receipt)
    visitor, page = scene.visitor("tangshan"), f"{DESK}/{receipt}"
    assert f"{page}/route" not in read_forms(visitor.get(page).text)
    answer = visitor.post(f"{page}/route", [*visitor.hidden(page, "/logout"), ("unit", "handan")])
    assert (answer.status_code, "线索由活动办公室转交推荐单位。" in answer.text) == (403, True)


def test_contact_is_shown_by_recorded_look(scene: Scene) -> None:
    receipt = file(scene)
    route(scene, receipt)
    visitor, page = scene.visitor("tangshan"), f"{DESK}/{receipt}"
    assert PHONE not in visitor.get(page).text
    assert f"赵虚构 {PHONE}" in visitor.send(page, f"{page}/contact").text
    with reading(scene.place.engine) as session:
        query = select(AuditEvent.act).where(AuditEvent.subject == receipt).order_by(col(AuditEvent.seq))
        assert list(session.exec(query).all()) == ["lead.filed", "lead.routed", "lead.contact_read"]


def test_links_leave_without_traces(scene: Scene) -> None:
    receipt = file(scene)
    page = scene.visitor("clerk").get(f"{DESK}/{receipt}").text
    assert '<a href="https://news.example/1" rel="noreferrer noopener nofollow" target="_blank">' in page
    assert "带头攻克&lt;b&gt;焊接&lt;/b&gt;难题。" in page


def test_tasks_tell_of_leads(scene: Scene) -> None:
    receipt = file(scene)
    assert "转交线索" in scene.visitor("clerk").get("/tasks").text
    for login in ("tangshan", "homeless", "expert1"):
        assert DESK not in scene.visitor(login).get("/tasks").text
    route(scene, receipt)
    assert "转交线索" not in scene.visitor("clerk").get("/tasks").text
    assert "决定是否采纳线索" in scene.visitor("tangshan").get("/tasks").text
    scene.set_time("2025-10-20T10:00:00+08:00")
    assert "1 条待办，已逾期 1 条" in scene.visitor("tangshan").get("/tasks").text

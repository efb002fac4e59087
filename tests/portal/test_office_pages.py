"""Administrators do their work at the portal: accounts, grants, tokens, the examination; each within the matrix."""

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from craftsman.actions.workdays_at_hand import WorkdaysAtHand
from craftsman.store.engine import reading, transaction
from models import AuditEvent, GrantProposal, Message, ProposedGrant, ReferenceVersion
from tests.factories import make_account
from tests.portal.house import House
from tests.portal.scene import HASH, Scene, read_forms
from tests.portal.wrong_files import badly_answered


def names(*rows: str) -> bytes:
    """A list of fictitious people as a table."""
    heading = "账号,姓名,邮箱,推荐单位,身份"
    return "\n".join([heading, *rows]).encode()


@pytest.fixture
def office(house: House) -> House:
    """A portal with the three administrators, none of whom needs a second factor here."""
    settings = house.place.settings.model_copy(update={"second_factor_roles": ""})
    with transaction(house.place.engine) as session:
        make_account(session, "qian", "security", name="保密某", password_hash=HASH)
    return House(replace(house.place, settings=settings))


def test_new_account_is_invited(office: House) -> None:
    root = office.logged_in("root")
    fields = {"login": "newcomer", "name": "新来某", "email": "newcomer@example.org"}
    told = root.send("/accounts/new", "/accounts/new", **{**fields, "email": "nowhere"})
    assert (told.status_code, "邮箱地址不正确" in told.text, 'value="新来某"' in told.text) == (422, True, True)
    sent = root.send("/accounts/new", "/accounts/new", **fields)
    assert sent.headers["location"] == "/accounts/newcomer?done=account-added"
    page = root.get("/accounts/newcomer").text
    assert ("还没有身份" in page, "newcomer@example.org" in page) == (True, False)
    with reading(office.place.engine) as session:
        assert session.exec(select(Message.letter)).all() == ["account-invitation"]


def test_accounts_are_made_by_a_workbook(office: House) -> None:
    root, qian, page = office.logged_in("root"), office.logged_in("qian"), "/accounts/new/bulk"
    assert root.get("/accounts/new/template").content.startswith(b"PK")
    rows = ["li1,李某一,li1@example.org,,工作人员", "li2,李某二,li2@example.org,,评审专家、比拼裁判"]
    wrong = root.upload(page, f"{page}/check", "名单.csv", names(*rows, "坏,,x@,无此单位,国王", rows[0])).text
    assert [told in wrong for told in ("“姓名”：不能为空", "在表中不止一行", 'name="sha256"')] == [True, True, False]
    checked = root.upload(page, f"{page}/check", "名单.csv", names(*rows, "clerk,经办某,clerk@example.org,,"))
    assert ("新增 2 个账号" in checked.text, "已有此账号，不变" in checked.text) == (True, True)
    hidden = read_forms(checked.text)[page]
    assert root.post(page, hidden).status_code == 422
    fields = [*hidden, ("confirmed", "yes")]
    assert [root.post(page, fields).headers["location"] for _ in range(2)] == ["/accounts?done=accounts-added"] * 2
    asking = "/grants/new/bulk"
    asked = qian.upload(asking, f"{asking}/check", "名单.csv", names(*rows, "nobody,某,n@example.org,,工作人员")).text
    assert "没有可用的账号“nobody”" in asked
    asked = qian.upload(asking, f"{asking}/check", "名单.csv", names(*rows)).text
    sent = qian.post(asking, [*read_forms(asked)[asking], ("confirmed", "yes")])
    assert sent.headers["location"] == "/grants?done=grants-proposed"
    with reading(office.place.engine) as session:
        assert session.exec(select(Message.letter)).all() == ["account-invitation"] * 2
        assert len(session.exec(select(ProposedGrant.role)).all()) == 3


def test_all_of_a_role_are_invited(scene: Scene) -> None:
    settings = scene.place.settings.model_copy(update={"second_factor_roles": ""})
    office = House(replace(scene.place, settings=settings))
    with transaction(scene.place.engine) as session:
        make_account(session, "boss", "admin", name="管理某", password_hash=HASH)
        make_account(session, "late", "expert", name="后来某", round_id=scene.id)
    boss, page = office.logged_in("boss"), "/accounts/new/invitations"
    asked = f"{page}?round={scene.round.key}&role="
    assert "没有需要邀请的" in boss.get(f"{asked}committee").text
    told = boss.get(f"{asked}expert").text
    assert ("后来某" in told, "late@example.org" in told) == (True, False)
    hidden = [*read_forms(told)[page], ("confirmed", "yes")]
    stale = boss.post(page, [(name, "2" if name == "count" else value) for name, value in hidden])
    assert (stale.status_code, "一封也没有发出" in stale.text) == (409, True)
    assert boss.post(page, hidden).headers["location"] == "/accounts?done=accounts-invited"
    with reading(scene.place.engine) as session:
        assert session.exec(select(Message.letter).where(Message.letter == "account-invitation")).all() == [
            "account-invitation"
        ]


def test_accounts_are_corrected_on_their_page(office: House) -> None:
    root, page = office.logged_in("root"), "/accounts/expert1"
    assert root.send(page, f"{page}/change", name="专家1", email="nowhere").status_code == 422
    sent = root.send(page, f"{page}/change", name="专家一", unit="虚构大学")
    assert sent.headers["location"] == f"{page}?done=account-changed"
    told = root.get(page).text
    assert ("专家一" in told, "虚构大学" in told) == (True, True)
    assert "/accounts/qian/change" not in root.get("/accounts/qian").text
    assert root.send(page, f"{page}/place", disciplines="3，12").headers["location"] == f"{page}?done=account-placed"
    assert "<dd>3、12</dd>" in root.get(page).text
    again = root.send(page, f"{page}/place", disciplines="3、12")
    assert (again.status_code, "没有要更改的" in again.text) == (422, True)


def test_accounts_are_searched(office: House) -> None:
    root = office.logged_in("root")
    found = root.search("/accounts", "委员2").text
    assert ("/accounts/member2" in found, "/accounts/member1" in found) == (True, False)
    assert "没有找到“无此人”" in root.search("/accounts", "无此人").text
    assert root.get("/accounts/nobody").status_code == 404


def test_searched_names_stand_in_no_address(office: House) -> None:
    root, page = office.logged_in("root"), "/accounts"
    address = root.send(page, page, words="委员2").headers["location"]
    assert re.fullmatch(r"/accounts\?found=[\w-]{22}", address)
    first, again = root.get(address).text, root.get(f"{address}&page=1").text
    assert ["查找“委员2”，共 1 个账号。" in one for one in (first, again)] == [True, True]
    others = office.logged_in("qian").get(address).text
    assert ("委员2" in others, "委员1" in others, "已经不在" in others) == (True, True, True)
    office.ticks += 2 * 60 * 60
    over = root.get(address).text
    assert ("委员1" in over, "已经不在" in over, "已经不在" in root.get(page).text) == (True, True, False)
    assert root.send(page, page, words="").headers["location"] == page


def test_accounts_are_closed_and_opened_with_reasons(office: House) -> None:
    root, page = office.logged_in("root"), "/accounts/expert1"
    assert root.send(page, f"{page}/disable").status_code == 422
    assert root.send(page, f"{page}/disable", reason="调离（虚构）").headers["location"].endswith("account-disable")
    assert office.visitor().log_in("expert1").status_code == 422
    assert root.send(page, f"{page}/restore", reason="调回（虚构）").status_code == 303
    assert office.visitor().log_in("expert1").status_code == 303
    assert "理由：调离（虚构）" in root.get(page).text
    with reading(office.place.engine) as session:
        assert "调离" not in "".join(session.exec(select(AuditEvent.body)).all())


def test_roles_are_asked_for_and_ended_by_security(office: House) -> None:
    qian, page = office.logged_in("qian"), "/grants/new"
    wrong = qian.send(page, page, logins="expert1 nobody", role="staff")
    assert (wrong.status_code, "没有可用的账号“nobody”" in wrong.text) == (422, True)
    assert qian.send(page, page, logins="expert1\nexpert2", role="judge").headers["location"].startswith("/grants/1")
    with reading(office.place.engine) as session:
        assert session.exec(select(GrantProposal.status)).all() == ["waiting"]
    here = "/accounts/clerk"
    ended = qian.send(here, f"{here}/end-role", reason="离任（虚构）")
    assert ended.headers["location"] == f"{here}?done=account-role-ended"
    assert office.logged_in("root").get(page).status_code == 403


def test_each_administrator_keeps_to_the_matrix(office: House) -> None:
    root, qian, page = office.logged_in("root"), office.logged_in("qian"), "/accounts/expert1"
    by_root = [*root.hidden("/tasks", "/logout"), ("reason", "虚构"), ("role", "expert")]
    by_qian = [*qian.hidden("/tasks", "/logout"), ("reason", "虚构")]
    answers = [root.post(f"{page}/{deed}", by_root) for deed in ("end-sessions", "reset-factor", "end-role")]
    answers.append(qian.post(f"{page}/disable", by_qian))
    assert [one.status_code for one in answers] == [403] * 4
    assert (f"{page}/disable" in qian.get(page).text, f"{page}/end-sessions" in root.get(page).text) == (False, False)


def test_doctor_tells_what_to_do(office: House) -> None:
    root = office.logged_in("root")
    assert "开始体检" in root.get("/doctor").text
    page = root.send("/doctor", "/doctor").text
    assert ("数据库表结构为最新" in page, "请由审计单位运行 craftsman witness" in page) == (True, True)
    assert office.logged_in("clerk").get("/doctor").status_code == 403


def test_token_is_shown_once_and_revoked(office: House) -> None:
    clerk = office.logged_in("clerk")
    fields = [*clerk.hidden("/tokens", "/tokens"), ("name", "省厅系统"), ("scope", "status"), ("days", "30")]
    shown = re.findall(r'class="key">(craftsman_[\w-]+)<', clerk.post("/tokens", fields).text)
    assert len(shown) == 1
    assert clerk.post("/tokens", fields).headers["location"] == "/tokens?done=token-made"
    assert shown[0] not in clerk.get("/tokens").text
    ended = office.logged_in("qian").send("/tokens", "/tokens/revoke", reason="到期（虚构）")
    assert ended.headers["location"] == "/tokens?done=token-revoked"
    assert "撤销</span>" in clerk.get("/tokens").text
    assert office.logged_in("root").get("/tokens").status_code == 403


def test_list_is_compared_before_it_counts(office: House) -> None:
    root, page = office.logged_in("root"), "/reference"
    table = "代码,名称\n130200,唐山市\n139999,虚构县\n".encode()
    fields = [*root.hidden(page, "/reference/check"), ("slug", "hebei-great-craftsman"), ("name", "codes.hobby")]
    assert badly_answered(root, "/reference/check", fields) == []
    assert list(office.place.settings.uploads_dir.rglob("*")) == []
    told = root.post_file("/reference/check", [*fields, ("source", "虚构〔2026〕1号")], "表.csv", table)
    assert (told.status_code, "还没有载入" in told.text) == (200, True)
    with reading(office.place.engine) as session:
        assert session.exec(select(ReferenceVersion.version)).all() == []
    hidden = read_forms(told.text)["/reference"]
    assert root.post(page, hidden).status_code == 422
    assert root.post(page, [*hidden, ("confirmed", "yes")]).headers["location"] == f"{page}?done=reference-loaded"
    assert "虚构〔2026〕1号" in root.get(page).text
    here = "/reference/hebei-great-craftsman/codes.hobby"
    assert "139999 虚构县" in root.get(here).text
    saved = root.get(f"{here}/toml?version=1")
    assert saved.text.startswith("# codes.hobby，第 1 版，来源：虚构〔2026〕1号\n\n[codes.hobby]\n130200 =")
    assert root.get(f"{here}/toml?version=9").status_code == 404
    several = saved.content + '139998 = "另一虚构县"\n[codes.dance]\n1 = "虚构舞"\n'.encode()
    fields = [*fields[:-1], ("name", ""), ("source", "虚构〔2026〕2号")]
    told = root.post_file("/reference/check", fields, "名录.toml", several).text
    assert ("载入这 2 份名录的新版" in told, "<h1>核对名录 <small>河北大工匠年度人物" in told) == (True, True)
    assert root.post(page, [*read_forms(told)[page], ("confirmed", "yes")]).status_code == 303
    with reading(office.place.engine) as session:
        assert sorted(session.exec(select(ReferenceVersion.version)).all()) == [1, 1, 2]


def test_experts_are_looked_at_and_loaded(office: House) -> None:
    with transaction(office.place.engine) as session:
        make_account(session, "li", "staff", name="经办李某", password_hash=HASH)
    li, page = office.logged_in("li"), "/experts"
    table = "编号,姓名,工作单位,产业代码,手机,账号\nZ001,专家某,虚构大学,1、2,13900000001,expert1\n".encode()
    fields = [*li.hidden(page, f"{page}/check"), ("source", "虚构名单")]
    told = li.post_file(f"{page}/check", fields, "表.csv", table).text
    assert ("新增 1 名" in told, "Z001" in li.get(page).text) == (True, False)
    sent = li.post(f"{page}/load", [*read_forms(told)[f"{page}/load"], ("confirmed", "yes")])
    assert sent.headers["location"] == f"{page}?done=experts-loaded"
    changed = table.replace("虚构大学".encode(), "虚构学院".encode()).replace(b"0001,", b"0002,")
    assert "更新：工作单位、手机" in li.post_file(f"{page}/check", fields, "表.csv", changed).text
    emptied = li.post_file(f"{page}/check", fields, "表.csv", table.replace(b"13900000001,", b",")).text
    assert ("清空：手机" in emptied, "其中 1 名有内容被清空" in emptied) == (True, True)
    assert "专家某" in li.search(page, "虚构大学").text
    here = f"{page}/Z001"
    assert "13900000001" not in li.get(here).text
    assert li.send(here, f"{here}/contact").status_code == 422
    assert "13900000001" in li.send(here, f"{here}/contact", reason="联系评审（虚构）").text


def test_calendar_shows_days_moved(office: House) -> None:
    root = office.logged_in("root")
    page = root.get("/calendars").text
    assert (page.count("<caption>"), "春节放假" in page, "调休上班" in page) == (12, True, True)
    assert root.get("/calendars?year=2099").status_code == 404


def test_year_is_looked_at_before_it_counts(office: House) -> None:
    at_hand = WorkdaysAtHand(office.place.settings.config_dir / "calendars", office.place.engine)
    office = House(replace(office.place, calendars=at_hand))
    root, page = office.logged_in("root"), "/calendars"
    table = "日期,安排,节日\n2027-01-01,放假,元旦\n2027/1/2,上班,元旦\n".encode()
    fields = [*root.hidden(page, f"{page}/check"), ("year", "2027"), ("source", "虚构的通知，仅供测试")]
    wrong = root.post_file(f"{page}/check", fields, "表.csv", table.replace(b"2027/1/2", b"2027/1/5"))
    assert (wrong.status_code, "2027-01-05 不是周末" in wrong.text) == (422, True)
    told = root.post_file(f"{page}/check", fields, "表.csv", table)
    assert ("2027-01-01 元旦放假" in told.text, 2027 in office.place.workdays.years) == (True, False)
    sent = root.post(page, [*read_forms(told.text)[page], ("confirmed", "yes")])
    assert sent.headers["location"] == f"{page}?done=calendar-loaded"
    assert "与现行安排相同" in root.post_file(f"{page}/check", fields, "表.csv", table).text
    assert [office.place.workdays.works(date(2027, 1, day)) for day in (1, 2)] == [False, True]

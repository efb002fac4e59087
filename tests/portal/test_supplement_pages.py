"""补正 through the portal: previewed with numbers and names, returned, put right by papers, taken; all fictitious."""

from pathlib import Path

from sqlmodel import select
from starlette.testclient import TestClient

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.sessions import open_session
from craftsman.actions.workplace import Workplace
from craftsman.portal.app import create_app
from craftsman.store.engine import transaction
from models import Account
from tests.actions.test_screening import BAD, GOOD, Office
from tests.factories import NOW
from tests.portal.scene import Visitor, at

PAGE = "/rounds/hebei-great-craftsman-2026/stages/screen/supplements"


def logged_in(place: Workplace, login: str) -> Visitor:
    with transaction(place.engine) as session:
        account = session.exec(select(Account).where(Account.login == login)).one()
        open_session(session, Act(actor_by_login(session, login), place.now(), place), account, f"token-{login}")
    client = TestClient(create_app(place), base_url="https://testserver", follow_redirects=False)
    client.cookies.set("__Host-craftsman", f"token-{login}")
    return Visitor(client)


def test_failed_cases_are_returned_after_a_preview(place: Workplace, tmp_path: Path) -> None:
    office = Office(at(place, tmp_path, NOW))
    clerk = logged_in(office.place, "staff")
    page = clerk.get(PAGE).text
    assert (BAD in page, GOOD in page, "待补正 0 件" in page) == (True, False, True)
    assert "请先勾选要退回补正的申报。" in clerk.send(PAGE, f"{PAGE}/preview").text
    assert "有的申报不能退回补正" in clerk.send(PAGE, f"{PAGE}/preview", case_no=GOOD).text
    fields = [*clerk.hidden(PAGE, f"{PAGE}/preview"), ("case_no", BAD)]
    preview = clerk.post(f"{PAGE}/preview", fields)
    assert (
        "将退回 <strong>1</strong> 件，涉及 <strong>1</strong> 个推荐单位；期限 <strong>2025年9月4日 24:00"
        in preview.text
    )
    assert office.told("supplement.asked") == []
    ask = [*fields, ("confirmed", "yes")]
    assert [clerk.post(f"{PAGE}/ask", ask).status_code for _ in range(2)] == [303, 303]
    assert office.told("supplement.asked") == [BAD]
    assert "待补正 1 件" in clerk.get(PAGE).text
    assert f"{PAGE}/{BAD}/take" not in clerk.get(PAGE).text
    office.hand_in("certificate")
    assert "新材料 1 份" in clerk.get(PAGE).text
    assert clerk.send(PAGE, f"{PAGE}/{BAD}/take").status_code == 303
    assert (office.standing(), "已补正" in clerk.get(PAGE).text) == ("in_review", True)
    story = clerk.get(f"/rounds/{office.round.key}/nominations/{BAD}").text
    assert [told in story for told in ("退回补正", "期限 2025年9月4日 24:00", "补正受理", "资格审查")] == [True] * 4
    assert f"{PAGE}/preview" not in logged_in(office.place, "verifier").get(PAGE).text

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
OVERRIDES = "/rounds/hebei-great-craftsman-2026/stages/screen/overrides"


def logged_in(place: Workplace, login: str) -> Visitor:
    with transaction(place.engine) as session:
        account = session.exec(select(Account).where(Account.login == login)).one()
        open_session(session, Act(actor_by_login(session, login), place.now(), place), account, f"token-{login}")
    client = TestClient(create_app(place), base_url="https://testserver", follow_redirects=False)
    client.cookies.set("__Host-craftsman", f"token-{login}")
    return Visitor(client)


def take_exception(clerk: Visitor, verifier: Visitor, office: Office) -> None:
    """A rule set aside by two, and taken back again; the case fails as before."""
    assert f'href="{OVERRIDES}?case={BAD}"' in clerk.get(PAGE).text
    form, asked = f"{OVERRIDES}?case={BAD}", {"confirmed": "yes", "rule": "unit_notice", "reason": "防汛停工（虚构）"}
    wrong = clerk.send(form, f"{OVERRIDES}/propose", **(asked | {"reason": ""}))
    assert (wrong.status_code, 'value="unit_notice" checked' in wrong.text) == (422, True)
    assert (
        clerk.send(form, f"{OVERRIDES}/propose", **asked).headers["location"] == f"{OVERRIDES}?done=override-proposed"
    )
    assert f"{OVERRIDES}/1/confirm" not in clerk.get(OVERRIDES).text
    assert (OVERRIDES in verifier.get("/tasks").text, "1 项待确认" in verifier.get("/tasks").text) == (True, True)
    assert verifier.send(OVERRIDES, f"{OVERRIDES}/1/confirm").status_code == 422
    assert verifier.send(OVERRIDES, f"{OVERRIDES}/1/confirm", confirmed="yes").status_code == 303
    assert clerk.send(OVERRIDES, f"{OVERRIDES}/1/withdraw", confirmed="yes").status_code == 303
    assert [len(office.told(f"override.{act}")) for act in ("proposed", "confirmed", "withdrawn")] == [1, 1, 1]
    assert ("已撤回" in clerk.get(OVERRIDES).text, verifier.get(f"{OVERRIDES}?case=x").status_code) == (True, 404)


def test_failed_cases_are_returned_after_a_preview(place: Workplace, tmp_path: Path) -> None:
    office = Office(at(place, tmp_path, NOW))
    clerk, verifier = logged_in(office.place, "staff"), logged_in(office.place, "verifier")
    take_exception(clerk, verifier, office)
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
    assert f"{PAGE}/preview" not in verifier.get(PAGE).text

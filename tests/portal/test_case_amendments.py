"""A name of the list corrected on the nomination's page, by two people; all fictitious."""

from sqlmodel import col, select

from craftsman.store.engine import reading
from models import AuditEvent, Nomination, Person
from tests.portal.announced_scene import announce
from tests.portal.scene import Scene


def test_name_is_corrected_by_two(scene: Scene) -> None:
    announce(scene)
    with reading(scene.place.engine) as session:
        case_no = session.exec(select(Nomination.case_no).join(Person).where(Person.name == "张虚构")).one()
    page = f"/rounds/{scene.round.key}/nominations/{case_no}"
    clerk, checker = scene.visitor("clerk"), scene.visitor("checker")
    told = {"kind": "name", "name": "章虚构", "resolution": "虚构决议第1号"}
    assert clerk.send(page, f"{page}/amendments", **told).status_code == 422
    assert clerk.send(page, f"{page}/amendments", **told, confirmed="yes").status_code == 303
    assert f"{page}/amendments/1/confirm" not in clerk.get(page).text
    assert "姓名由“张虚构”更正为“章虚构”" in checker.get(page).text
    assert checker.send(page, f"{page}/amendments/1/confirm", confirmed="yes").status_code == 303
    shown = checker.get(page).text
    assert ("<h1>章虚构 " in shown, "更正姓名生效" in shown) == (True, True)
    with reading(scene.place.engine) as session:
        query = select(AuditEvent.act).where(col(AuditEvent.act).startswith("amendment"))
        acts = session.exec(query.order_by(col(AuditEvent.seq))).all()
    assert list(acts) == ["amendment.proposed", "amendment.confirmed"]

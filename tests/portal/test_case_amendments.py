"""A name of the list corrected on the nomination's page, by two people; all fictitious."""

from sqlmodel import col, select

from craftsman.store.engine import reading
from models import AuditEvent, Nomination, Person
from tests.portal.announced_scene import announce
from tests.portal.scene import Scene, Visitor


def place_by_hand(clerk: Visitor, checker: Visitor, page: str) -> None:
    """Give the nominee a place on lists; what is refused is shown again."""
    told = {"like": "张小样", "reason": "用字未收入笔画表（虚构）", "confirmed": "yes"}
    for wrong in ({"like": "样" * 41}, {"like": "·"}, {"like": "\U000323ae"}, {"reason": ""}, {"confirmed": ""}):
        answer = clerk.send(page, f"{page}/place", **(told | wrong))
        assert (answer.status_code, "（虚构）</textarea>" in answer.text) == (422, "reason" not in wrong)
    assert clerk.send(page, f"{page}/place", **told).headers["location"] == f"{page}?done=placed"
    shown = checker.get(page).text
    assert ("排在“张小样”的位置；用字未收入笔画表（虚构）" in shown, f"{page}/place" in shown) == (True, False)


def test_name_is_corrected_by_two(scene: Scene) -> None:
    announce(scene)
    with reading(scene.place.engine) as session:
        case_no = session.exec(select(Nomination.case_no).join(Person).where(Person.name == "张虚构")).one()
    page = f"/rounds/{scene.round.key}/nominations/{case_no}"
    clerk, checker = scene.visitor("clerk"), scene.visitor("checker")
    place_by_hand(clerk, checker, page)
    told = {"kind": "name", "name": "章虚构", "resolution": "虚构决议第1号"}
    acts = f"/rounds/{scene.round.key}/amendments"
    refused = clerk.send(page, f"{acts}/propose", **told)
    shown = (f"<small>{case_no}</small>" in refused.text, "虚构决议第1号</textarea>" in refused.text)
    assert (refused.status_code, shown) == (422, (True, True))
    proposed = clerk.send(page, f"{acts}/propose", **told, confirmed="yes")
    assert proposed.headers["location"] == f"{page}?done=amendment-proposed"
    assert f"{acts}/1/confirm" not in clerk.get(page).text
    assert "姓名由“张虚构”更正为“章虚构”" in checker.get(page).text
    confirmed = checker.send(page, f"{acts}/1/confirm", confirmed="yes")
    assert confirmed.headers["location"] == f"{page}?done=amendment-confirmed"
    shown = checker.get(page).text
    assert ("<h1>章虚构 " in shown, "更正姓名生效" in shown) == (True, True)
    with reading(scene.place.engine) as session:
        query = select(AuditEvent.act).where(col(AuditEvent.act).startswith("amendment"))
        told = session.exec(query.order_by(col(AuditEvent.seq))).all()
    assert list(told) == ["amendment.proposed", "amendment.confirmed"]

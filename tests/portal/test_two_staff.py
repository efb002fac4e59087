"""Two people of one role in the same act: one effect, and the second learns that it is done."""

from functools import partial

from sqlmodel import select

from craftsman.store.engine import reading, transaction
from models import SignOff
from tests.factories import make_account
from tests.portal.scene import HASH, Scene, score_all
from tests.portal.test_manners import STAGE, at_once
from tests.portal.test_staff import to_the_gate


def test_second_staff_learns_it_is_signed(scene: Scene) -> None:
    gate = to_the_gate(scene)
    with transaction(scene.place.engine) as session:
        make_account(session, "clerk2", "staff", round_id=scene.id, name="经办乙", password_hash=HASH)
    visitors = [scene.visitor(login) for login in ("clerk", "clerk2")]
    fields = [one.hidden(gate, f"{gate}/sign") for one in visitors]
    answers = at_once([partial(one.post, f"{gate}/sign", sent) for one, sent in zip(visitors, fields, strict=True)])
    with reading(scene.place.engine) as session:
        assert len(session.exec(select(SignOff.id)).all()) == 1
    (refused,) = [answer for answer in answers if answer.status_code >= 400]
    assert any(f"{name}已以此身份签批过" in refused.text for name in ("经办某", "经办乙"))


def test_second_closer_learns_who_closed(scene: Scene) -> None:
    with transaction(scene.place.engine) as session:
        make_account(session, "clerk2", "staff", round_id=scene.id, name="经办乙", password_hash=HASH)
    score_all(scene)
    visitors = [scene.visitor(login) for login in ("clerk", "clerk2")]
    fields = [[*one.hidden(STAGE, f"{STAGE}/close"), ("confirmed", "yes")] for one in visitors]
    first, second = (one.post(f"{STAGE}/close", sent) for one, sent in zip(visitors, fields, strict=True))
    assert (first.status_code, second.status_code) == (303, 409)
    assert "已由经办某请求结束" in second.text

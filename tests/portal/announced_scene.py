"""Three fictitious people who were publicised and announced, nothing of it released."""

from sqlmodel import select

from craftsman.actions.acting import SYSTEM, Act, actor_by_login
from craftsman.actions.notice import post_notice
from craftsman.actions.stages import close_what_is_ready
from craftsman.store.engine import reading, transaction
from models import Notice
from tests.factories import sign_gate
from tests.portal.scene import Scene, jump, rename

NAMES = ("张虚构", "李虚构", "王虚构")


def announce(scene: Scene) -> Scene:
    """Bring the scene's cases through notice and announcement."""
    place = scene.place
    for number, name in enumerate(NAMES, start=1):
        rename(scene, number, name=name)
    scene.set_time("2026-04-13T10:00:00+08:00")
    jump(scene, "notice", tier="great")
    with transaction(place.engine) as session:
        checker = actor_by_login(session, "checker")
        notice_id = session.exec(select(Notice.id)).one() or 0
        post_notice(session, Act(checker, place.now(), place), notice_id)
    scene.set_time("2026-04-27T10:00:00+08:00")
    with transaction(place.engine) as session:
        close_what_is_ready(session, Act(SYSTEM, place.now(), place))
    scene.drive()
    with reading(place.engine) as session:
        signers = [(actor_by_login(session, "clerk"), "staff"), (actor_by_login(session, "checker"), "verifier")]
    sign_gate(place, scene.round, signers, place.now())
    scene.drive()
    return scene

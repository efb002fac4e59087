"""The times of a round at which the tour comes by: when it is over, and what only shows in between; all made up."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from craftsman.actions.acting import SYSTEM, Act, record
from craftsman.actions.experts import load_experts
from craftsman.actions.outreach import Planned, plan_outreach
from craftsman.actions.site import site_pages
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import Entry
from craftsman.store.engine import transaction
from models import Award, Nomination, Round, Venue
from tests.actions.make_noticed import make_noticed
from tests.actions.opened import book, row
from tests.actions.test_second_round import first_round, opened
from tests.factories import NOW, make_account
from tests.finished import copied, finished_round
from tests.portal.contest_scene import STAGE as CONTEST
from tests.portal.contest_scene import contest
from tests.portal.house import House
from tests.portal.intake_scene import KEY, make_intake_scene
from tests.portal.noticed_scene import objected_scene, scene_of
from tests.portal.scene import at, jump, make_doors, make_scene
from tests.portal.test_access import invited
from tests.portal.test_contest_pages import posted
from tests.portal.test_tally_pages import liked
from tests.portal.tour import Stop, Time
from tests.round import rehearsal

# those who see most of a page come first
EVERYBODY = ("staff", "auditor", "admin", "security", "verifier", "")
INTAKE = f"/rounds/{KEY}/intake"
STAGE = "/rounds/{key}/stages/{stage}"


def times(folder: Path, factory: pytest.TempPathFactory) -> Iterator[Time]:
    """Each time with a workplace of its own, the whole round first."""
    yield whole(copied(finished_round(factory), folder / "whole"))
    for make in (doors, intake, scoring, voting, polled, contested, counting, objected, drafted):
        own = folder / make.__name__
        yield make(rehearsal(own), own)


def whole(place: Workplace) -> Time:
    """A round that is over; a winner is to visit a campus, an expert is in the library, and one act was Prefect's."""
    with transaction(place.engine) as session:
        actor = make_account(session, "staff", "staff", name="示例某")
        round_id = session.exec(select(Round.id)).one()
        case_no = session.exec(select(Nomination.case_no).join(Award)).first() or ""
        planned = Planned(Venue.CAMPUS, date(2026, 5, 20), "虚构职业技术学院", "焊接技艺讲座")
        plan_outreach(session, Act(actor, place.now(), place), KEY, case_no, planned)
        by_prefect = Act(SYSTEM, place.now(), place, flow_run_id="6a1f6b1c-0000-4000-8000-000000000000")
        facts = {"phase": "open", "attempt": 2}
        record(session, by_prefect, round_id, [Entry("stage.started", f"{KEY}/score", facts)])
        experts = [{"number": "E01", "name": "某1", "unit": "虚构大学", "disciplines": ["3"], "phone": "13800000001"}]
        load_experts(session, Act(actor, place.now(), place), experts, source="虚构名单")
        winners = [f"/winners/{path}" for path in site_pages(session) if path.endswith(".html")]
    paths = {
        "/rounds/new/plan": [f"/rounds/new/plan?origin={KEY}&year=2027&start=2026-09-01"],
        "/winners/{path:path}": winners,
    }
    return Time(place, EVERYBODY, paths=paths)


def doors(place: Workplace, folder: Path) -> Time:
    """The portal has a name, so that there may be passkeys; somebody is at the second step, somebody was invited."""
    scene = make_doors(place, folder, {"public_url": "https://testserver", "second_factor_roles": "admin"})
    link = invited(scene)
    house = House(scene.place)
    house.bind("root")
    root = house.logged_in("root")
    code = Stop("/login/code", "/login/code", "root", root.get("/login/code").text)
    only = {"/login/code", "/login/passkey", "/account/factors/passkey", "/access/{token}", "/account/factors"}
    return Time(scene.place, ["clerk", ""], only, {"/access/{token}": [link]}, [code])


def intake(place: Workplace, folder: Path) -> Time:
    """Workbooks come in; one has been looked through."""
    scene = make_intake_scene(place, folder)
    content = book(row(1), row(2), row(3, phone="1380000"), row(4))
    report = scene.visitor("tangshan").upload(INTAKE, f"{INTAKE}/check", "唐山.xlsx", content)
    route, digest = "/rounds/{key}/intake/checks/{sha256}", report.text.split('name="sha256" value="')[1][:64]
    more = [Stop(route, f"{INTAKE}/check", "tangshan", report.text)]
    return Time(scene.place, ["clerk", "tangshan", ""], paths={route: [f"{INTAKE}/checks/{digest}"]}, more=more)


def scoring(place: Workplace, folder: Path) -> Time:
    """Experts score."""
    return Time(make_scene(place, folder).place, ["clerk", "expert1", "chair"])


def voting(place: Workplace, folder: Path) -> Time:
    """Members vote."""
    scene = make_scene(place, folder)
    jump(scene, "ballot", value=8850)
    return Time(scene.place, ["member1"], {"/ballots/{run_id}", "/ballots/{run_id}/recusals", "/tasks"})


def polled(place: Workplace, folder: Path) -> Time:
    """All have voted, and seats are left."""
    round_ = opened(place)
    first_round(place, round_)
    here = at(place, folder, NOW)
    return Time(here, ["office", "member1"], {"/ballots/{run_id}", f"{STAGE}/second", STAGE})


def contested(place: Workplace, folder: Path) -> Time:
    """Results of a contest were posted, and a unit appeals."""
    scene = contest(place, folder)
    posted(scene)
    page = f"{CONTEST}/results"
    scene.visitor("unit9").send(page, f"{page}/appeal", grounds="第二次计时有误（虚构）")
    return Time(scene.place, ["clerk9", "judge1"], {f"{STAGE}/results", STAGE, "/sheets/{assignment_id}"})


def counting(place: Workplace, folder: Path) -> Time:
    """Likes come in."""
    scene = liked(place, folder)
    return Time(scene.place, ["clerk"], {f"{STAGE}/tally", STAGE})


def objected(place: Workplace, folder: Path) -> Time:
    """Somebody on the notice was objected to."""
    desk = "/rounds/{key}/objections"
    only = {desk, f"{desk}/letter", "/objections/{objection_id}", "/notices/{notice_id}/objection"}
    return Time(objected_scene(place, folder).place, ["staff"], only)


def drafted(place: Workplace, folder: Path) -> Time:
    """A notice that is still worded."""
    only = {"/notices/{notice_id}", "/notices/{notice_id}/edit", "/rounds/{key}", STAGE, "/tasks"}
    return Time(scene_of(make_noticed(place), folder).place, ["staff"], only)

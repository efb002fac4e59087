"""The office opens a round out of the last one: moved by working days, corrected, checked, confirmed; once."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
import tomli_w
from sqlmodel import select

from craftsman.actions.next_round import moved_plan, programme_of
from craftsman.actions.workplace import Workplace
from craftsman.programme.load import load_programme
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Organisation, Round, StageRun
from tests.factories import make_account, make_programme
from tests.portal.house import House
from tests.portal.scene import Visitor
from tests.programme.city import CITY_CONFIG

PLAN = "/rounds/new/plan?origin=hebei-great-craftsman-2026&year=2027&start=2026-09-01"
KEY = "hebei-great-craftsman-2027"
FIELD = re.compile(r'<input [^>]*?id="([^"]+)" name="[^"]+" value="([^"]*)"')


def plan_fields(visitor: Visitor) -> dict[str, str]:
    """The fields of the page of the plan, as they are shown."""
    page = visitor.get(PLAN).text
    return {name: unescape(value) for name, value in FIELD.findall(page)} | {"seed": "20270426"}


def checked(visitor: Visitor, **changes: str) -> str:
    fields = plan_fields(visitor) | {name.replace("__", "."): value for name, value in changes.items()}
    answer = visitor.post("/rounds/new/check", [*visitor.hidden(PLAN, "/rounds/new/check"), *fields.items()])
    return answer.text


def opened(house: House) -> list[str]:
    with reading(house.place.engine) as session:
        return list(session.exec(select(Round.key)).all())


def test_dates_are_moved_and_shown(house: House) -> None:
    fields = plan_fields(house.logged_in("clerk"))
    assert fields["title"] == "2027年河北大工匠年度人物寻访宣传活动"
    assert (fields["opens.intake"], fields["closes.intake"]) == ("2026-09-01T09:00", "2026-10-19T18:00")
    # a notice that ends at midnight still does
    assert fields["closes.notice"].endswith("T00:00")
    assert fields["quota.tangshan"] == "13"


def test_confirming_opens_the_round_once(house: House) -> None:
    visitor = house.logged_in("clerk")
    page = checked(visitor)
    assert "没有 2027 年的放假调休安排" in page
    # of the examination, what bears on the round; the whole history is read on its own page
    told = {line: line in page for line in ("数据库表结构为最新", "使用真实时间", "历史记录与检查点相符")}
    assert list(told.values()) == [True, True, False]
    assert opened(house) == []
    fields = [*_hidden(page, "/rounds/new/open"), ("confirmed", "yes")]
    answers = [visitor.post("/rounds/new/open", fields) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == [f"/rounds/{KEY}?done=round-opened"] * 2
    assert opened(house) == [KEY]
    with reading(house.place.engine) as session:
        acts = session.exec(select(AuditEvent.actor).where(AuditEvent.act == "round.opened")).all()
        assert (list(acts), len(session.exec(select(StageRun)).all())) == (["clerk"], 11)


def test_units_that_may_not_report_are_named(house: House) -> None:
    with transaction(house.place.engine) as session:
        for code, role in (("tangshan", "reporter"), ("handan", "expert")):
            unit = Organisation(code=code, name=code, short=code, kind="city")
            session.add(unit)
            session.flush()
            make_account(session, code, role, organisation_id=unit.id)
    page = checked(house.logged_in("clerk"))
    assert "20 个有名额的推荐单位还没有账号" in page
    assert "1 个推荐单位的账号还不能报送本届：邯郸。" in page


def _hidden(page: str, action: str) -> list[tuple[str, str]]:
    form = page.split(f'action="{action}"')[1].split("</form>", maxsplit=1)[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return [(name, unescape(value)) for name, value in found]


def test_unconfirmed_or_changed_opens_nothing(house: House) -> None:
    visitor = house.logged_in("clerk")
    fields = _hidden(checked(visitor), "/rounds/new/open")
    assert visitor.post("/rounds/new/open", fields).status_code == 422
    other = [(name, "1" * 64 if name == "digest" else value) for name, value in fields]
    answer = visitor.post("/rounds/new/open", [*other, ("confirmed", "yes")])
    assert (answer.status_code, "在您查看之后有变化" in answer.text) == (409, True)
    assert opened(house) == []


def test_problems_stand_beside_their_fields(house: House) -> None:
    visitor = house.logged_in("clerk")
    page = checked(visitor, opens__score="2026-09-03T09:00", quota__tangshan="很多")
    assert '<span class="fault" id="fault-quota.tangshan">请填名额' in page
    page = checked(visitor, opens__score="2026-09-03T09:00")
    assert '<span class="fault" id="fault-opens.score">不能早于上一环节' in page
    assert 'value="2026-09-03T09:00" aria-invalid="true"' in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("origin=hebei-great-craftsman-2026&year=27&start=2026-09-01", "请填年度"),
        ("origin=hebei-great-craftsman-2026&year=2027&start=九月", "请填首个环节的开启日期"),
        ("origin=hebei-great-craftsman-2026&year=2027&start=2020-09-01", "请核对开启日期"),
    ],
)
def test_wrong_choices_are_told(house: House, query: str, told: str) -> None:
    answer = house.logged_in("clerk").get(f"/rounds/new/plan?{query}")
    assert (answer.status_code, told in answer.text) == (422, True)


def test_only_staff_open_rounds(house: House) -> None:
    visitor = house.logged_in("auditor")
    assert [visitor.get(path).status_code for path in ("/rounds/new", PLAN)] == [403, 403]
    assert "/rounds/new" not in visitor.get("/rounds").text
    assert "/rounds/new" in house.logged_in("clerk").get("/rounds").text


def test_file_and_form_give_one_round(place: Workplace, tmp_path: Path) -> None:
    before = load_programme("city-craftsman", 2026, root=CITY_CONFIG)
    plan = moved_plan(
        before.plan, year=2025, start=before.plan.announce_on.replace(2025, 3, 3), table=place.workdays, seed=7
    )
    told = plan.model_dump(mode="json", exclude_none=True)
    home = _copied(tmp_path)
    elsewhere = replace(place, settings=place.settings.model_copy(update={"config_dir": home}))
    with reading(place.engine) as session:
        by_form = programme_of(session, elsewhere, "city-craftsman", 2025, told)
        (home / "programmes/city-craftsman/rounds/2025.toml").write_text(
            tomli_w.dumps(plan.model_dump(exclude_none=True))
        )
        by_file = programme_of(session, elsewhere, "city-craftsman", 2025)
    assert by_form.digest() == by_file.digest()


def _copied(folder: Path) -> Path:
    for file in CITY_CONFIG.rglob("*.toml"):
        there = folder / "config" / file.relative_to(CITY_CONFIG)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(file.read_bytes())
    return folder / "config"


def test_moving_to_the_same_day_changes_no_date(place: Workplace) -> None:
    plan = make_programme().plan
    start = plan.dates["intake"].opens.date()
    moved = moved_plan(plan, year=2026, start=start, table=place.workdays, seed=plan.seed)
    assert moved.dates == plan.dates

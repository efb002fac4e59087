"""推荐 through the portal: previewed, ranked, declined, returned; quotas, ranks and stale pages refused; fictitious."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from craftsman.actions.endorse import latest_decisions
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading
from models import AuditEvent, Message, Nomination, Round
from tests.actions.opened import person
from tests.actions.test_endorse import BACK, FIRST, NO, SECOND, THIRD, YES, at_endorsement, endorsed
from tests.factories import NOW, make_programme
from tests.portal.scene import Scene, Visitor, at, read_forms
from tests.portal.test_recused import recuse
from tests.portal.test_staff import statements_of
from tests.portal.test_supplement_pages import logged_in
from tests.portal.wrong_files import badly_answered

PAGE = "/rounds/hebei-great-craftsman-2026/stages/endorse_unit/endorsement"
ASK, DECIDE, UPLOAD = f"{PAGE}/preview", f"{PAGE}/decide", f"{PAGE}/upload"
CONFIRMED = ("confirmed", "yes")
Fields = list[tuple[str, str]]


class Level:
    """A level with cases of 唐山, its reporter, the office, and the reporter of another unit."""

    def __init__(
        self, place: Workplace, folder: Path, *, people: int = 3, seats: int = 13, ratios: bool = False
    ) -> None:
        self.place = at(place, folder, NOW)
        programme = endorsed(seats=seats, quota=True, ranked=True)
        if ratios:
            rules = programme.rules.model_copy(update={"ratios": make_programme().rules.ratios})
            programme = programme.model_copy(update={"rules": rules})
        self.round: Round
        self.round, _, _ = at_endorsement(self.place, people=people, programme=programme)
        person(self.place, "neighbour", "reporter", unit="handan")
        self.reporter = logged_in(self.place, "reporter")

    def decisions(self) -> dict[str, tuple[str, int | None, str]]:
        with reading(self.place.engine) as session:
            run_id = stage_by_key(session, self.round.id or 0, "endorse_unit").run_id
            numbers = {one.id: one.case_no for one in session.exec(select(Nomination)).all()}
            found = latest_decisions(session, run_id)
            return {numbers[key]: (row.decision, row.rank, row.reason) for key, row in found.items()}

    def events(self) -> int:
        with reading(self.place.engine) as session:
            acts = session.exec(select(AuditEvent.act)).all()
            return sum(act.startswith("endorsement.") for act in acts)


@pytest.fixture
def level(place: Workplace, tmp_path: Path) -> Level:
    return Level(place, tmp_path)


def filled(visitor: Visitor, *rows: tuple[str, str, str, str]) -> Fields:
    """The table of a page that was just opened, with these rows filled in."""
    fields = visitor.hidden(PAGE, ASK)
    for number, decision, rank, reason in rows:
        fields += [(f"decision.{number}", decision), (f"rank.{number}", rank), (f"reason.{number}", reason)]
    return fields


def carried(preview: str) -> Fields:
    """The form of a preview, not ticked yet."""
    return read_forms(preview)[DECIDE]


def confirmed(preview: str) -> Fields:
    """The form of a preview, ticked."""
    return [*carried(preview), CONFIRMED]


def test_unit_recommends_in_order(level: Level) -> None:
    rows = [(FIRST, "推荐", "２", ""), (SECOND, "推荐", "1", ""), (THIRD, "不推荐", "3", "事迹不够突出")]
    preview = level.reporter.post(ASK, filled(level.reporter, *rows)).text
    assert [told in preview for told in ("推荐（2 件）", "不推荐（1 件）", "剩余 11", "全部申报都有了决定")] == [
        True
    ] * 4
    assert preview.index(SECOND) < preview.index(FIRST) < preview.index(THIRD)
    assert level.reporter.post(DECIDE, carried(preview)).status_code == 422
    assert "事迹不够突出</textarea>" in level.reporter.post(PAGE, carried(preview)).text
    assert level.decisions() == {}
    sent = [level.reporter.post(DECIDE, confirmed(preview)).headers["location"] for _ in range(2)]
    assert sent == [f"{PAGE}?done=endorsed"] * 2
    assert level.decisions() == {FIRST: (YES, 2, ""), SECOND: (YES, 1, ""), THIRD: (NO, None, "事迹不够突出")}
    assert level.events() == 3


def test_quota_exceeded_is_refused(place: Workplace, tmp_path: Path) -> None:
    level = Level(place, tmp_path, people=2, seats=1, ratios=True)
    clerk = logged_in(level.place, "staff")
    one = clerk.post(ASK, filled(clerk, (FIRST, "推荐", "1", ""))).text
    assert "总体：农民工：共 1 人，现有 0 人，应不少于 1 人（10%），还差 1 人。" in one
    both = clerk.post(DECIDE, [*confirmed(one), ("row", f"{SECOND}\n推荐\n2\n")])
    assert (both.status_code, "唐山市总工会：推荐 2 人，名额 1 人，超出 1 人。" in both.text) == (409, True)
    assert level.decisions() == {}


def test_wrong_rows_are_refused(level: Level) -> None:
    faults = {
        ("1", "1", "2"): (409, "正选序位 1 不止一人，请各排一人。"),
        ("1", "2", "4"): (409, "序位应从 1 到 3 各一人，现缺 3。"),
        ("1", "2", "x"): (422, f"{THIRD}：“名次”应为整数。"),
        ("1", "2", ""): (422, f"{THIRD}：须填写推荐序位，从 1 起。"),
    }
    for ranks, (status, told) in faults.items():
        rows = [(number, "推荐", rank, "") for number, rank in zip((FIRST, SECOND, THIRD), ranks, strict=True)]
        answer = level.reporter.post(ASK, filled(level.reporter, *rows))
        assert (answer.status_code, told in answer.text) == (status, True)
    ticked = level.reporter.post(ASK, [*filled(level.reporter, (FIRST, "", "1", "留着")), ("pick", FIRST)])
    assert [told in ticked.text for told in ("应为推荐、不推荐、退回之一", "留着</textarea>")] == [True, True]
    # a case that is still open may fill the gap
    rows = [(FIRST, "推荐", "1", ""), (SECOND, "推荐", "3", "")]
    assert "还有 1 件待决定" in level.reporter.post(ASK, filled(level.reporter, *rows)).text
    assert level.decisions() == {}


def test_stale_page_keeps_what_was_typed(level: Level) -> None:
    sent = filled(level.reporter, (FIRST, "不推荐", "", "材料“不实”，\n另行核查"))
    preview = level.reporter.post(ASK, sent).text
    clerk = logged_in(level.place, "staff")
    clerk.post(DECIDE, confirmed(clerk.post(ASK, filled(clerk, (FIRST, "推荐", "1", ""))).text))
    refused = level.reporter.post(DECIDE, confirmed(preview))
    assert (refused.status_code, "您打开页面之后改的" in refused.text) == (409, True)
    assert "材料“不实”，\n另行核查</textarea>" in refused.text
    assert level.decisions() == {FIRST: (YES, 1, "")}
    again = level.reporter.post(ASK, [*read_forms(refused.text)[ASK], *sent[-3:]])
    assert (again.status_code, "推荐，第 1 位" in again.text) == (200, True)


def test_other_units_cases_are_not_seen(level: Level) -> None:
    other = logged_in(level.place, "neighbour")
    mine, page = level.reporter.get(PAGE).text, other.get(PAGE).text
    assert (FIRST in mine, FIRST in page, "没有归您决定的申报" in page) == (True, False, True)
    token = other.hidden("/account", "/account/password")[0]
    sent = [token, ("seen", f"{FIRST}=0"), ("row", f"{FIRST}\n推荐\n1\n"), CONFIRMED]
    assert other.post(DECIDE, sent).status_code == 403
    assert level.decisions() == {}
    # no more for three cases than for none
    assert [statements_of(level.place, who, PAGE) for who in (level.reporter, other)] == [30, 30]


def test_returned_cases_wait_for_their_unit(level: Level) -> None:
    sent = [*filled(level.reporter, (FIRST, "", "1", ""), (SECOND, "", "2", "")), ("bulk_decision", "退回")]
    preview = level.reporter.post(ASK, [*sent, ("bulk_reason", "缺证明"), ("pick", FIRST), ("pick", SECOND)]).text
    assert "退回（2 件）" in preview
    level.reporter.post(DECIDE, confirmed(preview))
    assert level.decisions() == {FIRST: (BACK, None, "缺证明"), SECOND: (BACK, None, "缺证明")}
    page = level.reporter.get(PAGE).text
    assert (f"decision.{FIRST}" in page, page.count("已退回，待补正</span>")) == (False, 2)
    with reading(level.place.engine) as session:
        told = session.exec(select(Message.letter).where(Message.letter == "returned-nomination")).all()
    assert len(told) == 1


def test_table_goes_down_and_comes_up(level: Level) -> None:
    lines = level.reporter.get(f"{PAGE}/sheet").content.decode("utf-8-sig").splitlines()
    content = "\n".join([lines[0], lines[1].replace(",,1,", ",推荐,1,"), *lines[2:]]).encode("gb18030")
    preview = level.reporter.upload(PAGE, UPLOAD, "决定.csv", content).text
    level.reporter.post(DECIDE, confirmed(preview))
    assert level.decisions() == {FIRST: (YES, 1, "")}
    assert badly_answered(level.reporter, UPLOAD, level.reporter.hidden(PAGE, UPLOAD)) == []
    wrong = level.reporter.upload(
        PAGE, UPLOAD, "决定.csv", content.replace("推荐,1".encode("gb18030"), "推荐,x".encode("gb18030"))
    )
    back = wrong.text.split(f'href="{PAGE}/returned/')[1].split('"')[0]
    page = load_workbook(BytesIO(level.reporter.get(f"{PAGE}/returned/{back}").content))["推荐决定"]
    assert [(one.coordinate, one.comment.text) for one in page[2] if one.comment] == [("E2", "“名次”应为整数。")]
    assert "须为 UTF-8 或 GB18030 编码" in level.reporter.upload(PAGE, UPLOAD, "决定.csv", b"\xff\xff\x00").text


def test_recused_see_nothing_of_their_case(level: Level) -> None:
    recuse(Scene(level.place, level.round), "reporter")
    page = level.reporter.get(PAGE).text
    assert (FIRST in page, SECOND in page) == (False, True)
    assert FIRST not in level.reporter.get(f"{PAGE}/sheet").text
    assert "待决定 2 件，共 2 件" in level.reporter.get("/tasks").text
    told = level.reporter.post(ASK, filled(level.reporter, (FIRST, "推荐", "1", "")))
    assert (told.status_code, "某零一" in told.text) == (403, False)


def test_task_leads_to_the_table(level: Level) -> None:
    tasks = level.reporter.get("/tasks").text
    assert (f'href="{PAGE}"' in tasks, "待决定 3 件，共 3 件" in tasks) == (True, True)
    stage = logged_in(level.place, "staff").get(PAGE.removesuffix("/endorsement")).text
    assert f'href="{PAGE}"' in stage

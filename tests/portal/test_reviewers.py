"""Judges score their own cases only; what they send twice is kept once."""

from io import BytesIO

from openpyxl import load_workbook
from sqlmodel import col, func, select

from craftsman.store.engine import reading
from models import Assignment, AuditEvent, BallotPaper, Nomination, Recusal, ScoreSheet
from tests.actions.handing_in import reopen
from tests.portal.scene import MARKS, Scene, jump, read_forms, rename, typed


def sheets_kept(scene: Scene) -> int:
    with reading(scene.place.engine) as session:
        return session.exec(select(func.count()).select_from(ScoreSheet)).one()


def test_scoring_leads_to_the_next_case(scene: Scene) -> None:
    visitor, (first, second, _) = scene.visitor("expert1"), scene.sheets_of("expert1")
    answer = visitor.send(f"/sheets/{first}", f"/sheets/{first}", **MARKS, comment="好")
    assert answer.headers["location"] == f"/sheets/{second}?done=scored"
    assert "已提交 1 份，共 3 份" in visitor.get("/tasks").text


def test_last_sheet_leads_to_the_list(scene: Scene) -> None:
    visitor = scene.visitor("expert1")
    answers = [visitor.send(f"/sheets/{one}", f"/sheets/{one}", **MARKS) for one in scene.sheets_of("expert1")]
    assert answers[-1].headers["location"] == f"/rounds/{scene.round.key}/sheets?done=scored"


def test_double_click_keeps_one_sheet(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), f"/sheets/{scene.sheets_of('expert1')[0]}"
    fields = [*visitor.hidden(path, path), *((name.replace("_", ".", 1), str(mark)) for name, mark in MARKS.items())]
    answers = [visitor.post(path, fields), visitor.post(path, fields)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert sheets_kept(scene) == 1


def case_of(scene: Scene, path: str) -> str:
    with reading(scene.place.engine) as session:
        assignment = session.get_one(Assignment, int(path.rpartition("/")[2]))
        return session.get_one(Nomination, assignment.nomination_id).case_no


def test_change_needs_a_reason(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), f"/sheets/{scene.sheets_of('expert1')[0]}"
    visitor.send(path, path, **MARKS)
    reopen(scene.place, scene.round, case_of(scene, path), "expert1")
    assert "退回重评：两项分数填反" in visitor.get(path).text
    changed = {**MARKS, "mark_skill": 90}
    refused = visitor.send(path, path, **changed, comment="我改了主意")
    assert refused.status_code == 422
    assert "须写明“修改理由”" in refused.text
    assert "我改了主意" in refused.text
    assert 'value="90"' in refused.text
    assert visitor.send(path, path, **changed, reason="看漏了一项证书").status_code == 303
    assert sheets_kept(scene) == 2


def test_handed_in_marks_stand(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), f"/sheets/{scene.sheets_of('expert1')[0]}"
    visitor.send(path, path, **MARKS)
    refused = visitor.send(path, path, **{**MARKS, "mark_skill": 90}, reason="看漏了一项证书")
    assert (refused.status_code, "评审组组长退回" in refused.text, sheets_kept(scene)) == (422, True, 1)


def test_drafts_come_back(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), f"/sheets/{scene.sheets_of('expert1')[0]}"
    answer = visitor.send(path, path, mark_skill=71.5, draft="yes")
    assert (answer.headers["location"], sheets_kept(scene)) == (f"{path}?done=drafted", 0)
    page = visitor.get(path).text
    assert 'value="71.5"' in page
    assert "保存的草稿，尚未提交" in page


def test_typed_drafts_keep_anything(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), f"/sheets/{scene.sheets_of('expert1')[0]}"
    fields = [*visitor.hidden(path, path), ("mark.skill", "71.5"), ("mark.integrity", "八十"), ("comment", "未完")]
    answer = visitor.post(f"{path}/draft", fields)
    assert (answer.status_code, answer.json()["version"], sheets_kept(scene)) == (200, 1, 0)
    page = visitor.get(path).text
    assert [told in page for told in ('value="71.5"', 'value="八十"', "未完", "保存的草稿，尚未提交")] == [True] * 4
    assert '<output id="total">21.45</output>' in page


def test_older_window_overwrites_no_draft(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), f"/sheets/{scene.sheets_of('expert1')[0]}"
    fields = visitor.hidden(path, path)
    visitor.post(f"{path}/draft", [*fields, ("comment", "第一个窗口"), ("draft_version", "0")])
    answer = visitor.post(f"{path}/draft", [*fields, ("comment", "第二个窗口")])
    assert (answer.status_code, "另一个窗口" in answer.json()["told"]) == (409, True)
    assert "第一个窗口" in visitor.get(path).text


def test_drafts_are_their_judges_alone(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), f"/sheets/{scene.sheets_of('expert1')[0]}"
    theirs = f"/sheets/{scene.sheets_of('expert2')[0]}"
    answer = visitor.post(f"{theirs}/draft", [*visitor.hidden(path, path), ("comment", "别人的")])
    assert answer.status_code == 404


def test_stale_page_shows_both_versions(scene: Scene) -> None:
    path = f"/sheets/{scene.sheets_of('expert1')[0]}"
    visitor, other = scene.visitor("expert1"), scene.visitor("expert1")
    opened = visitor.hidden(path, path)
    other.send(path, path, **MARKS, comment="第一个窗口")
    answer = visitor.post(path, [*opened, *typed({**MARKS, "mark_skill": 61, "comment": "第二个窗口"})])
    assert (answer.status_code, sheets_kept(scene)) == (409, 1)
    both = ("已提交的第 1 版", "<td>第一个窗口</td><td>第二个窗口</td>", '<td class="num">88.5</td>')
    mine = ('value="61"', "<strong>61</strong>", "第二个窗口</textarea>", "组长退回后才能改")
    assert [told for told in (*both, *mine) if told not in answer.text] == []
    # what was written second is added to what was handed in first, once both were seen
    seen = [*read_forms(answer.text)[path], *typed({**MARKS, "comment": "两个窗口", "reason": "补写评语"})]
    assert visitor.post(path, seen).status_code == 303
    with reading(scene.place.engine) as session:
        versions = session.exec(select(ScoreSheet.comment, ScoreSheet.marks).order_by(col(ScoreSheet.version))).all()
    assert [(comment, marks["skill"]) for comment, marks in versions] == [("第一个窗口", 8850), ("两个窗口", 8850)]


def test_same_marks_are_not_stale(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), f"/sheets/{scene.sheets_of('expert1')[0]}"
    opened = visitor.hidden(path, path)
    visitor.send(path, path, **MARKS)
    assert visitor.post(path, [*opened, *typed(dict(MARKS)), ("reason", "")]).status_code == 303
    assert sheets_kept(scene) == 1


def test_scales_stand_beside_the_marks(scene: Scene) -> None:
    page = scene.visitor("expert1").get(f"/sheets/{scene.sheets_of('expert1')[0]}").text
    assert page.count("90–100 优秀；75–89.5 良好；60–74.5 合格；0–59.5 不合格") == 6


def test_odd_marks_are_told_by_title(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), f"/sheets/{scene.sheets_of('expert1')[0]}"
    for mark in ("80.3", "101", "-1", "八十", "1e1", ""):
        answer = visitor.send(path, path, **{**MARKS, "mark_skill": mark})
        assert answer.status_code == 422, mark
        assert "技能技艺" in answer.text
    assert sheets_kept(scene) == 0


def test_another_judges_case_is_not_found(scene: Scene) -> None:
    theirs = f"/sheets/{scene.sheets_of('expert2')[0]}"
    visitor = scene.visitor("expert1")
    assert visitor.get(theirs).status_code == 404
    mine = f"/sheets/{scene.sheets_of('expert1')[0]}"
    assert visitor.post(theirs, visitor.hidden(mine, mine)).status_code == 404


def test_materials_show_words_not_codes(scene: Scene) -> None:
    page = scene.visitor("expert1").get(f"/sheets/{scene.sheets_of('expert1')[0]}").text
    assert "薄壁管件" in page
    assert "长安区" in page
    assert "手机" not in page


def test_names_of_cases_are_escaped(scene: Scene) -> None:
    rename(scene, 1, name="<b>某</b>", unit="{{7*7}}<img src=x>")
    visitor = scene.visitor("expert1")
    for path in (f"/sheets/{scene.sheets_of('expert1')[0]}", f"/rounds/{scene.round.key}/sheets"):
        page = visitor.get(path).text
        assert "<b>" not in page
        assert "<img" not in page
        assert "{{7*7}}" in page


def test_recusal_before_seeing_the_materials(scene: Scene) -> None:
    visitor, first = scene.visitor("expert1"), scene.sheets_of("expert1")[0]
    path = next(
        part.split('"')[0]
        for part in visitor.get(f"/rounds/{scene.round.key}/sheets").text.split('href="')
        if part.startswith("/cases/")
    )
    assert "薄壁管件" not in visitor.get(path).text
    assert visitor.send(path, path, reason="师徒").headers["location"] == "/tasks?done=recused"
    assert visitor.get(f"/sheets/{first}").status_code == 403
    with reading(scene.place.engine) as session:
        assert session.exec(select(Recusal.reason)).all() == ["师徒"]


def test_one_click_declares_a_conflict(scene: Scene) -> None:
    visitor, here = scene.visitor("expert1"), f"/rounds/{scene.round.key}/recusals"
    assert f'href="{here}"' in visitor.get("/tasks").text
    page = visitor.get(here).text
    path = next(one for one in read_forms(page) if one.startswith("/cases/"))
    assert ("薄壁管件" in page, page.count("声明回避</button>")) == (False, 3)
    assert visitor.send(here, path, reason="师徒关系").headers["location"] == "/tasks?done=recused"
    assert visitor.get(here).text.count("声明回避</button>") == 2


def workbook_of(scene: Scene) -> str:
    return f"/rounds/{scene.round.key}/sheets/{scene.run('score').id}/workbook"


def marked(content: bytes, mark: str | float) -> bytes:
    """The workbook with this mark in every open cell of the first case."""
    book = load_workbook(BytesIO(content))
    for column in range(6, 12):
        book.worksheets[0].cell(2, column, mark)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_workbook_goes_out_and_comes_back(scene: Scene) -> None:
    visitor, here, path = scene.visitor("expert1"), f"/rounds/{scene.round.key}/sheets", workbook_of(scene)
    content = visitor.get(path).content
    bad = visitor.upload(here, path, "评分表.xlsx", marked(content, "八十"))
    assert (bad.status_code, bad.text.count("应填分数"), sheets_kept(scene)) == (422, 6, 0)
    back = bad.text.split(f'href="{path.replace("workbook", "returned")}/')[1].split('"')[0]
    returned = f"{path.replace('workbook', 'returned')}/{back}"
    page = load_workbook(BytesIO(visitor.get(returned).content))["评分表"]
    assert [cell.comment is not None for cell in page[2]] == [False] * 5 + [True] * 6 + [False] * 2
    assert [scene.visitor(who).get(returned).status_code for who in ("expert2", "clerk")] == [404, 403]
    answer = visitor.upload(here, path, "评分表.xlsx", marked(content, 88.5))
    assert (answer.headers["location"], sheets_kept(scene)) == (f"{here}?done=workbook-scored", 1)


def test_stale_rows_of_workbooks_are_refused(scene: Scene) -> None:
    visitor, here, path = scene.visitor("expert1"), f"/rounds/{scene.round.key}/sheets", workbook_of(scene)
    content, sheet = visitor.get(path).content, f"/sheets/{scene.sheets_of('expert1')[0]}"
    visitor.send(sheet, sheet, **MARKS)
    answer = visitor.upload(here, path, "评分表.xlsx", marked(content, 61))
    assert (answer.status_code, sheets_kept(scene)) == (409, 1)
    assert f"申报 {case_of(scene, sheet)}：2026年1月12日 10:00 已另外提交第 1 版" in answer.text


def test_strangers_cannot_open_a_recusal(scene: Scene) -> None:
    path = f"/cases/{scene.round.year}-nowhere-0001/recusal"
    assert scene.visitor("expert1").get(path).status_code == 404


def to_the_ballot(scene: Scene) -> int:
    jump(scene, "ballot")
    return scene.run("ballot").id or 0


def test_ballot_twice_shows_one_receipt(scene: Scene) -> None:
    path = f"/ballots/{to_the_ballot(scene)}"
    visitor = scene.visitor("member1")
    page = visitor.get(path).text
    number = page.split('name="choice" value="')[1].split('"')[0]
    fields = [*visitor.hidden(path, path), ("choice", number)]
    first, again = visitor.post(path, fields), visitor.post(path, fields)
    assert (first.status_code, again.status_code) == (200, 200)
    receipts = [answer.text.split('class="receipt"><code>')[1].split("<")[0] for answer in (first, again)]
    assert receipts[0] == receipts[1]
    with reading(scene.place.engine) as session:
        assert session.exec(select(BallotPaper.receipt)).all() == [receipts[0]]
        told = session.exec(select(AuditEvent.body)).all()
    assert receipts[0] not in "".join(told)
    assert "您已投票" in visitor.get(path).text


def test_unknown_choice_is_told(scene: Scene) -> None:
    path = f"/ballots/{to_the_ballot(scene)}"
    answer = scene.visitor("member1").send(path, path, choice=["2026-x-9999"])
    assert answer.status_code == 422
    assert "不在选票上" in answer.text


def test_ballot_is_for_members_only(scene: Scene) -> None:
    path = f"/ballots/{to_the_ballot(scene)}"
    assert scene.visitor("clerk").get(path).status_code == 403


def test_blank_paper_is_an_abstention(scene: Scene) -> None:
    path = f"/ballots/{to_the_ballot(scene)}"
    visitor = scene.visitor("member1")
    page = visitor.get(path).text
    assert ('type="checkbox" name="choice"' in page, "一个不选即为弃权" in page) == (True, True)
    assert visitor.send(path, path).status_code == 200
    with reading(scene.place.engine) as session:
        assert session.exec(select(BallotPaper.choices)).all() == [[]]

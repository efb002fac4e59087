"""An objection step by step in the browser, those who investigate told of it, and its maker asking how it stands."""

import re
from pathlib import Path

from craftsman.actions.objection_codes import query_code
from craftsman.actions.workplace import Workplace
from tests.portal.noticed_scene import objected_scene

LIST = "/rounds/hebei-great-craftsman-2026/objections"
CASE = "/objections/1"


def test_investigators_find_their_task(place: Workplace, tmp_path: Path) -> None:
    scene = objected_scene(place, tmp_path)
    staff, check1, check2 = (scene.visitor(login) for login in ("staff", "check1", "check2"))
    assert f'href="{CASE}"' not in check1.get("/tasks").text
    staff.send(CASE, f"{CASE}/accept")
    few = staff.send(CASE, f"{CASE}/assign", investigator=["check1"])
    assert (few.status_code, "核查人员须有 2 人以上" in few.text) == (422, True)
    staff.send(CASE, f"{CASE}/assign", investigator=["check1", "check2"])
    assert "待提交核查报告" in check1.get("/tasks").text
    check1.send(CASE, f"{CASE}/report", report="查阅档案。")
    assert "待签署核查报告" in check2.get("/tasks").text
    check2.send(CASE, f"{CASE}/sign")
    assert f'href="{CASE}"' not in check1.get("/tasks").text + check2.get("/tasks").text
    listed = staff.get(f"{LIST}?state=decide&who=check2").text
    assert ("YY-2026-0001" in listed, "作出结论" in listed) == (True, True)
    # five columns fit a desk, and names stay whole
    heads, names = (re.findall(one, listed) for one in ("<th>([^<]+)</th>", '<span class="name">([^<]+)</span>'))
    assert (heads, len(names)) == (["异议、申报编号", "事项", "状态、下一步", "期限", "核查人员"], 2)
    assert "没有符合条件的异议" in staff.get(f"{LIST}?state=late").text


def test_objector_asks_by_code(place: Workplace, tmp_path: Path) -> None:
    scene = objected_scene(place, tmp_path)
    visitor, code = scene.visitor(), query_code(place.secrets, "YY-2026-0001")
    told = visitor.send("/objections", "/objections", receipt="yy-2026-0001", code=code.lower().replace("-", ""))
    assert (told.status_code, "已登记，待受理" in told.text, "王小样" in told.text) == (200, True, False)
    wrong = [("YY-2026-0001", code[::-1]), ("YY-2026-0002", code)]
    answers = [visitor.send("/objections", "/objections", receipt=one, code=two) for one, two in wrong]
    assert [(one.status_code, "请核对受理编号和查询码" in one.text) for one in answers] == [(404, True)] * 2


def test_letter_is_entered_by_the_office(place: Workplace, tmp_path: Path) -> None:
    scene = objected_scene(place, tmp_path)
    staff, path = scene.visitor("staff"), f"{LIST}/letter"
    case = "1/" + staff.get(path).text.split('<option value="1/')[1].split('"')[0]
    fields = dict(staff.hidden(path, path)) | {"case": case, "kind": "anonymous", "ground": "other"}
    typed = {"grounds": "所报专利与本人无关。", "postmarked_on": "2026-04-14"}
    sent = {"sec-fetch-site": "same-origin"}

    def send(**more: str) -> tuple[int, str]:
        parts = [(name, (None, value)) for name, value in {**fields, **typed, **more}.items()]
        answer = staff.client.post(path, files=parts, headers=sent)
        return answer.status_code, answer.text

    status, page = send(contact="某处")
    assert (status, "所报专利与本人无关" in page, "匿名反映不填姓名" in page) == (422, True, True)
    status, page = send()
    assert (status, "YY-2026-0002" in page) == (200, True)
    assert scene.visitor("check1").get(path).status_code == 403

"""A certificate issued anew by two people in the browser."""

from pathlib import Path

from craftsman.actions.workplace import Workplace
from tests.portal.announced_scene import announce
from tests.portal.scene import make_scene

ROUND = "/rounds/hebei-great-craftsman-2026"
PAGE = f"{ROUND}/amendments"
ASKED = {"kind": "reissue", "resolution": "证书破损，经办公室核实", "confirmed": "yes"}


def test_two_people_issue_a_certificate_anew(place: Workplace, tmp_path: Path) -> None:
    scene = announce(make_scene(place, tmp_path))
    clerk, checker = scene.visitor("clerk"), scene.visitor("checker")
    case_no = clerk.get(PAGE).text.split('<option value="2026')[1].split('"')[0]
    asked = {**ASKED, "case_no": f"2026{case_no}"}
    refused = clerk.send(PAGE, f"{PAGE}/propose", **{**asked, "resolution": ""})
    assert (refused.status_code, 'value="reissue" checked' in refused.text) == (422, True)
    assert clerk.send(PAGE, f"{PAGE}/propose", **asked).status_code == 303
    assert f'href="{PAGE}"' in checker.get("/tasks").text
    assert f"{PAGE}/1/confirm" not in clerk.get(PAGE).text
    assert checker.send(PAGE, f"{PAGE}/1/confirm", confirmed="yes").status_code == 303
    assert "已换发新证" in checker.get(PAGE).text
    assert clerk.send(PAGE, f"{PAGE}/render", confirmed="yes").status_code == 303
    assert "没有更正后续事项" in checker.get(f"{ROUND}/follow-ups").text
    papers = f"{ROUND}/documents"
    assert clerk.send(papers, f"{papers}/make", make="decision").status_code == 409
    assert clerk.send(papers, f"{papers}/make", make="summary").status_code == 303
    assert "summary" in clerk.get(f"{papers}?kind=summary").text

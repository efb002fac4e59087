"""Who rises into a free place, shown with the reasons, and brought about by two people."""

from pathlib import Path

from craftsman.actions.workplace import Workplace
from tests.portal.noticed_scene import STAGE, upheld_scene

PAGE = f"{STAGE}/substitutes"
TERMS = {"resolution": "领导小组第2次会议纪要", "document_no": "组〔2026〕2号", "confirmed": "yes"}


def test_two_people_promote_a_reserve(place: Workplace, tmp_path: Path) -> None:
    scene = upheld_scene(place, tmp_path)
    staff, verifier = scene.visitor("staff"), scene.visitor("verifier")
    assert f'href="{PAGE}"' in staff.get(STAGE).text
    page = staff.get(PAGE).text
    assert "应由 林样 递补为河北大工匠" in page
    assert staff.send(PAGE, f"{PAGE}/propose", **{**TERMS, "document_no": " "}).status_code == 422
    refused = staff.send(PAGE, f"{PAGE}/propose", **{**TERMS, "case_no": "2026-x-0009"})
    assert (refused.status_code, "领导小组第2次会议纪要" in refused.text) == (409, True)
    assert staff.send(PAGE, f"{PAGE}/propose", **TERMS).status_code == 303
    assert f"{PAGE}/1/confirm" not in staff.get(PAGE).text
    promoted = verifier.send(PAGE, f"{PAGE}/1/confirm", confirmed="yes")
    assert promoted.headers["location"].startswith("/notices/2?done=promoted")
    assert "没有空缺的名额" in staff.get(PAGE).text


def test_places_stay_empty_as_shown(place: Workplace, tmp_path: Path) -> None:
    scene = upheld_scene(place, tmp_path)
    verifier = scene.visitor("verifier")
    terms = {"empty_resolution": "领导小组第2次会议纪要", "confirmed": "yes"}
    assert verifier.send(PAGE, f"{PAGE}/empty", **terms, count=2).status_code == 409
    assert verifier.send(PAGE, f"{PAGE}/empty", **terms).status_code == 303
    assert "依决议空缺：领导小组第2次会议纪要" in verifier.get(PAGE).text

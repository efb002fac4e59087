"""Members see whom they vote on, declare conflicts before they vote, and lose no tick; all people are fictitious."""

from tests.portal.scene import Scene, jump, read_forms
from tests.portal.test_recused import recuse
from tests.portal.test_reviewers import to_the_ballot


def test_ballot_tells_places_and_totals(scene: Scene) -> None:
    jump(scene, "ballot", value=8850)
    path = f"/ballots/{scene.run('ballot').id}"
    assert "此前第 1 名<br>88.5 分" in scene.visitor("member1").get(path).text
    recuse(scene, "member1")
    page = scene.visitor("member1").get(path).text
    assert ("须回避" in page, "此前第" in page, "88.5 分" in page) == (True, False, False)


def test_member_declares_before_voting(scene: Scene) -> None:
    path, member = f"/ballots/{to_the_ballot(scene)}", scene.visitor("member1")
    assert f'href="{path}/recusals"' in member.get("/tasks").text
    page = member.get(f"{path}/recusals")
    action = min(read_forms(page.text))
    assert member.send(f"{path}/recusals", action, reason="亲属关系").headers["location"] == "/tasks?done=recused"
    assert action not in member.get(f"{path}/recusals").text
    assert member.get(path).text.count(" disabled") == 1
    member.send(path, path)
    assert "没有可以声明回避的候选人" in member.get(f"{path}/recusals").text


def test_what_was_ticked_stays_ticked(scene: Scene) -> None:
    path, member = f"/ballots/{to_the_ballot(scene)}", scene.visitor("member1")
    one = member.get(path).text.split('name="choice" value="')[1].split('"')[0]
    answer = member.send(path, path, choice=[one] * 2)
    assert (answer.status_code, "同一候选人选了两次" in answer.text, f'value="{one}" checked' in answer.text) == (
        422,
        True,
        True,
    )

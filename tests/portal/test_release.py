"""Before its release a document is the office's, under the viewer's name; afterwards everybody's, as it was issued."""

import io
import re
import zipfile

import pytest
from httpx import Response
from sqlmodel import select

from craftsman.actions.documents import document_bytes
from craftsman.documents.leaks import text_lines
from craftsman.portal import paperwork
from craftsman.store.engine import reading
from models import Award, Document
from tests.papers.making import jpeg
from tests.portal.announced_scene import announce
from tests.portal.scene import Scene
from tests.portal.test_staff import statements_of
from tests.portal.wrong_files import badly_answered


@pytest.fixture
def announced(scene: Scene) -> Scene:
    return announce(scene)


def decisions(scene: Scene) -> list[Document]:
    with reading(scene.place.engine) as session:
        return list(session.exec(select(Document).where(Document.kind == "decision").order_by(Document.id)).all())  # type: ignore[arg-type]


def test_unreleased_pages_bear_their_viewer(announced: Scene) -> None:
    html, _, pdf = decisions(announced)
    assert announced.visitor().get(f"/documents/{html.id}").status_code == 303
    clerk = announced.visitor("clerk")
    assert "经办某\u00a02026-04-27\u00a010:00" in clerk.get(f"/documents/{html.id}").text
    lines = "".join(text_lines(clerk.get(f"/documents/{pdf.id}").content))
    assert "未放行，仅供内部核对 · 经办某 2026-04-27 10:00" in lines


def test_verifier_releases_for_everybody(announced: Scene) -> None:
    path, release = f"/rounds/{announced.round.key}/documents", f"/rounds/{announced.round.key}/release"
    assert f'action="{release}"' not in announced.visitor("clerk").get(path).text
    checker = announced.visitor("checker")
    assert checker.send(path, release).status_code == 422
    assert checker.send(path, release, confirmed="yes").headers["location"] == f"{path}?done=released"
    assert f'action="{release}"' not in checker.get(path).text
    for document in decisions(announced):
        seen = announced.visitor().get(f"/documents/{document.id}").content
        assert seen == document_bytes(announced.place, document)


def test_documents_leave_as_zips(announced: Scene) -> None:
    path, clerk = f"/rounds/{announced.round.key}/documents", announced.visitor("clerk")
    assert "✓ 与公示名单一致。" in clerk.get(f"{path}/comparison").text
    amendments = f"/rounds/{announced.round.key}/amendments"
    early = clerk.send(amendments, f"{amendments}/pack")
    assert (early.status_code, "有文件尚未放行" in early.text) == (409, True)
    marked = held(clerk.get(f"{path}/zip?kind=decision"))
    assert [name.startswith("decision/关于发布") for name in marked] == [True] * 3
    checker = announced.visitor("checker")
    checker.send(path, f"/rounds/{announced.round.key}/release", confirmed="yes")
    plain = held(clerk.get(f"{path}/zip?kind=decision"))
    kept = {one.file_name: document_bytes(announced.place, one) for one in decisions(announced)}
    assert {name.partition("/")[2]: content for name, content in plain.items()} == kept
    assert {one.rpartition(".")[2] for one in marked if marked[one] != plain[one]} == {"html", "pdf"}
    assert {"index.html", "SHA256SUMS"} < held(clerk.get(f"{path}/site")).keys()
    assert "manifest.json" in held(clerk.send(amendments, f"{amendments}/pack"))
    assert clerk.get(f"{path}/zip?kind=none").status_code == 409


def held(answer: Response) -> dict[str, bytes]:
    """The files of a zip that was downloaded."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def shown(text: str) -> set[str]:
    """The documents that a page names."""
    return set(re.findall(r'<a href="/documents/(\d+)"', text))


def test_clerk_looks_through_what_waits(announced: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paperwork, "ON_A_PAGE", 2)
    clerk, path = announced.visitor("clerk"), f"/rounds/{announced.round.key}/documents"
    pages = [shown(clerk.get(f"{path}?state=waiting&page={number}").text) for number in (1, 2)]
    assert ([len(one) for one in pages], pages[0] & pages[1]) == ([2, 2], set())
    assert shown(clerk.get(f"{path}?state=released").text) & (pages[0] | pages[1]) == set()
    with reading(announced.place.engine) as session:
        number = session.exec(select(Award.certificate_no)).first() or ""
    assert len(shown(clerk.search(path, f"证书 {number.lower()}").text)) == 1
    assert statements_of(announced.place, clerk, path) == 13
    assert f'href="{path}?page=2"' in clerk.send(path, f"{path}/make", make="decision").text
    named = [announced.visitor("checker").get(f"{path}{asked}").text for asked in ("", "?state=waiting&page=2")]
    assert [len(shown(page)) for page in named] == [2, 2]
    assert ["待放行的文件列在下面" in page for page in named] == [False, True]
    # and cannot let it out
    release = f"/rounds/{announced.round.key}/release"
    fields = [*announced.visitor("checker").hidden(path, release), ("confirmed", "yes")]
    assert clerk.post(release, fields).status_code == 403
    assert announced.visitor().get(f"/documents/{decisions(announced)[0].id}").status_code == 303


def test_certificate_page_masks_the_name(announced: Scene) -> None:
    with reading(announced.place.engine) as session:
        number = session.exec(select(Award.certificate_no)).first()
    page = announced.visitor().get(f"/certificates/{number}").text
    assert ("证书有效" in page, "张**" in page or "李**" in page or "王**" in page) == (True, True)
    assert [name in page for name in ("张虚构", "李虚构", "王虚构")] == [False] * 3


@pytest.mark.parametrize("typed", ["...", "..", "/", "——", "？", "a/b", "没有"])
def test_no_number_gets_a_clear_answer(scene: Scene, typed: str) -> None:
    answer = scene.visitor().client.get("/certificates", params={"number": typed})
    assert answer.status_code == 422
    assert "照证书左下角所印" in answer.text


def test_winners_are_shown_once_released(announced: Scene) -> None:
    visitor, key = announced.visitor(), announced.round.key
    assert visitor.get("/winners").headers["location"] == "/winners/index.html"
    assert "尚未发布名单" in visitor.get("/winners/index.html").text
    path = f"/rounds/{key}/documents"
    announced.visitor("checker").send(path, f"/rounds/{key}/release", confirmed="yes")
    assert "张虚构" in visitor.get(f"/winners/{key}/index.html").text
    assert visitor.get("/winners/site.css").headers["content-type"].startswith("text/css")
    assert visitor.get("/winners/nowhere.html").status_code == 404


def test_ledger_of_visits_is_a_page(announced: Scene) -> None:
    clerk = announced.visitor("clerk")
    assert 'href="/outreach"' in clerk.get("/rounds").text
    assert clerk.get("/outreach").headers["location"] == "/outreach/2026"
    plan = "/outreach/visits/new"
    lacking = clerk.get("/outreach/2026/unvisited").text
    assert "共 3 人" in lacking
    chosen = clerk.get(re.findall(f'href="({plan}[^"]+)"', lacking)[0]).text
    winner = chosen.split('<option value="hebei')[1].split('"')[0]
    assert f'value="hebei{winner}" selected' in chosen
    terms = {"winner": f"hebei{winner}", "venue": "campus", "host": "虚构职业技术学院", "topic": "焊接技艺讲座"}
    assert clerk.send(plan, plan, **terms, held_on="五月").status_code == 422
    planned = clerk.send(plan, plan, **terms, held_on="2026-04-20").headers["location"]
    assert planned == "/outreach/visits/1?done=visit-planned"
    assert "登记活动是否已举行" in clerk.get("/tasks").text
    held = "/outreach/visits/1/hold"
    fields = [*clerk.hidden(planned, held), ("held_on", "2026-04-20"), ("audience", "80")]
    assert badly_answered(clerk, held, fields, field="photo1") == []
    page = clerk.get("/outreach/2026?venue=campus&state=planned").text
    found = {word: clerk.search("/outreach/2026", word).text for word in ("虚构", "无此人")}
    assert ["/outreach/visits/1" in text for text in found.values()] == [True, False]
    assert statements_of(announced.place, clerk, "/outreach/2026") == 15
    assert "没有符合条件的活动" in clerk.get("/outreach/2026?state=held").text
    assert ("虚构职业技术学院" in page, "进校园" in page, "已计划" in page) == (True, True, True)
    assert clerk.post_file(held, fields, "现场.jpg", jpeg(900, 700), field="photo1").status_code == 303
    assert "等待登记人以外" in clerk.get("/outreach/visits/1").text
    visit = "/outreach/visits/1"
    assert clerk.send(visit, f"{visit}/mark").headers["location"].endswith("?done=visit-marked")
    assert "尚无活动的入选人员 2 人" in clerk.get("/outreach/2026?mark=demonstration").text
    confirm, checker = "/outreach/visits/1/confirm", announced.visitor("checker")
    waits = {
        login: "登记接待单位的确认单" in announced.visitor(login).get("/tasks").text for login in ("clerk", "checker")
    }
    assert waits == {"clerk": False, "checker": True}
    slip = [*checker.hidden("/outreach/visits/1", confirm), ("confirmed_as", "教务处负责人")]
    assert badly_answered(checker, confirm, slip, field="slip") == []
    assert checker.post_file(confirm, slip, "单.jpg", jpeg(900, 700), field="slip").status_code == 303
    assert clerk.get("/outreach/2026/workbook").content.startswith(b"PK")
    assert announced.visitor("expert1").get("/outreach/2026").status_code == 403
    assert announced.visitor().get("/outreach/2026").status_code == 303

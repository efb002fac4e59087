"""Everything that strangers reach from the first page: light, cacheable, printable, and no personal data in it."""

import re
import shutil
from pathlib import Path
from urllib.parse import urljoin

import pytest
from httpx import Response
from sqlmodel import select

from craftsman.actions.workplace import Workplace
from craftsman.documents.leaks import text_lines
from craftsman.settings import Settings
from craftsman.store.engine import make_engine, reading, transaction
from craftsman.store.secrets import Secrets
from models import Account, Nomination, Notice, NoticeStatus, StageRun, StageStatus
from tests.factories import make_account
from tests.portal.announced_scene import announce
from tests.portal.scene import HASH, Scene, Visitor, make_scene

LINK = re.compile(r'href="([^"#]+)"')
NUMBERS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")
MOST = 50_000
# nothing of a row is shown to the public but what is named
SECRET = {"address": "虚构路十八号", "phone": "13800000001", "id_number": "130200199001011234"}


@pytest.fixture(scope="module")
def public(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A released round with its notice in force again and an open intake, which no real day has together; made once."""
    folder = tmp_path_factory.mktemp("public")
    shutil.copyfile(migrated_file, folder / "craftsman.db")
    settings = Settings(data_dir=folder / "data", database_url=f"sqlite:///{folder / 'craftsman.db'}")
    keys = Secrets(field_key=bytes(range(32)), index_key=bytes(range(32, 64)), log_key=bytes(range(64, 96)))
    scene = make_scene(Workplace(settings, make_engine(settings.url), keys), folder)
    path = f"/rounds/{announce(scene).round.key}"
    scene.visitor("checker").send(f"{path}/documents", f"{path}/release", confirmed="yes")
    with transaction(scene.place.engine) as session:
        make_account(session, "zhao", "admin", name="管理某", password_hash=HASH)
        for row in session.exec(select(StageRun).where(StageRun.kind == "intake")):
            row.status = StageStatus.OPEN
        for notice in session.exec(select(Notice)):
            notice.status = NoticeStatus.POSTED
        for nomination in session.exec(select(Nomination)):
            nomination.details = {**nomination.details, **SECRET}
    return scene


def walk(visitor: Visitor) -> dict[str, Response]:
    """All that links lead to from the first page, by address."""
    found: dict[str, Response] = {}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = answer = visitor.get(path)
        if answer.is_redirect:
            waiting.append(answer.headers["location"])
        elif answer.headers["content-type"].startswith("text/html"):
            waiting += [urljoin(path, link) for link in LINK.findall(answer.text)]
    return found


def secrets_of(scene: Scene) -> set[str]:
    """What nobody outside is to see of the scene's people."""
    with reading(scene.place.engine) as session:
        return {*SECRET.values(), *session.exec(select(Account.email)).all()}


def text_of(answer: Response) -> str:
    if answer.headers.get("content-type", "").startswith("application/pdf"):
        return "\n".join(text_lines(answer.content))
    return answer.text if answer.headers.get("content-type", "").startswith("text/") else ""


def test_strangers_find_light_pages_without_personal_data(public: Scene) -> None:
    public.set_time("2026-04-14T10:00:00+08:00")
    found = walk(public.visitor())
    pages = {path: one for path, one in found.items() if one.headers.get("content-type", "").startswith("text/html")}
    assert {path: one.status_code for path, one in found.items() if one.status_code not in {200, 303}} == {}
    assert {"/notices/1/objection", "/winners/cities.html", "/certificates", "/leads"} <= found.keys()
    assert [path for path, one in pages.items() if len(one.content) > MOST or "<script" in one.text] == []
    assert {one.text.count('rel="stylesheet"') for one in pages.values()} <= {0, 1}
    secrets = secrets_of(public)
    texts = {path: text_of(one) for path, one in found.items()}
    assert [path for path, text in texts.items() if NUMBERS.search(text) or any(one in text for one in secrets)] == []
    kept = {path: one for path, one in found.items() if "public" in one.headers["cache-control"]}
    mine = [path for path, one in kept.items() if "form_token" in one.text or "set-cookie" in one.headers]
    assert [path for path in mine if not path.startswith("/static")] == []
    assert {found[path].headers["cache-control"] for path in ("/leads", "/login", "/notices/1/objection")} == {
        "no-store"
    }


def test_pages_that_stay_the_same_are_not_sent_again(public: Scene) -> None:
    visitor = public.visitor()
    for path in ("/", "/notices", "/notices/1", "/notices/1/document", "/winners/index.html", "/certificates"):
        first = visitor.get(path)
        again = visitor.client.get(path, headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
        assert (path, again.status_code, again.content, again.headers["etag"]) == (
            path,
            304,
            b"",
            first.headers["etag"],
        )
        assert first.headers["vary"] == "Cookie"
    assert public.visitor("clerk").get("/notices").headers["cache-control"] == "no-store"


def test_first_page_tells_what_runs(public: Scene) -> None:
    public.set_time("2026-04-14T10:00:00+08:00")
    page = public.visitor().get("/").text
    assert "公示期 2026年4月13日 至 2026年4月20日" in page
    assert 'href="/notices/1/objection"' in page
    assert "征集推荐线索" not in page
    public.set_time("2025-10-02T10:00:00+08:00")
    assert f'href="/leads/{public.round.key}"' in public.visitor().get("/").text


def test_winners_are_found_by_place_and_trade(public: Scene) -> None:
    visitor = public.visitor()
    cities, crafts = (visitor.get(f"/winners/{one}.html").text for one in ("cities", "crafts"))
    assert ("石家庄<span>3人</span>" in cities, "张虚构" in crafts) == (True, True)
    link = re.findall(r'href="([^"]+a-001.html)"', cities)[0]
    page = visitor.get(f"/winners/{link}").text
    assert ("<dt>地区</dt><dd>石家庄</dd>" in page, "<dt>行业</dt>" in page) == (True, True)


def test_administrators_reach_no_ballot_and_no_numbers(public: Scene) -> None:
    found = walk(public.visitor("zhao"))
    assert {"/accounts", "/accounts/expert1", "/keys", "/doctor", "/notices/1"} <= found.keys()
    assert [path for path in found if path.startswith(("/ballots", "/sheets", "/rounds/"))] == []
    texts = {path: text_of(one) for path, one in found.items()}
    secrets = secrets_of(public)
    assert [path for path, text in texts.items() if NUMBERS.search(text) or any(one in text for one in secrets)] == []
    with reading(public.place.engine) as session:
        runs = session.exec(select(StageRun.id).where(StageRun.kind == "ballot")).all()
    zhao = public.visitor("zhao")
    assert {zhao.get(f"/ballots/{one}").status_code for one in runs} == {403}

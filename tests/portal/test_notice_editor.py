"""A notice is worded by one person, previewed as the real document, and posted by another."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction
from tests.actions.make_noticed import make_noticed
from tests.factories import make_account
from tests.portal.noticed_scene import scene_of
from tests.portal.scene import HASH, Scene

EDIT = "/notices/1/edit"
PREVIEW = "/notices/1/preview.pdf"


@pytest.fixture
def drafted(place: Workplace, tmp_path: Path) -> Scene:
    return scene_of(make_noticed(place), tmp_path)


def texts() -> dict[str, str]:
    """What the form offers."""
    words = {"title": "关于拟入选人员的公示", "basis": "根据评选办法。", "procedure": "经评审、票决。"}
    contacts = {"phone": "0311-00000001", "address": "虚构路1号", "postcode": "050000"}
    return {**words, **contacts, "channels": "请来信。\n\n 请来电。", "supervision_phone": "0311-00000002"}


def printed(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_draft_is_previewed_and_posted_by_another(drafted: Scene) -> None:
    with transaction(drafted.place.engine) as session:
        make_account(session, "both", "staff", "verifier", password_hash=HASH)
    both, verifier = drafted.visitor("both"), drafted.visitor("verifier")
    assert both.send(EDIT, EDIT, **texts()).status_code == 303
    shown = both.get(PREVIEW)
    assert (shown.headers["content-type"], shown.headers["x-frame-options"]) == ("application/pdf", "SAMEORIGIN")
    assert [word in printed(shown.content) for word in ("关于拟入选人员的公示", "0311-00000001")] == [True, True]
    stale = both.send(EDIT, EDIT, **{**texts(), "phone": "0311-00000009"}, seen=0)
    assert (stale.status_code, "由他人改过" in stale.text, "0311-00000009" in stale.text) == (409, True, True)
    own = both.send("/notices/1", "/notices/1/post", confirmed="yes")
    assert (own.status_code, "公示稿须由另一人发布" in own.text) == (403, True)
    assert verifier.send("/notices/1", "/notices/1/post", confirmed="yes").status_code == 303
    assert "关于拟入选人员的公示" in drafted.visitor().get("/notices/1").text
    assert both.get(EDIT).status_code == 409


def test_unfit_text_is_told_and_kept(drafted: Scene) -> None:
    staff = drafted.visitor("staff")
    answer = staff.send(EDIT, EDIT, **{**texts(), "phone": " ", "procedure": "一段\n两段"})
    assert (answer.status_code, "联系电话不能为空" in answer.text, "不能换行" in answer.text) == (422, True, True)
    leak = staff.send(EDIT, EDIT, **{**texts(), "basis": "请联系 13900000000。"})
    assert (leak.status_code, "关于拟入选人员的公示" in leak.text) == (409, True)
    assert drafted.visitor("verifier").get(EDIT).status_code == 403

"""Workbooks through the portal: previewed, taken in as they were previewed, returned with marks; all fictitious."""

import time
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import load_workbook
from sqlmodel import col, func, select

from craftsman.actions.intake_file import Prepared
from craftsman.actions.workplace import Workplace
from craftsman.portal import checking, forms, intake, parts
from craftsman.store.engine import reading, transaction
from craftsman.store.uploads import Upload
from craftsman.workbook.check import Watch
from craftsman.workbook.read import RawRow
from craftsman.workbook.template import filled_workbook
from models import AuditEvent, ImportBatch, IntakeCheck, Nomination, NominationStatus
from tests.actions.opened import book, row
from tests.factories import make_programme
from tests.portal.intake_scene import KEY, make_intake_scene
from tests.portal.scene import Scene, Visitor, read_forms

PAGE = f"/rounds/{KEY}/intake"
CHECK = f"{PAGE}/check"
PART = b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n'


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Iterator[Scene]:
    """A round whose intake is open."""
    made = make_intake_scene(place, tmp_path)
    with made.client:
        yield made


def good_and_bad() -> bytes:
    """Four rows of 唐山, the third with a phone that is none."""
    return book(row(1), row(2), row(3, phone="1380000"), row(4))


def counted(scene: Scene, model: type[Nomination] | type[ImportBatch]) -> int:
    with reading(scene.place.engine) as session:
        return session.exec(select(func.count()).select_from(model)).one()


def acts(scene: Scene) -> list[str]:
    with reading(scene.place.engine) as session:
        return list(session.exec(select(AuditEvent.act).order_by(col(AuditEvent.seq))).all())


def preview(visitor: Visitor, content: bytes, name: str = "唐山.xlsx") -> list[tuple[str, str]]:
    """The confirming form of a preview."""
    answer = visitor.upload(PAGE, CHECK, name, content)
    assert answer.status_code == 200, answer.text
    return read_forms(answer.text)[PAGE]


def numbers(page: str) -> list[int]:
    """The four numbers of a report: new, corrected, unchanged, returned."""
    return [int(part.split("</dd>")[0]) for part in page.split("<dd>")[1:5]]


def test_guests_are_asked_to_log_in(scene: Scene) -> None:
    for path in (PAGE, f"{PAGE}/template", f"{PAGE}/returned/{'0' * 64}"):
        assert scene.visitor().get(path).headers["location"].startswith("/login?next=")
    assert scene.visitor().post_file(CHECK, [], "a.xlsx", b"x").headers["location"].startswith("/login?next=")


@pytest.mark.parametrize("login", ["expert1", "checker", "auditor", "root"])
def test_others_take_nothing_in(scene: Scene, login: str) -> None:
    visitor = scene.visitor(login)
    token = visitor.hidden("/tasks", "/logout")
    assert visitor.get(PAGE).status_code == 403
    assert visitor.post_file(CHECK, token, "a.xlsx", good_and_bad()).status_code == 403
    assert visitor.post(PAGE, [*token, ("sha256", "0" * 64)]).status_code == 403


def test_blank_workbook_is_an_attachment(scene: Scene) -> None:
    answer = scene.visitor("tangshan").get(f"{PAGE}/template")
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert load_workbook(BytesIO(answer.content)).sheetnames[0] == "推荐汇总表"


def test_preview_writes_nothing(scene: Scene) -> None:
    visitor, before = scene.visitor("tangshan"), acts(scene)
    page = visitor.upload(PAGE, CHECK, "唐山.xlsx", good_and_bad()).text
    assert numbers(page) == [3, 0, 0, 1]
    assert "手机号码应为11位数字、以13至19开头，不带空格、横线和区号" in page
    assert "以上只是核对，尚未写入任何数据。" in page
    assert [act for act in acts(scene) if act not in {*before, "session.opened"}] == []
    assert (counted(scene, Nomination), counted(scene, ImportBatch)) == (0, 0)


def test_confirmed_bytes_are_taken_in(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    page = visitor.post(PAGE, preview(visitor, good_and_bad())).text
    assert numbers(page) == [3, 0, 0, 1]
    assert "已收入，回执已发到您的邮箱。" in page
    assert f'href="/rounds/{KEY}/nominations">逐人提交材料</a>' in page
    assert counted(scene, Nomination) == 3
    listed = visitor.get(PAGE).text
    assert "唐山某" in listed
    assert "唐山.xlsx" in listed


def test_confirming_twice_takes_in_once(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    fields = preview(visitor, good_and_bad())
    pages = [visitor.post(PAGE, fields).text for _ in range(2)]
    assert [numbers(page) for page in pages] == [[3, 0, 0, 1], [3, 0, 0, 1]]
    assert (counted(scene, Nomination), counted(scene, ImportBatch)) == (3, 1)
    assert acts(scene).count("intake.imported") == 1


def test_same_bytes_again_need_nothing(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    content = book(row(1), row(2))
    visitor.post(PAGE, preview(visitor, content))
    page = visitor.upload(PAGE, CHECK, "唐山.xlsx", content).text
    assert numbers(page) == [0, 0, 2, 0]
    assert "各行与已收入的内容相同，不必再次报送。" in page
    assert PAGE not in read_forms(page)


def test_corrected_row_is_taken_in_alone(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    visitor.post(PAGE, preview(visitor, good_and_bad()))
    fixed = book(row(1), row(2), row(3), row(4))
    assert numbers(visitor.post(PAGE, preview(visitor, fixed)).text) == [1, 0, 3, 0]


def test_returned_workbook_bears_marks(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    fields = preview(visitor, good_and_bad())
    visitor.post(PAGE, fields)
    answer = visitor.get(f"{PAGE}/returned/{dict(fields)['sha256']}")
    assert answer.headers["content-disposition"].startswith('attachment; filename="document.xlsx"')
    sheet = load_workbook(BytesIO(answer.content))["推荐汇总表"]
    notes = [(cell.row, cell.comment.text) for line in sheet.iter_rows(min_row=2) for cell in line if cell.comment]
    assert [(number, "手机号码应为11位数字" in text) for number, text in notes] == [(4, True)]


def test_right_workbook_is_not_returned(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    sha256 = dict(preview(visitor, book(row(1))))["sha256"]
    answer = visitor.get(f"{PAGE}/returned/{sha256}")
    assert (answer.status_code, "这份文件没有需要改正的单元格。" in answer.text) == (404, True)


def test_uploads_open_for_their_sender_only(scene: Scene) -> None:
    sha256 = dict(preview(scene.visitor("tangshan"), good_and_bad()))["sha256"]
    other = scene.visitor("clerk")
    assert other.get(f"{PAGE}/returned/{sha256}").status_code == 404
    answer = other.post(PAGE, [*other.hidden("/tasks", "/logout"), ("sha256", sha256)])
    assert (answer.status_code, "没有找到您上传的这份文件" in answer.text) == (404, True)
    assert counted(scene, Nomination) == 0


def test_uploads_are_encrypted_and_dropped(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    content = good_and_bad()
    preview(visitor, content)
    folder = scene.place.settings.uploads_dir
    kept = list(folder.iterdir())
    # the workbook, and beside it what its check found
    assert [b"PK" in file.read_bytes()[:64] or b"problems" in file.read_bytes() for file in kept] == [False] * 2
    scene.set_time("2025-09-09T10:00:00+08:00")
    preview(scene.visitor("tangshan"), book(row(9)))
    assert [file in kept for file in folder.iterdir()] == [False] * 2


def test_row_of_another_unit_is_returned(scene: Scene) -> None:
    page = scene.visitor("handan").upload(PAGE, CHECK, "邯郸.xlsx", book(row(1))).text
    assert numbers(page) == [0, 0, 0, 1]
    assert "您只能报送“邯郸市总工会”的人选，请改正推荐单位或交由该单位报送" in page
    assert PAGE not in read_forms(page)


def test_batches_of_others_are_not_shown(scene: Scene) -> None:
    tangshan, clerk = scene.visitor("tangshan"), scene.visitor("clerk")
    tangshan.post(PAGE, preview(tangshan, book(row(1)), "唐山一.xlsx"))
    clerk.post(PAGE, preview(clerk, book(row(2)), "办公室一.xlsx"))
    shown = {
        login: [name for name in ("唐山一.xlsx", "办公室一.xlsx") if name in scene.visitor(login).get(PAGE).text]
        for login in ("tangshan", "handan", "homeless", "clerk")
    }
    assert shown == {
        "tangshan": ["唐山一.xlsx"],
        "handan": [],
        "homeless": [],
        "clerk": ["唐山一.xlsx", "办公室一.xlsx"],
    }


def test_reporter_without_unit_is_told(scene: Scene) -> None:
    answer = scene.visitor("homeless").upload(PAGE, CHECK, "a.xlsx", book(row(1)))
    assert answer.status_code == 403
    assert "您的账号没有对应的推荐单位，不能报送；请联系活动办公室。" in answer.text


def package(**parts: bytes) -> bytes:
    """A zip of these parts; the names of parts have `__` for a slash."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/") + ".xml", content)
    return made.getvalue()


def of_another_round() -> bytes:
    """A right row in the template of the year before."""
    programme = make_programme()
    plan = programme.plan.model_copy(update={"year": 2025})
    return filled_workbook(programme.model_copy(update={"plan": plan}), [row(1)])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("报告.docx", package(word__document=b"<w/>"), "只接收 .xlsx 或 .csv 文件"),
        ("报告.xlsx", package(word__document=b"<w/>"), "这不是 Excel 工作簿（可能是其他文件改了扩展名）"),
        ("炸弹.xlsx", package(xl__workbook=b"0" * 40_000_000), "文件解压后体积异常（约 38 MB），已拒绝读取"),
        ("网页.csv", b"<html><table></table></html>", "网页"),
        ("去年.xlsx", of_another_round(), "这份表的模板属于另一轮次（hebei-great-craftsman-2025），不是本轮次的"),
        ("空.xlsx", b"", "文件是空的（0 字节），请重新选择文件"),
        ("照片.xlsx", b"\x89PNG\r\n", "文件内容不是 .xlsx 工作簿（可能只改了扩展名）"),
        ("旧.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "这是旧版 Excel 97-2003（.xls）格式"),
        ("坏.xlsx", b"PK\x03\x04broken", "文件已损坏，无法打开"),
    ],
)
def test_other_files_are_told_beside_the_form(scene: Scene, name: str, content: bytes, reason: str) -> None:
    answer = scene.visitor("tangshan").upload(PAGE, CHECK, name, content)
    assert (answer.status_code, reason in answer.text) == (422, True)
    assert CHECK in read_forms(answer.text)
    assert (counted(scene, Nomination), counted(scene, ImportBatch)) == (0, 0)
    assert not scene.place.settings.uploads_dir.exists()


class Pace(Event):
    """Lets checks go on; `stopped` is set once one has told of its first row, and waits."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped = Event()


@pytest.fixture
def go_on(monkeypatch: pytest.MonkeyPatch) -> Pace:
    """Checks get a page of their own, and stop at each row until this is set."""
    go_on, prepare = Pace(), intake.prepare_import

    def slow(*given: Any, watch: Watch) -> Prepared:
        def held(rows: Sequence[RawRow]) -> Iterator[RawRow]:
            for one in watch(rows):
                yield one
                go_on.stopped.set()
                go_on.wait(10)

        return prepare(*given, watch=held)

    monkeypatch.setattr(intake, "prepare_import", slow)
    monkeypatch.setattr(intake, "PATIENCE", 0.0)
    return go_on


def refreshed(visitor: Visitor, page: str) -> str:
    """A page as it stands once it no longer asks to be loaded again."""
    for _ in range(1000):
        answer = visitor.get(page)
        if "refresh" not in answer.headers:
            return answer.text
        time.sleep(0.01)
    raise AssertionError(page)


def test_long_check_is_told_by_every_process(scene: Scene, go_on: Pace) -> None:
    """Two portals over one database: the check begins in one, and the other shows it and takes its file in."""
    visitor, elsewhere = scene.visitor("tangshan"), Scene(scene.place, scene.round).visitor("tangshan")
    content = good_and_bad()
    here = visitor.upload(PAGE, CHECK, "唐山.xlsx", content).headers["location"]
    for one in (visitor, elsewhere, elsewhere):
        page = one.get(here)
        assert (page.status_code, page.headers["refresh"], "<h1>正在核对</h1>" in page.text) == (200, "3", True)
    assert here in elsewhere.get(PAGE).text
    assert scene.visitor("handan").get(here).status_code == 404
    assert elsewhere.upload(PAGE, CHECK, "唐山.xlsx", content).headers["location"] == here
    go_on.set()
    report = refreshed(elsewhere, here)
    go_on.clear()
    assert [numbers(one) for one in (report, visitor.get(here).text)] == [[3, 0, 0, 1]] * 2
    assert "已核对，待您确认" in elsewhere.get(PAGE).text
    assert numbers(elsewhere.post(PAGE, read_forms(report)[PAGE]).text) == [3, 0, 0, 1]
    assert "尚未确认的文件" not in visitor.get(PAGE).text
    with reading(scene.place.engine) as session:
        assert session.exec(select(IntakeCheck.attempt, IntakeCheck.state)).all() == [(1, "taken")]


def test_broken_check_is_begun_again(scene: Scene, go_on: Pace) -> None:
    """Its process died: it is told as broken off, and another process does it when asked."""
    visitor, elsewhere = scene.visitor("tangshan"), Scene(scene.place, scene.round).visitor("tangshan")
    here = visitor.upload(PAGE, CHECK, "唐山.xlsx", good_and_bad()).headers["location"]
    # a sign of life that comes later would be a later one
    assert go_on.stopped.wait(60)
    scene.set_time("2025-09-01T10:05:00+08:00")
    broken = elsewhere.get(here).text
    assert ("<h1>核对中断</h1>" in broken, "核对中断，可重新开始" in elsewhere.get(PAGE).text) == (True, True)
    for _ in range(2):
        assert elsewhere.post(here, read_forms(broken)[here]).headers["location"] == here
    assert "<h1>正在核对</h1>" in visitor.get(here).text
    go_on.set()
    assert numbers(refreshed(visitor, here)) == [3, 0, 0, 1]
    with reading(scene.place.engine) as session:
        assert session.exec(select(IntakeCheck.attempt, IntakeCheck.state)).all() == [(2, "done")]


def test_long_check_tells_each_step(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first second on, and in another process too: received, being opened, and then why it is refused."""
    monkeypatch.setattr(intake, "PATIENCE", 0.0)
    turn, held, began, prepare = Event(), Event(), Event(), intake.prepare_import
    opened = checking.tell_opened

    def waits(*given: Any, **more: Any) -> None:
        turn.wait(10)
        opened(*given, **more)

    def slow(*given: Any, watch: Watch) -> Prepared:
        began.set()
        held.wait(10)
        return prepare(*given, watch=watch)

    monkeypatch.setattr(checking, "tell_opened", waits)
    monkeypatch.setattr(intake, "prepare_import", slow)
    visitor, elsewhere = scene.visitor("tangshan"), Scene(scene.place, scene.round).visitor("tangshan")
    here = visitor.upload(PAGE, CHECK, "空表.csv", b"\n\n").headers["location"]
    assert "文件已收到，等候核对</label>" in elsewhere.get(here).text
    turn.set()
    assert began.wait(10)
    assert ["正在打开文件、读取表格" in elsewhere.get(one).text for one in (here, PAGE)] == [True, True]
    held.set()
    assert "第 1 行应为表头" in refreshed(visitor, here)


def test_file_must_be_chosen(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    answer = visitor.client.post(
        CHECK,
        content=b"".join(
            f'--x\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in visitor.hidden(PAGE, CHECK)
        )
        + b'--x\r\ncontent-disposition: form-data; name="workbook"; filename=""\r\n\r\n\r\n--x--\r\n',
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert (answer.status_code, "请先选择文件，再提交。" in answer.text) == (422, True)


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_upload_without_its_token_is_refused(scene: Scene, token: str) -> None:
    visitor = scene.visitor("tangshan")
    assert visitor.post_file(CHECK, [("form_token", token)], "a.xlsx", good_and_bad()).status_code == 403
    assert not scene.place.settings.uploads_dir.exists()


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_upload_from_elsewhere_is_refused(scene: Scene, headers: dict[str, str]) -> None:
    assert scene.visitor("tangshan").upload(PAGE, CHECK, "a.xlsx", good_and_bad(), **headers).status_code == 403


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data", b"x", 422),
        ("multipart/form-data; boundary=x", b"no part at all", 422),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno name\r\n--x--\r\n", 422),
        ("multipart/form-data; boundary=x; charset=idna", PART + b"xn--ls8h=\r\n--x--\r\n", 422),
        ("multipart/form-data; boundary=x", PART + b"no token\r\n--x--\r\n", 403),
        ("application/json", b"{}", 422),
        ("application/x-www-form-urlencoded", b"form_token=x", 422),
    ],
)
def test_bytes_that_are_no_form_are_refused(scene: Scene, kind: str, body: bytes, status: int) -> None:
    answer = scene.visitor("tangshan").client.post(CHECK, content=body, headers={"content-type": kind})
    assert answer.status_code == status


def test_second_file_is_refused(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    fields = dict(visitor.hidden(PAGE, CHECK))
    files = [("workbook", ("a.xlsx", b"x")), ("other", ("b.xlsx", b"x"))]
    assert visitor.client.post(CHECK, data=fields, files=files).status_code == 422


@pytest.mark.parametrize("size", [1001, 400_000])
def test_too_large_file_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(parts, "MAX_FILE", 1000)
    answer = scene.visitor("tangshan").upload(PAGE, CHECK, "a.xlsx", b"x" * size)
    assert (answer.status_code, "请删除图片等无关内容或分批上传。" in answer.text) == (422, True)


def test_size_is_counted_not_believed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MAX_FILE", 1000)

    def chunks() -> Iterator[bytes]:
        """A small file, and then more than belongs to the form; without a length in front."""
        yield b'--x\r\ncontent-disposition: form-data; name="workbook"; filename="a.xlsx"\r\n\r\nsmall\r\n--x--\r\n'
        yield from (b"x" * 50_000 for _ in range(10))

    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = scene.visitor("tangshan").client.post(CHECK, content=chunks(), headers=headers)
    assert (answer.status_code, "MB，请删除图片等无关内容或分批上传。" in answer.text) == (422, True)


def test_what_is_too_large_is_not_read_forever(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MAX_FILE", 1000)
    monkeypatch.setattr(forms, "MOST_DROPPED", 300_000)
    answer = scene.visitor("tangshan").upload(PAGE, CHECK, "a.xlsx", b"x" * 2_000_000)
    assert answer.status_code == 422


def test_uploads_are_limited(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    fields = visitor.hidden(PAGE, CHECK)
    statuses = [visitor.post_file(CHECK, fields, "a.xlsx", b"x").status_code for _ in range(61)]
    assert statuses == [422] * 60 + [429]


def test_file_name_is_text_only(scene: Scene) -> None:
    page = scene.visitor("tangshan").upload(PAGE, CHECK, "../<b>130203198505020012</b>.xlsx", book(row(1))).text
    assert "<b>" not in page.replace("&lt;b&gt;", "")
    assert "130203198505020012" not in page


def test_wide_digits_are_remarked_on(scene: Scene) -> None:
    page = scene.visitor("tangshan").upload(PAGE, CHECK, "a.xlsx", book(row(1, postcode="０６３０００"))).text
    assert numbers(page) == [1, 0, 0, 0]
    assert "提示（不影响收入）" in page


def test_tasks_lead_to_the_intake(scene: Scene) -> None:
    for login in ("tangshan", "clerk"):
        assert f'href="{PAGE}"' in scene.visitor(login).get("/tasks").text
    assert PAGE not in scene.visitor("expert1").get("/tasks").text
    assert PAGE in scene.visitor("clerk").get(f"/rounds/{KEY}").text
    assert PAGE not in scene.visitor("auditor").get(f"/rounds/{KEY}").text


def test_reporters_find_their_pages(scene: Scene) -> None:
    pages = (f'href="/rounds/{KEY}/nominations"', 'href="/outreach"')
    told = {login: scene.visitor(login).get("/tasks").text for login in ("tangshan", "clerk", "expert1")}
    found = {login: [page in text for page in pages] for login, text in told.items()}
    assert found == {"tangshan": [True, True], "clerk": [False, False], "expert1": [False, False]}
    # the office finds them on the page of the round
    assert "唐山市总工会，名额 13 人，可另报递补 1 人，截止" in scene.visitor("tangshan").get(PAGE).text


def test_tasks_count_own_nominations(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    visitor.post(PAGE, preview(visitor, book(row(1), row(2))))
    told = {login: scene.visitor(login).get("/tasks").text for login in ("tangshan", "handan", "clerk")}
    assert "已报 2 件" in told["tangshan"]
    assert "已报 0 件" in told["handan"]
    assert "已收 2 件" in told["clerk"]


def test_channels_stand_on_the_overview(scene: Scene) -> None:
    visitor = scene.visitor("clerk")
    visitor.post(PAGE, preview(visitor, book(row(1), row(2))))
    page = visitor.get(f"/rounds/{KEY}").text
    assert '<td class="nowrap">工会寻</td><td class="num">—</td><td class="num">—</td><td class="num">2</td>' in page


def test_equal_forms_differ_by_their_file() -> None:
    form = parts.Form([("form_number", "n")], "/x", {"workbook": Upload("a.xlsx", b"1")})
    again = parts.Form([("form_number", "n")], "/x", {"workbook": Upload("a.xlsx", b"1")})
    other = parts.Form([("form_number", "n")], "/x", {"workbook": Upload("a.xlsx", b"2")})
    assert form.request_id("me") == again.request_id("me")
    assert form.request_id("me") != other.request_id("me")


def test_returned_workbook_can_be_had_again(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    visitor.post(PAGE, preview(visitor, good_and_bad()))
    link = next(part for part in visitor.get(PAGE).text.split('"') if part.startswith(f"{PAGE}/returned/"))
    assert load_workbook(BytesIO(visitor.get(link).content)).sheetnames[-1] == "错误清单"
    assert f"{PAGE}/returned/" not in scene.visitor("clerk").get(PAGE).text


def test_late_intake_says_so(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    assert "已过；活动办公室尚未结束受理" not in visitor.get(PAGE).text
    scene.set_time("2025-10-18T09:00:00+08:00")
    assert "已过；活动办公室尚未结束受理，请尽快报送" in scene.visitor("tangshan").get(PAGE).text


def test_returned_nominations_wait_as_tasks(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    visitor.post(PAGE, preview(visitor, book(row(1), row(2))))
    with transaction(scene.place.engine) as session:
        session.exec(select(Nomination)).first().status = NominationStatus.RETURNED  # pyright: ignore[reportOptionalMemberAccess]
    page = visitor.get("/tasks").text
    assert ("退回补正的申报" in page, "1 件" in page) == (True, True)
    assert "退回补正的申报" not in scene.visitor("handan").get("/tasks").text

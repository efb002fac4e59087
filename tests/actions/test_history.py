"""The evidence bundle proves itself to a program of its own, and shows what was changed in it."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.health import examine
from craftsman.actions.history import export_history
from craftsman.audit import notes
from craftsman.audit.bundle import PROGRAM
from craftsman.audit.notes import LOG, Signer
from craftsman.errors import Forbidden
from craftsman.store.engine import reading
from tests.factories import make_programme
from tests.finished import copied, finished_round
from tests.round import rehearsal

Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The evidence bundle of a whole round, and the public key of its log."""
    folder = tmp_path_factory.mktemp("bundle")
    place, programme = copied(finished_round(tmp_path_factory), folder / "round"), make_programme()
    with reading(place.engine) as session:
        auditor, expert = actor_by_login(session, "auditor-01"), actor_by_login(session, "expert-01")
    with pytest.raises(Forbidden):
        export_history(Act(expert, place.now(), place), programme.key, folder / "no.zip")
    assert not (folder / "no.zip").exists()
    export_history(Act(auditor, place.now(), place), programme.key, folder / "evidence.zip")
    return folder / "evidence.zip", str(place.log_signer.verifier)


def checked(file: Path, key: str = "") -> tuple[int, str]:
    """What the bundle's program says of a bundle, run as an outsider runs it."""
    command = [sys.executable, "-I", str(PROGRAM[0]), str(file), *(["--key", key] if key else [])]
    # -I leaves out the program's own folder, which an outsider's python has
    start = f"import sys, runpy; sys.path.insert(0, {str(PROGRAM[0].parent)!r}); sys.argv = {command[2:]!r}; "
    run = [sys.executable, "-I", "-c", start + f"runpy.run_path({str(PROGRAM[0])!r}, run_name='__main__')"]
    told = subprocess.run(run, capture_output=True, text=True, check=False)
    assert told.stderr == ""
    return told.returncode, told.stdout


def parts(file: Path) -> Parts:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(bundle: Path, folder: Path, change: Callable[[Parts], None]) -> Path:
    """A bundle with something changed."""
    content, buffer = parts(bundle), BytesIO()
    change(content)
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    (folder / "changed.zip").write_bytes(buffer.getvalue())
    return folder / "changed.zip"


def edit(content: Parts, name: str, change: Callable[[Any], None]) -> None:
    value = json.loads(content[name])
    change(value)
    content[name] = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def first(content: Parts, prefix: str) -> str:
    return next(name for name in content if name.startswith(prefix))


def test_whole_round_proves_itself(bundle: tuple[Path, str]) -> None:
    status, told = checked(*bundle)
    assert (status, "✗" in told, told.splitlines()[-1]) == (0, False, "结论：全部成立。")
    assert [line for line in told.splitlines() if "复算相同" in line or "足额" in line] == [
        "✓ 专家评审（第 1 次）：54 人的得分、名次、去向复算相同",
        "✓ 挑战比拼（第 1 次）：54 人的得分、名次、去向复算相同",
        "✓ 评委会票决（第 1 次）：10 张票复算相同",
        "✓ 省级公示：2 次公示的期限都已足额",
    ]


def change_event(content: Parts) -> None:
    name = first(content, "tile/entries/")
    content[name] = content[name].replace(b"account.granted", b"account.grantee")


def drop_events(content: Parts) -> None:
    del content[[name for name in content if name.startswith("tile/entries/")][-1]]


def change_result(content: Parts) -> None:
    def swap(body: Any) -> None:
        body["entries"][0]["place"], body["entries"][1]["place"] = (
            body["entries"][1]["place"],
            body["entries"][0]["place"],
        )

    edit(content, "results/score-1.json", swap)


def change_mark(content: Parts) -> None:
    def raise_mark(inputs: Any) -> None:
        sheet = next(iter(next(iter(inputs.values())).values()))
        sheet[next(iter(sheet))] = 10000

    edit(content, "inputs/score-1.json", raise_mark)


def change_vote(content: Parts) -> None:
    edit(content, "inputs/ballot-1.json", lambda inputs: inputs["papers"][0].pop())


def change_rules(content: Parts) -> None:
    content["rules.json"] = content["rules.json"].replace(b'"seed":20260427', b'"seed":20260428')


def shorten_notice(content: Parts) -> None:
    edit(content, "workdays.json", lambda table: table["off"].append("2026-04-16"))


def change_document(content: Parts) -> None:
    edit(content, "documents.json", lambda papers: papers[0].update(sha256="0" * 64))


def change_root(content: Parts) -> None:
    name = first(content, "checkpoints/")
    lines = content[name].decode().split("\n")
    content[name] = "\n".join([lines[0], lines[1], notes.encoded(bytes(32)), *lines[3:]]).encode()


def change_sheet(content: Parts) -> None:
    edit(
        content,
        "sheets.json",
        lambda sheets: sheets[0].__setitem__(4, sheets[0][4].replace('"comment":"', '"comment":"另')),
    )


def lose_a_result(content: Parts) -> None:
    del content["results/ballot-1.json"], content["inputs/ballot-1.json"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (change_event, "根哈希与记录不符"),
        (drop_events, "根哈希与记录不符"),
        (change_result, "score-1.json 与封存时记录的指纹不符"),
        (change_mark, "score-1.json 的输入与其指纹不符"),
        (change_vote, "复算得票"),
        (change_rules, "与开启轮次时记录的指纹不符"),
        (shorten_notice, "第 1 次公示应至 2026-04-21，只到 2026-04-20"),
        (shorten_notice, "工作日表与导出时记录的指纹不符"),
        (change_document, "不在记录中"),
        (change_root, "不是日志所签"),
        (lose_a_result, "缺少 ballot-1.json"),
        (change_sheet, "的评分表不是"),
    ],
)
def test_changed_bundle_is_told(
    bundle: tuple[Path, str], tmp_path: Path, change: Callable[[Parts], None], told: str
) -> None:
    status, found = checked(rewritten(bundle[0], tmp_path, change), bundle[1])
    assert (status, told in found, found.splitlines()[-1]) == (1, True, "结论：有不符之处，见上。")


def test_erased_salt_is_told_and_nothing_else(bundle: tuple[Path, str], tmp_path: Path) -> None:
    changed = rewritten(
        bundle[0], tmp_path, lambda content: edit(content, "salts.json", lambda salts: salts[0].__setitem__(1, ""))
    )
    status, told = checked(changed, bundle[1])
    assert (status, "· 1 份评分表的盐已按规定销毁，内容不能再与记录核对" in told) == (0, True)


def test_history_signed_by_another_key_is_told(bundle: tuple[Path, str], tmp_path: Path) -> None:
    """The control: who holds the bundle alone cannot tell an operator's rewriting; who kept the key can."""
    other = Signer("craftsman.local/history", LOG, bytes(32))

    def sign_anew(content: Parts) -> None:
        content["policy"] = f"log {other.verifier}\nquorum none\n".encode()
        for name in [name for name in content if name.startswith("checkpoints/")]:
            told = notes.read_checkpoint(notes.read_note(content[name].decode()).text)
            content[name] = notes.signed(told, other).encode()

    changed = rewritten(bundle[0], tmp_path, sign_anew)
    assert checked(changed)[0] == 0
    status, told = checked(changed, bundle[1])
    assert (status, "证据包中的日志公钥与您给出的不同" in told) == (1, True)


def test_no_bundle_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK")
    status, told = checked(tmp_path / "x.zip")
    assert (status, told.startswith("✗ 证据包不完整或格式不符")) == (1, True)


def test_doctor_tells_the_rehearsal_clock(tmp_path: Path) -> None:
    findings = {finding.check: finding.holds for finding in examine(rehearsal(tmp_path))}
    assert findings.pop("使用真实时间") is False
    # nobody ran `craftsman init` here
    assert findings.pop("三员齐备：系统管理员、安全保密管理员、审计员") is False
    assert set(findings.values()) == {True}

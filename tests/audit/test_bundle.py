"""The bundle's program against bundles changed with more thought, by whoever has the file or even the log's key."""

import json
import zipfile
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from craftsman.audit import notes, tiles, tree
from craftsman.audit.notes import LOG, WITNESS, Signer
from tests.audit.bundled import said
from tests.conftest import TEST_SECRETS

Parts = dict[str, bytes]
GOLDEN = Path(__file__).parents[1] / "golden" / "0.1.0" / "round.zip"
KEY = Signer("craftsman.local/history", LOG, TEST_SECRETS.log_key)
WATCHER = Signer("audit.example.org", WITNESS, bytes(range(32)))
LAST = "170"


@cache
def golden() -> Parts:
    with zipfile.ZipFile(GOLDEN) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What the program says of a bundle with these files."""

    def check(content: Parts, *options: str) -> str:
        with zipfile.ZipFile(tmp_path / "changed.zip", "w") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
        return "\n".join(said(tmp_path / "changed.zip", capsys, "--key", str(KEY.verifier), *options))

    return check


def bodies(content: Parts) -> list[bytes]:
    raw, found = next(data for name, data in content.items() if name.startswith("tile/entries/")), list[bytes]()
    while raw:
        size = int.from_bytes(raw[:2])
        found.append(raw[2 : 2 + size])
        raw = raw[2 + size :]
    return found


def signed_anew(content: Parts, entries: list[bytes]) -> Parts:
    """The bundle of these entries, signed by whoever has the log's key."""
    kept = {name: data for name, data in content.items() if not name.startswith(("tile/", "checkpoints/"))}
    leaves = [tree.leaf_hash(one) for one in entries]
    sizes = [int(name.split("/")[1]) for name in content if name.startswith("checkpoints/")]
    heads = [notes.Checkpoint(KEY.name, size, tree.root_of(leaves[:size])) for size in sizes if size <= len(leaves)]
    written = [*tiles.entry_bundles(entries), *tiles.tiles(leaves)]
    return kept | dict(written) | {f"checkpoints/{one.size}": notes.signed(one, KEY).encode() for one in heads}


def forged(stage: str, change: Callable[[Any], None]) -> Parts:
    """A stage's inputs changed before they were sealed, and all that names their digest with them."""
    content, entries = dict(golden()), bodies(golden())
    sealed, given = f"results/{stage}-1.json", f"inputs/{stage}-1.json"
    inputs = json.loads(content[given])
    change(inputs)
    content[given] = packed(inputs)
    for name in (given, sealed):
        was, now = (sha256(parts[name]).hexdigest().encode() for parts in (golden(), content))
        content[sealed] = content[sealed].replace(was, now)
        entries = [one.replace(was, now) for one in entries]
    return signed_anew(content, entries)


def packed(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def without(*prefixes: str) -> Parts:
    return {name: data for name, data in golden().items() if not name.startswith(prefixes)}


def listed(name: str) -> Parts:
    """Without the last line of a list."""
    return golden() | {name: packed(json.loads(golden()[name])[:-1])}


def swapped(one: str, other: str) -> Parts:
    found = dict(golden())
    for folder in ("results", "inputs"):
        first, second = f"{folder}/{one}-1.json", f"{folder}/{other}-1.json"
        found[first], found[second] = found[second], found[first]
    return found


def posted_later() -> Parts:
    entries = [
        one.replace(b"2025-09-01T01", b"2025-09-05T01") if b'"act":"notice.posted"' in one else one
        for one in bodies(golden())
    ]
    return signed_anew(golden(), entries)


def cast_by_another() -> Parts:
    entries = [
        one.replace(b'"member3"', b'"member4"') if b'"act":"ballot.cast"' in one else one for one in bodies(golden())
    ]
    return signed_anew(golden(), entries)


def cosigned(content: Parts, sizes: set[str], *, over: str = "") -> Parts:
    """With the lines of a witness under some checkpoints; those it gave to another one where that is named."""
    found = content | {"policy": content["policy"].replace(b"quorum none", f"witness a {WATCHER.verifier}".encode())}
    for size in sizes:
        text = notes.read_note(content[f"checkpoints/{over or size}"].decode()).text
        found[f"checkpoints/{size}"] = content[f"checkpoints/{size}"] + WATCHER.cosign(text, 1).encode()
    return found


def grow(inputs: Any) -> None:
    inputs["papers"].append(inputs["papers"][0])


def silence(inputs: Any) -> None:
    del inputs["2025-north-0001"]["expert3"]


TAMPERED: dict[str, tuple[Callable[[], Parts], str]] = {
    "no checkpoints": (lambda: without("checkpoints/"), "检查点：一个也没有，记录未经签名"),
    "results under each other's names": (lambda: swapped("approve", "notice"), "approve-1.json 与封存时记录的指纹不符"),
    "a result nobody sealed": (
        lambda: golden() | {"results/score-2.json": golden()["results/score-1.json"]},
        "score-2.json 没有封存的记录",
    ),
    "a result lost": (lambda: without("results/ballot"), "缺少 ballot-1.json"),
    "a sheet lost": (lambda: listed("sheets.json"), "缺少 expert3 提交的评分表"),
    "a document lost": (lambda: listed("documents.json"), "文件清单：缺少 "),
    "a level of tiles more": (lambda: golden() | {"tile/1/000.p/1": bytes(32)}, "哈希瓦片：与记录不符"),
    "a paper doubled": (lambda: forged("ballot", grow), "第 1 轮有 3 人投票，票箱中有 4 张"),
    "another voted": (cast_by_another, "第 1 轮投票的人与记录不同"),
    "a judge left out": (lambda: forged("score", silence), "2025-north-0001 没有计入 expert3 提交的评分"),
    "a notice of an earlier day": (posted_later, "第 1 次公示记为 2025-09-01 起，发布于 2025-09-05"),
    "no list at all": (lambda: golden() | {"documents.json": b"7"}, "证据包不完整或格式不符：TypeError"),
    "entries that are none": (lambda: signed_anew(golden(), [b"[]"]), "证据包不完整或格式不符：TypeError"),
    "a signature spelt otherwise": (
        lambda: golden() | {"checkpoints/19": golden()["checkpoints/19"].replace(b"history 4", b"history 4,")},
        "证据包不完整或格式不符：Error",
    ),
    "no policy": (lambda: golden() | {"policy": b""}, "证据包不完整或格式不符：StopIteration"),
}


def test_control_is_told_as_whole(told: Callable[..., str]) -> None:
    assert told(signed_anew(golden(), bodies(golden()))).splitlines()[-1] == "结论：全部成立。"


@pytest.mark.parametrize(("change", "line"), TAMPERED.values(), ids=TAMPERED)
def test_thoughtful_tampering_is_told(told: Callable[..., str], change: Callable[[], Parts], line: str) -> None:
    found = told(change())
    assert (line in found, found.splitlines()[-1]) == (True, "结论：有不符之处，见上。")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_file_that_is_there_twice_is_told(
    told: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(golden())
    with zipfile.ZipFile(tmp_path / "changed.zip", "a") as archive:
        archive.writestr("rules.json", golden()["rules.json"])
    assert "✗ 文件：rules.json 有两份" in said(tmp_path / "changed.zip", capsys)


def test_older_end_is_told(told: Callable[..., str]) -> None:
    shorter = signed_anew(without("results/announce", "inputs/announce"), bodies(golden())[:144])
    listed = [one for one in json.loads(shorter["documents.json"]) if one["kind"] == "notice"]
    assert "· 记录不是以导出本证据包的一条结束" in told(shorter | {"documents.json": packed(listed)})


WITNESSED = f"见证：2 个检查点有见证方的签名，到第 {LAST} 条为止"


@pytest.mark.parametrize(
    ("sizes", "over", "line"),
    [
        ({"19", LAST}, "", f"✓ {WITNESSED}"),
        ({"19"}, "", "· 第 19 条之后的记录，见证方尚未签名"),
        (set[str](), "", "✗ 见证：没有一个检查点有见证方的签名"),
        ({LAST}, "169", f"✗ 检查点：第 {LAST} 条处见证方的签名不符"),
    ],
    ids=["witnessed", "witnessed in part", "cosignatures lost", "cosignature of another checkpoint"],
)
def test_witness_is_asked_for(told: Callable[..., str], sizes: set[str], over: str, line: str) -> None:
    assert line in told(cosigned(golden(), sizes, over=over), "--witness", str(WATCHER.verifier))


def test_witness_of_the_operators_own_is_told(told: Callable[..., str]) -> None:
    other = Signer(WATCHER.name, WITNESS, bytes(32)).verifier
    content = cosigned(golden(), {LAST})
    assert "✗ 见证：证据包中没有您给出的见证方" in told(content, "--witness", str(other))
    assert "· 见证方的公钥取自证据包本身；请用 --witness 给出您另外取得的公钥" in told(content)

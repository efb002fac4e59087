"""The second tree is SM3's, and its SM2 signature is openssl's own."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.history import write_bundle
from craftsman.actions.workplace import Workplace
from craftsman.audit.bundle import PROGRAM
from craftsman.audit.sm3 import Sm3Tree, sm2_signature
from craftsman.errors import Refused
from craftsman.store.engine import reading, transaction
from tests.audit.bundled import part
from tests.factories import act_of, make_round

needs_sm3 = pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="this Python has no SM3")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command")


def program() -> Any:
    """The bundle's own part."""
    return part("sm3")


def grown(count: int) -> Sm3Tree:
    tree = Sm3Tree()
    for number in range(count):
        tree.add(str(number).encode())
    return tree


def key_file(folder: Path) -> Path:
    key = folder / "sm2.pem"
    subprocess.run(["openssl", "ecparam", "-genkey", "-name", "SM2", "-noout", "-out", str(key)], check=True)
    key.chmod(0o400)
    return key


@needs_sm3
def test_hash_is_the_standards() -> None:
    # GB/T 32905, example 1: the hash of "abc"; an empty entry's leaf is that of one zero byte
    assert hashlib.new("sm3", b"abc").hexdigest().startswith("66c7f0f462eeedd9d1f2d46bdc10e4e2")
    assert grown(0).root == hashlib.new("sm3").digest()


@needs_sm3
@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 13])
def test_program_finds_the_same_root(count: int) -> None:
    assert program().root_of(str(number).encode() for number in range(count)) == (count, grown(count).root)


@needs_sm3
@needs_openssl
def test_signature_holds_for_its_head_alone(tmp_path: Path) -> None:
    head = grown(5).head("log.example.org/history")
    signature, public = sm2_signature(head, key_file(tmp_path))
    held = [program().signature_holds(text, signature, public) for text in (head, grown(6).head("log.example.org"))]
    assert held == [True, False]


@needs_sm3
@needs_openssl
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_bundle_holds_both_trees(place: Workplace, tmp_path: Path) -> None:
    settings = place.settings.model_copy(update={"sm_key": key_file(tmp_path)})
    round_, keyed = make_round(place), replace(place, settings=settings)
    with transaction(place.engine) as session:
        make_checkpoint(session, act_of(place))
    with (tmp_path / "evidence.zip").open("wb") as file, reading(place.engine) as session:
        write_bundle(session, act_of(keyed), round_, file)
    command = [sys.executable, str(PROGRAM[0]), str(tmp_path / "evidence.zip")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert [line for line in told.stdout.splitlines() if "SM" in line or "国密" in line] == [
        "✓ 国密哈希树：1 条记录的 SM3 根哈希相符",
        "✓ SM2 签名：与国密哈希树相符",
        "· SM2 公钥取自证据包本身（sm3/key.pem）；请与您另外取得的比对",
    ]


@needs_sm3
@needs_openssl
def test_key_that_others_read_is_refused(tmp_path: Path) -> None:
    key = key_file(tmp_path)
    key.chmod(0o444)
    with pytest.raises(Refused, match="可被他人读取"):
        sm2_signature("head", key)
    with pytest.raises(Refused, match="找不到 SM2 私钥文件"):
        sm2_signature("head", tmp_path / "none.pem")

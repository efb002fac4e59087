"""Personal fields open only with the key, in their own place."""

from pathlib import Path

import pytest

from craftsman.errors import Refused
from craftsman.store.secrets import create_keys, load_keys
from tests.conftest import TEST_SECRETS

NUMBER = "13010219900101001X"


def test_field_opens_in_its_place() -> None:
    assert TEST_SECRETS.unseal(TEST_SECRETS.seal(NUMBER, "person:1:id"), "person:1:id") == NUMBER


def test_moved_field_does_not_open() -> None:
    cipher = TEST_SECRETS.seal(NUMBER, "person:1:id")
    with pytest.raises(Refused, match="无法解密"):
        TEST_SECRETS.unseal(cipher, "person:2:id")


def test_same_field_seals_differently() -> None:
    assert TEST_SECRETS.seal(NUMBER, "a") != TEST_SECRETS.seal(NUMBER, "a")


def test_index_is_scoped_to_round() -> None:
    assert TEST_SECRETS.index(NUMBER, "r1") == TEST_SECRETS.index(NUMBER, "r1")
    assert TEST_SECRETS.index(NUMBER, "r1") != TEST_SECRETS.index(NUMBER, "r2")


def test_keys_are_never_printed() -> None:
    assert repr(TEST_SECRETS) == "Secrets(…)"


def test_created_keys_are_private(tmp_path: Path) -> None:
    create_keys(tmp_path / "keys.json")
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o400
    assert load_keys(tmp_path / "keys.json").log_key != TEST_SECRETS.log_key


def test_existing_keys_are_kept(tmp_path: Path) -> None:
    create_keys(tmp_path / "keys.json")
    before = (tmp_path / "keys.json").read_bytes()
    create_keys(tmp_path / "keys.json")
    assert (tmp_path / "keys.json").read_bytes() == before


def test_missing_keys_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="找不到个人信息密钥文件"):
        load_keys(tmp_path / "keys.json")


def test_keys_readable_by_others_are_refused(tmp_path: Path) -> None:
    create_keys(tmp_path / "keys.json")
    (tmp_path / "keys.json").chmod(0o444)
    with pytest.raises(Refused, match="可被他人读取"):
        load_keys(tmp_path / "keys.json")

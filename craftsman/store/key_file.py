"""The key file (mode 0400): what signs the history, what finds people again, and the keys that wrap all other keys."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from craftsman.errors import NotFound, Refused
from craftsman.store.files import sync_folder

FIRST = "field"  # it sealed all fields directly before there were wrapping keys
_PLAIN = ("index", "log")


@dataclass(frozen=True)
class Ring:
    """Keys that open, by id. `active` wraps and seals what is new; the others are kept until nothing is under them."""

    keys: Mapping[str, bytes] = field(repr=False)
    active: str


@dataclass(frozen=True)
class KeyFile:
    """What the file holds."""

    index: bytes = field(repr=False)
    log: bytes = field(repr=False)
    ring: Ring


def create_keys(path: Path) -> None:
    """Write new keys to `path`; a file that is there keeps its keys, and gets those that it lacks."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    wanted = {**{name: os.urandom(32).hex() for name in _PLAIN}, **kept}
    if not kept.get("wrapping"):
        wanted |= _with_new_key(wanted)
    if wanted != kept:
        _write(path, wanted)


def read_keys(path: Path) -> KeyFile:
    """Read the key file. Refused when it is missing, readable by others, or lacks a key."""
    kept = _kept(path)
    first = {FIRST: kept[FIRST]} if FIRST in kept else {}
    ring = {name: bytes.fromhex(key) for name, key in {**first, **kept["wrapping"]}.items()}
    return KeyFile(bytes.fromhex(kept["index"]), bytes.fromhex(kept["log"]), Ring(ring, kept["active"]))


def add_key(path: Path) -> str:
    """Put a new wrapping key into the file and let it wrap what is new; returns its id. Raises OSError."""
    wanted = _with_new_key(_kept(path))
    _write(path, wanted)
    return str(wanted["active"])


def drop_key(path: Path, name: str) -> None:
    """Take a key out of the file. NotFound for an unknown one, Refused for the active one. Raises OSError."""
    kept = _kept(path)
    if name not in {FIRST, *kept["wrapping"]} & {*kept, *kept["wrapping"]}:
        raise NotFound(f"密钥文件中没有密钥“{name}”；用 craftsman keys list 查看。")
    if name == kept["active"]:
        raise Refused("正在使用的密钥不能停用；请先用 craftsman keys add 换上新的密钥。")
    wrapping = {one: key for one, key in kept["wrapping"].items() if one != name}
    _write(path, {**{one: value for one, value in kept.items() if one != name}, "wrapping": wrapping})


def _kept(path: Path) -> dict[str, Any]:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as fault:
        told = "找不到个人信息密钥文件，系统不能启动；请先运行 craftsman init，或从备份恢复密钥文件。"
        raise Refused(told) from fault
    if mode & 0o077:
        raise Refused("个人信息密钥文件可被他人读取；请执行 chmod 400 后重试。")
    kept: dict[str, Any] = json.loads(path.read_text())
    if missing := [name for name in (*_PLAIN, "active", "wrapping") if name not in kept]:
        raise Refused(
            f"密钥文件缺少 {'、'.join(missing)}，系统不能启动；请运行 craftsman init 补齐，或从备份恢复密钥文件。"
        )
    return kept


def _with_new_key(kept: Mapping[str, Any]) -> dict[str, Any]:
    # k is no hexadecimal digit: the first ciphers, which are all hexadecimal, name no key
    name = f"k{os.urandom(4).hex()}"
    return {**kept, "active": name, "wrapping": {**kept.get("wrapping", {}), name: os.urandom(32).hex()}}


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Write it whole or not at all; who reads meanwhile finds the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    sync_folder(path.parent)

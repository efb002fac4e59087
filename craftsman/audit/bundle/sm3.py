"""The second tree of a bundle, where it has one: SM3 by hashlib, SM2 by the openssl command; each where it is there."""

import base64
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path


def check_sm3(bundle, origin):
    """The root over all entries in SM3, and the SM2 signature under it."""
    if "sm3/checkpoint" not in bundle.files.names:
        return
    text = bundle.files.read("sm3/checkpoint").decode()
    told, size, root = text.split("\n")[:3]
    if "sm3" not in hashlib.algorithms_available:
        bundle.open.append("国密哈希树：本机的 Python 没有 SM3 算法，未核对")
        return
    count, found = root_of(bundle.files.bodies())
    same = (told, size, root) == (f"{origin}/sm3", str(count), base64.b64encode(found).decode())
    bundle.told("国密哈希树", [] if same else ["SM3 根哈希与记录不符"], f"{count} 条记录的 SM3 根哈希相符")
    holds = signature_holds(text, bundle.files.read("sm3/signature"), bundle.files.read("sm3/key.pem"))
    if holds is None:
        bundle.open.append("SM2 签名：本机没有 openssl 命令，未核对")
        return
    bundle.told("SM2 签名", [] if holds else ["签名与国密哈希树不符"], "与国密哈希树相符")
    bundle.open.append("SM2 公钥取自证据包本身（sm3/key.pem）；请与您另外取得的比对")


def root_of(bodies):
    """(number of entries, root) of the tree in SM3."""
    peaks, count = [], 0
    for body in bodies:
        height, node = 0, sm3(b"\0" + body)
        while peaks and peaks[-1][0] == height:
            height, node = height + 1, sm3(b"\1" + peaks.pop()[1] + node)
        peaks.append((height, node))
        count += 1
    top = peaks.pop()[1] if peaks else sm3(b"")
    while peaks:
        top = sm3(b"\1" + peaks.pop()[1] + top)
    return count, top


def sm3(raw):
    return hashlib.new("sm3", raw).digest()


def signature_holds(text, signature, key):
    """Whether the SM2 signature of a text holds; None where there is no openssl to ask."""
    command = shutil.which("openssl")
    if command is None:
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, raw in (("text", text.encode()), ("signature", signature), ("key.pem", key)):
            (folder / file).write_bytes(raw)
        words = ["dgst", "-sm3", "-verify", "key.pem", "-signature", "signature", "-sigopt", "distid:1234567812345678"]
        told = subprocess.run([command, *words, "text"], cwd=folder, capture_output=True, check=False)  # noqa: S603
        return told.returncode == 0

"""Commands of the audit office's own machine: a key for the witness, and its service."""

import os
from pathlib import Path
from typing import Annotated

import typer

from craftsman import clock
from craftsman.audit.notes import LOG, WITNESS, Signer, read_signer, read_verifier
from craftsman.audit.witness import Witness
from craftsman.cli.base import AsJson, console, group, tell
from craftsman.cli.language import say
from craftsman.errors import Invalid, Refused
from craftsman.services.witness import serve_witness, witness_app

app = group("见证方：审计单位在自己的机器上见证历史记录。", "The witness, run by the audit office.")

Folder = Annotated[Path, typer.Argument(metavar="DIR", help=say("见证方的文件夹（密钥和所见）", "the witness' folder"))]


@app.command("init", help=say("生成见证方的密钥，记下日志的公钥。", "Make the witness' key."))
def init(
    folder: Folder,
    log: Annotated[
        str, typer.Option("--log", help=say("日志公钥（craftsman audit keys 所印）", "the log's public key"))
    ],
    name: Annotated[str, typer.Option(help=say("见证方名称", "the witness' name"))] = "witness.local/audit",
    *,
    as_json: AsJson = False,
) -> None:
    """Make a folder with a key of its own; prints the public half, which the log's operator sets."""
    verifier = read_verifier(log, LOG)
    if not name or "+" in name or any(sign.isspace() for sign in name):
        raise Invalid(say("名称不能为空，不能含空格和加号。", "The name must have no spaces or plus signs."))
    signer = Signer(name, WITNESS, os.urandom(32))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError as fault:
        raise Refused(say(f"{folder} 中已有见证方的密钥，不会改写。", f"{folder} holds a key.")) from fault
    except OSError as fault:
        raise Invalid(say(f"无法写入 {folder}，请检查文件夹和权限。", f"Cannot write {folder}.")) from fault
    with os.fdopen(handle, "w") as file:
        file.write(signer.secret() + "\n")
    (folder / "log").write_text(f"{verifier}\n")
    told = say("见证方公钥（请交系统管理员设为 CRAFTSMAN_WITNESS_KEY）：", "Public key for CRAFTSMAN_WITNESS_KEY:")
    tell({"key": str(signer.verifier)}, [told, str(signer.verifier)], as_json=as_json)


@app.command("serve", help=say("启动见证服务，直到停止。", "Serve until stopped."))
def serve(
    folder: Folder,
    host: Annotated[str, typer.Option(help=say("监听的地址", "address to listen on"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help=say("端口", "port"))] = 8500,
) -> None:
    """Answer the log's checkpoints."""
    witness = open_witness(folder)
    console.print(say(f"见证服务 http://{host}:{port}，按 Ctrl-C 停止。", f"Witness at http://{host}:{port}"))
    serve_witness(witness_app(witness, clock.now), host, port)


def open_witness(folder: Path) -> Witness:
    """The witness of a folder. Refused where there is none, or others may read its key."""
    key = folder / "key"
    if not key.exists() or not (folder / "log").exists():
        raise Refused(say(f"{folder} 中没有见证方，请先运行 craftsman witness init。", f"No witness in {folder}."))
    if key.stat().st_mode & 0o077:
        raise Refused(say("见证方密钥可被他人读取；请执行 chmod 400 后重试。", "Others may read the key."))
    signer = read_signer(key.read_text().strip(), WITNESS)
    return Witness(signer, read_verifier((folder / "log").read_text(), LOG), folder)

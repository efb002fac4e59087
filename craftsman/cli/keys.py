"""Commands of the key file: list, add, rotate, retire."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

import typer

from craftsman.actions import keys
from craftsman.cli.base import AsJson, AsLogin, acting_as, doing, group, looking_as, tell, tell_rows, workplace
from craftsman.cli.language import say
from craftsman.errors import Invalid

app = group("密钥：查看、启用、换用、停用。", "Keys: list, add, rotate, retire.")

KeyId = Annotated[str, typer.Argument(metavar="KEY", help=say("密钥编号，如 k1a2b3c4d", "id of the key"))]


@app.command("list", help=say("密钥文件中的密钥，及各保护多少数据。", "The keys of the key file, and what needs each."))
def list_(as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List the keys by id; a key itself is never shown."""
    with looking_as(as_login) as (session, act):
        lines = keys.keys_of(session, act)
    rows = [
        {"id": one.id, "active": one.active, "rows": one.rows, "files": one.files, "used": "是" if one.active else ""}
        for one in lines
    ]
    columns = {"id": "密钥", "used": "正在使用", "rows": "记录", "files": "文件"}
    tell_rows("keys", rows, title=say("密钥", "Keys"), columns=columns, as_json=as_json)


@app.command("add", help=say("启用一把新密钥（写入密钥文件）。", "Put a new key to use."))
def add(as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Add a key to the key file; running services take it up by themselves."""
    with _writing(), doing(as_login, as_json=as_json) as (session, act):
        name = keys.add_key(session, act)
    told = [
        say(f"已启用密钥 {name}。", f"Key {name} is in use."),
        say(
            "请立即另行备份密钥文件，再运行 craftsman keys rotate。",
            "Back up the key file, then craftsman keys rotate.",
        ),
    ]
    tell({"id": name}, told, as_json=as_json)


@app.command("rotate", help=say("把全部数据换到新密钥下，不停办；可中断后再来。", "Put everything under the new key."))
def rotate(as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Wrap all data keys anew while people work; a rotation that was stopped goes on when called again."""
    act = acting_as(workplace(), as_login)
    counts: dict[str, int] = {}
    with _writing():
        for turned in keys.rotate(act):
            counts[turned.what] = counts.get(turned.what, 0) + turned.count
    told = say(f"已换用新密钥：{sum(counts.values())} 项。", f"{sum(counts.values())} put under the new key.")
    tell({"turned": counts}, [told], as_json=as_json)


@app.command("retire", help=say("停用一把旧密钥（其下已无数据）。", "Take a key out that nothing needs any more."))
def retire(key: KeyId, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Take a key out of the key file."""
    with _writing(), doing(as_login, as_json=as_json) as (session, act):
        keys.retire_key(session, act, key)
    told = say(
        f"已停用密钥 {key}。此前的数据库备份仍须由它打开：请在这些备份到期前封存一份旧的密钥文件。",
        f"Key {key} is out of use; older backups still need it.",
    )
    tell({"id": key}, [told], as_json=as_json)


@contextmanager
def _writing() -> Generator[None]:
    try:
        yield
    except OSError as fault:
        raise Invalid(
            say("无法写入密钥文件或材料文件，请检查文件夹和权限。", "Cannot write the key file or files.")
        ) from fault

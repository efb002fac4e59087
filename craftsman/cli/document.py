"""Commands of documents: the kinds there are, and making one of a round."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from craftsman import clock
from craftsman.actions.documents import document_bytes
from craftsman.actions.paperwork import ASKED, Wanted, make_document
from craftsman.cli.base import AsJson, AsLogin, RoundKey, doing, group, save_file, settings, tell, tell_rows
from craftsman.cli.language import say
from craftsman.documents.kinds import Kind, forms, kind_of, names

app = group("文书：有哪些种类，制作一份。", "Documents: the kinds, and making one.")


@app.command("kinds", help=say("可以制作的文件种类。", "The kinds of documents."))
def kinds(*, as_json: AsJson = False) -> None:
    """List the folders of templates: each is a kind."""
    folder = settings().templates_dir / "documents"
    rows = [
        {
            "kind": kind.name,
            "title": kind.title,
            "of": _of(kind),
            "forms": "、".join(forms(kind, folder)),
        }
        for kind in (kind_of(name, folder) for name in names(folder))
    ]
    columns = {"kind": "种类", "title": "名称", "of": "关于（--of）", "forms": "格式"}
    tell_rows("kinds", rows, title=say("文件种类", "Kinds"), columns=columns, as_json=as_json)


@app.command("make", help=say("制作一份文件，各种格式一并存档。", "Make a document, kept in all its forms."))
def make(
    round_key: RoundKey,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=say("种类，见 document kinds", "kind of document"))],
    subject: Annotated[str, typer.Option("--of", help=say("关于什么：编号、环节等", "what it is about"))] = "",
    day: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help=say("成文日期，默认今天", "its date"))
    ] = None,
    folder: Annotated[Path | None, typer.Option("--to", help=say("另存到此文件夹", "also write into a folder"))] = None,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Make a document of a round; the same round and date give the same bytes."""
    with doing(as_login, as_json=as_json) as (session, act):
        wanted = Wanted(kind, subject, day.date() if day else clock.day(act.now))
        kept = make_document(session, act, round_key, wanted)
        made = [{"id": one.id, "file": one.file_name, "version": one.version, "sha256": one.sha256} for one in kept]
        files = {one.file_name: document_bytes(act.place, one) for one in kept}
    if folder:
        for name, content in files.items():
            save_file(folder / name, content, replace=True)
    tell({"documents": made}, [say(f"已制作 {name}。", f"Made {name}.") for name in files], as_json=as_json)


def _of(kind: Kind) -> str:
    if kind.issued_by:
        return f"（{kind.issued_by}时生成）"
    return ASKED.get(kind.about) or ("公示序号，默认 1" if kind.about == "notice" else "整个轮次")

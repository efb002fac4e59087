"""Commands of the announcement: list, export, compare, render, release, check."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import select

from craftsman.actions.acting import Act
from craftsman.actions.announcement import awarded_people, awards_of
from craftsman.actions.certificates import check_certificate
from craftsman.actions.documents import documents_of, in_force, released_ids
from craftsman.actions.packs import material_pack
from craftsman.actions.releases import compare, release_documents, render_again
from craftsman.actions.viewing import seen_bytes
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    acting_as,
    doing,
    group,
    keeping_refusals,
    looking,
    looking_as,
    must_be_new,
    save_file,
    tell,
    tell_rows,
    workplace,
)
from craftsman.cli.language import say
from craftsman.cli.site import write_site
from craftsman.errors import Refused
from craftsman.store.engine import reading
from models import AwardStatus, Document, Organisation

app = group("发布：名单、文件与证书核验。", "Announcement: list, papers, certificates.")

READS = "document.read"
STANDING = {
    AwardStatus.VALID: say("有效", "valid"),
    AwardStatus.REISSUED: say("已换发", "reissued"),
    AwardStatus.REVOKED: say("已撤销", "revoked"),
}


@app.command("list", help=say("入选名单与证书编号。", "Those honoured, with their certificates."))
def list_(round_key: RoundKey, *, as_json: AsJson = False) -> None:
    """List the awards of a round in published order."""
    with looking() as (session, _):
        round_ = round_by_key(session, round_key)
        awards = awards_of(session, round_.id or 0)
        people = awarded_people(session, awards)
        titles = {tier.key: tier.title for tier in read_programme(round_.programme).rules.tiers}
        shorts = {unit.id: unit.short for unit in session.exec(select(Organisation)).all()}
    rows = [
        {
            "tier": titles[award.tier],
            "certificate": award.certificate_no,
            "name": one.person.name,
            "unit": one.nomination.unit,
            "reported_by": shorts[one.nomination.organisation_id],
            "status": STANDING[award.status],
        }
        for award, one in zip(awards, people, strict=True)
    ]
    columns = {
        "tier": "等次",
        "certificate": "证书编号",
        "name": "姓名",
        "unit": "工作单位",
        "reported_by": "推荐单位",
        "status": "状态",
    }
    tell_rows("awards", rows, title=say("入选名单", "Awards"), columns=columns, as_json=as_json)


@app.command("export", help=say("把签发的文件写到一个文件夹。", "Write what was issued into a folder."))
def export(
    round_key: RoundKey,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("写到此文件夹", "folder to write into"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write the documents in force (notices, decision, certificates, explanations), a folder for each kind."""
    place = workplace()
    act = acting_as(place, as_login)
    with keeping_refusals(act), reading(place.engine) as session:
        round_id = round_by_key(session, round_key).id or 0
        act.must(READS, round_id)
        whole = not hidden_from(session, act, round_id)
        issued = in_force(documents_of(session, round_id, public_only=not whole))
        released = released_ids(session, issued)
    written = _write(act, issued, released, folder)
    held = sum(one.id not in released for one in issued)
    told = [say(f"已写出 {len(written)} 份文件到 {folder}。", f"{len(written)} files in {folder}.")]
    if held:
        told.append(say(f"其中 {held} 份尚未放行，带有您的姓名和时间。", f"{held} of them are not released: marked."))
    tell({"files": written, "unreleased": held}, told, as_json=as_json)


def _write(act: Act, issued: list[Document], released: set[int], folder: Path) -> list[Path]:
    files: list[Path] = []
    for document in issued:
        file = folder / document.kind / document.file_name
        # the same document again is the same file
        save_file(file, seen_bytes(act, document, released=document.id in released), replace=True)
        files.append(file)
    return files


@app.command("compare", help=say("逐份与公示名单比对。", "Compare all papers with the frozen list."))
def compare_(round_key: RoundKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Compare notices, awards and papers with the frozen list; exits 1 where they differ without a resolution."""
    with looking_as(as_login) as (session, act):
        wrong = compare(session, act, round_by_key(session, round_key).id or 0)
    if wrong and not as_json:
        raise Refused(say("与公示名单不一致，又没有相应的决议：", "They differ from the frozen list:"), wrong)
    told = say("与公示名单一致。", "All agree with the frozen list.")
    tell({"differences": wrong}, [told], as_json=as_json)
    if wrong:
        raise typer.Exit(1)


@app.command("render", help=say("重新生成发布文件（名单有变更之后）。", "Render the decision again."))
def render(round_key: RoundKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Render the decision again after an amendment; it waits to be released by another person."""
    with doing(as_login, as_json=as_json) as (session, act):
        names = render_again(session, act, round_by_key(session, round_key).id or 0)
    told = say(f"已重新生成，共 {names} 人，待他人放行。", f"Rendered with {names} names, to be released.")
    tell({"names": names}, [told], as_json=as_json)


@app.command("release", help=say("放行待发布的文件（制作人以外的复核人员）。", "Let what waits leave the house."))
def release(round_key: RoundKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Let out the decision and certificates, all or nothing."""
    with doing(as_login, as_json=as_json) as (session, act):
        files = [one.file_name for one in release_documents(session, act, round_by_key(session, round_key).id or 0)]
    told = [say(f"已放行 {len(files)} 份文件。", f"{len(files)} files released."), *files]
    tell({"files": files}, told, as_json=as_json)


@app.command("pack", help=say("一名入选人员的材料包（zip）。", "The material pack of a winner."))
def pack(
    round_key: RoundKey,
    case_no: Annotated[str, typer.Argument(metavar="CASE", help=say("申报编号", "case number"))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件（.zip）", "zip to write"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write letters, citation, photograph, certificate and public documents of a winner into a zip."""
    must_be_new(file)
    with doing(as_login, as_json=as_json) as (session, act):
        made = material_pack(session, act, round_key, case_no)
    save_file(file, made.content)
    told = say(f"已写到 {file}，{made.files} 个文件，清单在 manifest.json。", f"{file}: {made.files} files.")
    tell({"file": file, "files": made.files}, [told], as_json=as_json)


@app.command("site", help=say("把历届人选的公开网页写到一个文件夹。", "Write the public pages of winners."))
def site(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("写到此文件夹", "folder to write into"))],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the site of all released rounds as files for any web server; pages of revoked honours are removed."""
    written, removed = write_site(folder)
    told = say(f"已写出 {written} 个文件，移除 {removed} 个旧文件。", f"{written} files written, {removed} removed.")
    tell({"files": written, "removed": removed}, [told], as_json=as_json)


@app.command("check", help=say("核验证书编号。", "Check a certificate number."))
def check(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=say("证书编号", "certificate number"))],
    *,
    as_json: AsJson = False,
) -> None:
    """Say what a certificate number stands for; a mistyped or unknown one is refused."""
    with looking() as (session, _):
        found = check_certificate(session, number)
    standing = STANDING[found.status]
    told = f"{found.number}  {standing}  {found.name}  {found.honour}（{found.tier}）  {found.awarded_on}"
    result = {
        "number": found.number,
        "status": found.status.value,
        "name": found.name,
        "honour": found.honour,
        "tier": found.tier,
        "issuer": found.issuer,
        "awarded_on": found.awarded_on,
    }
    tell(result, [told], as_json=as_json)

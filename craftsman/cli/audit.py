"""Commands of the history: log, verify, compare, prove, check, keys, export."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import col, select

from craftsman.actions.changes import compare_results, move_lines
from craftsman.actions.checkpoints import Witnessed, check_proof, proof_for
from craftsman.actions.event_names import names_in
from craftsman.actions.history import export_history
from craftsman.actions.invariants import AGREE, broken_invariants
from craftsman.actions.matrix import matrix_csv, matrix_lines
from craftsman.actions.matrix_words import HARD_RULES
from craftsman.actions.readings import readings_of
from craftsman.actions.verification import check_history, history_line, witness_line
from craftsman.actions.views import round_by_key, stage_of
from craftsman.actions.visibility import hidden_from
from craftsman.audit.events import read_event
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    StageKey,
    acting_as,
    doing,
    group,
    keeping_refusals,
    load_file,
    looking,
    looking_as,
    must_be_new,
    save_file,
    table,
    tell,
    tell_rows,
    workplace,
)
from craftsman.cli.language import say
from craftsman.errors import Forbidden, Invalid
from craftsman.portal.acts import ACTS
from craftsman.portal.subjects import about, person
from models import AuditEvent

app = group("历史记录。", "The history.")


@app.command("permissions", help=say("权限表：谁可以办理什么。", "Who may do what."))
def permissions(
    *,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=say("以 CSV 输出", "print CSV"))] = False,
) -> None:
    """Print the whole table of permissions with the hard rules; it is the one that is enforced."""
    if as_csv:
        typer.echo(matrix_csv(), nl=False)
        return
    lines = [asdict(line) for line in matrix_lines()]
    if as_json:
        tell({"rules": HARD_RULES, "acts": lines}, [], as_json=True)
        return
    columns = {"title": "事项", "who": "身份", "relations": "与对象的关系", "phases": "环节的状态"}
    tell_rows("acts", lines, title=say("权限表（未列明的一律不准）", "Who may do what"), columns=columns, as_json=False)
    tell({}, [f"{number}. {rule}" for number, rule in enumerate(HARD_RULES, start=1)], as_json=False)


@app.command("log", help=say("最近的记录。", "The latest events."))
def log(
    subject: Annotated[str, typer.Option(help=say("只看此对象", "only of this subject"))] = "",
    limit: Annotated[int, typer.Option(min=1, help=say("条数", "how many"))] = 20,
    *,
    as_json: AsJson = False,
) -> None:
    """Show the latest events, the newest first."""
    query = select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(limit)
    if subject:
        query = query.where(AuditEvent.subject == subject)
    with looking() as (session, _):
        events = session.exec(query).all()
        bodies: list[Any] = [read_event(event.body) for event in events]
        names = names_in(session, bodies)
    if as_json:
        tell({"events": bodies}, [], as_json=True)
        return
    rows = [(one.seq, one.at, person(one.actor, names), _act(one.act), about(one.subject, names)) for one in events]
    table(say("历史记录（北京时间）", "History (China time)"), ("序号", "时间", "办理人", "事项", "对象"), rows)


@app.command("reads", help=say("谁查阅过个人信息。", "Who read personal data."))
def reads(
    round_key: RoundKey,
    actor: Annotated[str, typer.Option(help=say("只看此账号", "only of this account"))] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """List the readings of personal data, the newest first; what was read stands nowhere."""
    with looking_as(as_login) as (session, act):
        round_id = round_by_key(session, round_key).id or 0
        rows = [dict(one) for one in readings_of(session, act, round_id, actor=actor)]
    if not (as_json or rows):
        tell({}, [say("没有人查阅过。", "Nobody read any.")], as_json=False)
        return
    if not as_json:
        rows = [one | {"act": _act(one["act"])} for one in rows]
    columns = {"seq": "序号", "at": "时间", "actor": "办理人", "act": "事项", "subject": "对象"}
    tell_rows("reads", rows, title=say("个人信息查阅记录", "Readings"), columns=columns, as_json=as_json)


@app.command("verify", help=say("逐条核对历史记录。", "Check the whole history."))
def verify_(*, as_json: AsJson = False) -> None:
    """Check every event against its leaf and the chain; exit 1 when something does not hold."""
    with looking() as (session, place):
        found = check_history(session, place)
    holds = say(history_line(found.events, found.root), f"{found.events} events hold; root {found.root}")
    told = [*(_alarm(found.problems) or [holds]), _watched(found.witnessed)]
    tell(
        {"events": found.events, "root": found.root, "witnessed": found.witnessed.size, "problems": found.problems},
        told,
        as_json=as_json,
    )
    if found.problems:
        raise typer.Exit(1)


def _alarm(problems: Sequence[str]) -> list[str]:
    """What does not hold, and what to do about it; nothing where all holds."""
    if not problems:
        return []
    count = len(problems)
    return [
        *problems,
        say(
            f"共 {count} 处不符。请停止办理，保留数据库和备份，立即报告监督机构。",
            f"{count} findings. Stop working, keep database and backups, and report to the supervisors.",
        ),
    ]


def _act(act: str) -> str:
    return say(ACTS.get(act, act), act)


def _watched(found: Witnessed) -> str:
    english = f"Witnessed up to event {found.size}." if found.watched else "No witness is set up."
    return say(witness_line(found), english)


@app.command("invariants", help=say("核对数据库与历史记录是否一致。", "Compare the database with the history."))
def invariants(*, as_json: AsJson = False) -> None:
    """Say where the tables and the history differ; exit 1 when they do."""
    with looking() as (session, place):
        problems = broken_invariants(session, place)
    holds = say(AGREE, "Database and history agree.")
    tell({"problems": problems}, _alarm(problems) or [holds], as_json=as_json)
    if problems:
        raise typer.Exit(1)


@app.command("diff", help=say("比较一个环节的两次封存结果。", "Compare two sealed results of a stage."))
def diff(
    round_key: RoundKey,
    stage: StageKey,
    earlier: Annotated[int, typer.Argument(min=1, metavar="A", help=say("第几次封存", "one of them"))],
    later: Annotated[int, typer.Argument(min=1, metavar="B", help=say("与第几次比较", "the other"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Say who stands elsewhere in one sealed result of a stage than in another."""
    with looking_as(as_login) as (session, act):
        view = stage_of(session, round_key, stage)
        act.must("audit.read", view.round_id)
        if hidden_from(session, act, view.round_id):
            raise Forbidden(
                say("结果中有您须回避的人选，须由其他人员查看。", "Somebody you are recused from is in it.")
            )
        found = compare_results(session, view, earlier, later)
    same = say("名次、分值和结果均无变化。", "Nothing differs.")
    told = [*(move_lines(found.moved, view.programme) or [same]), *found.causes]
    tell({"moved": [asdict(one) for one in found.moved], "causes": found.causes}, told, as_json=as_json)


@app.command("prove", help=say("取一条记录的证明文件（.tlog-proof）。", "Write the proof of one event."))
def prove(
    seq: Annotated[int, typer.Argument(min=1, metavar="SEQ", help=say("回执上的序号", "number of the event"))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件", "file to write"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write a proof that anybody can check with the public keys alone."""
    must_be_new(file)
    with doing(as_login, as_json=as_json) as (session, act):
        content = proof_for(session, act, seq)
    save_file(file, content.encode())
    told = say(
        f"第 {seq} 条的证明在 {file}，用 craftsman audit check 核对；没有本系统的，用日志公钥和 tlog-proof 程序核对。",
        f"Proof of event {seq} written to {file}; check it by craftsman audit check, or the log's key and any program.",
    )
    tell({"seq": seq, "file": file}, [told], as_json=as_json)


@app.command("check", help=say("用公钥核验证明文件，打印所证的记录。", "Check a proof file with public keys."))
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("证明文件", "the proof file"))],
    *,
    as_json: AsJson = False,
) -> None:
    """Check a proof with the keys of this installation's log and witness; it needs no database."""
    place = workplace()
    body = check_proof(load_file(file).decode(errors="replace"), place.log_signer.verifier, place.witness)
    event = read_event(body)
    told = say(
        f"证明成立：第 {event['seq']} 条“{_act(event['act'])}”确在本系统签名的历史记录之中，原文没有改动。",
        f"The proof holds: event {event['seq']} ({event['act']}) is in the signed history, and unchanged.",
    )
    witness = place.witness and say("检查点也有见证方的签名。", "The witness signed the checkpoint too.")
    lines = [told, *([witness] if witness else []), say("原文：", "body:"), body]
    tell({"body": json.loads(body)}, lines, as_json=as_json)


@app.command("keys", help=say("打印公钥：日志的、见证方的。", "Print the public keys."))
def keys(*, as_json: AsJson = False) -> None:
    """Print the verifier keys by which others check proofs and evidence."""
    place = workplace()
    found = {"log": str(place.log_signer.verifier), "witness": str(place.witness or "")}
    named = {"log": say("日志公钥", "log"), "witness": say("见证方公钥", "witness")}
    lines = [f"{named[key]}：{value or say('未设置', 'none')}" for key, value in found.items()]
    hint = say("请当面或以书面交给核对的人，不要与证据包放在一起。", "Hand them over apart from the evidence.")
    tell(found, [*lines, hint], as_json=as_json)


@app.command("export", help=say("导出历史记录与密封结果，供审计离线核对。", "Export history and sealed results."))
def export(
    round_key: RoundKey,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件（.zip）", "file to write (.zip)"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write the audit export of a round."""
    must_be_new(file)
    act = acting_as(workplace(), as_login)
    try:
        with keeping_refusals(act):
            root = export_history(act, round_key, file)
    except OSError as fault:
        raise Invalid(say(f"无法写入 {file}，请检查文件夹和权限。", f"Cannot write {file}.")) from fault
    told = say(f"已导出到 {file}，根哈希 {root}", f"Exported to {file}; root {root}")
    how = say(
        "核对：解开后运行 python3 verify.py . --key 日志公钥；公钥用 craftsman audit keys 另行取得。",
        "To check: unpack and run python3 verify.py . --key LOGKEY; get the key apart, by craftsman audit keys.",
    )
    tell({"file": file, "root": root}, [told, how], as_json=as_json)

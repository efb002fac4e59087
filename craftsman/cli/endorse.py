"""Commands of recommending units: export the cases to decide on, import the decisions (both as .csv)."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from craftsman.actions.acting import Act
from craftsman.actions.endorse import EndorsementIn, decide_endorsements, deciding_stage, latest_decisions
from craftsman.actions.views import Case, cases, stage_of
from craftsman.cli.base import AsJson, AsLogin, RoundKey, StageKey, doing, group, load_file, save_file, tell
from craftsman.cli.language import say
from craftsman.errors import Invalid
from craftsman.rules.cells import as_written, neutralised
from models import Endorsement, EndorsementDecision

app = group("推荐意见：导出待定申报、导入决定。", "Endorsements: export cases, import decisions.")

CASE, NAME, UNIT, DECISION, RANK, REASON = HEADER = ("申报编号", "姓名", "工作单位", "决定", "名次", "理由")
WORDS = {
    "推荐": EndorsementDecision.RECOMMEND,
    "不推荐": EndorsementDecision.DECLINE,
    "退回": EndorsementDecision.RETURN,
}
TOLD = {decision: word for word, decision in WORDS.items()}


@app.command("export", help=say("导出归您决定的申报（.csv）。", "Write the cases you decide on (.csv)."))
def export(
    round_key: RoundKey,
    stage: StageKey,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件（.csv）", "file to write (.csv)"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write a row for each case of the actor's unit (of all units for staff), with the decision in force."""
    with doing(as_login, as_json=as_json) as (session, act):
        view = stage_of(session, round_key, stage)
        act.must("endorsement.decide", view.round_id)
        deciding_stage(view)
        mine = [case for case in cases(session, view.run_id) if _is_mine(act, view.round_id, case)]
        decided = latest_decisions(session, view.run_id)
    save_file(file, table_bytes([HEADER, *(_cells(case, decided.get(case.id)) for case in mine)]))
    told = say(f"{len(mine)} 件申报已导出到 {file}。", f"{len(mine)} cases written to {file}.")
    tell({"file": file, "cases": len(mine)}, [told], as_json=as_json)


def table_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """A .csv whose cells no spreadsheet takes for formulas."""
    text = StringIO()
    csv.writer(text).writerows([neutralised(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    # the mark lets Excel see that it is UTF-8
    return text.getvalue().encode("utf-8-sig")


def _is_mine(act: Act, round_id: int, case: Case) -> bool:
    return act.is_office(round_id) or case.nomination.organisation_id == act.actor.organisation_id


def _cells(case: Case, decided: Endorsement | None) -> list[object]:
    known = (TOLD[decided.decision], decided.rank, decided.reason) if decided else ("", case.nomination.rank, "")
    return [case.nomination.case_no, case.person.name, case.nomination.unit, *known]


@app.command("import", help=say("提交决定：推荐、不推荐、退回；有一处不对，全部不保存。", "Hand decisions in."))
def import_(
    round_key: RoundKey,
    stage: StageKey,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("填好的表（.csv）", "the filled file (.csv)"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Hand in the rows that bear a decision."""
    rows = _read(file)
    faults = [f"{row[CASE]}：{fault}" for row in rows if (fault := _fault(row))]
    decisions = [_decision(row) for row in rows if not _fault(row)]
    with doing(as_login, as_json=as_json) as (session, act):
        run_id = stage_of(session, round_key, stage).run_id
        count = decide_endorsements(session, act, run_id, decisions, faults=faults)
    tell({"decided": count}, [say(f"已保存 {count} 项新的决定。", f"{count} decisions are new.")], as_json=as_json)


def _read(file: Path) -> list[Mapping[str, str]]:
    """The rows that bear a decision."""
    try:
        rows = list(csv.DictReader(StringIO(_text(load_file(file)))))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise Invalid(say(f"{file} 不是 .csv 文件，请另存为 .csv 后再提交。", f"{file} is no CSV.")) from fault
    if not rows or not {CASE, DECISION, RANK, REASON} <= rows[0].keys():
        raise Invalid(say(f"{file} 的表头不对，请重新导出、填写后再提交。", f"{file} has another header."))
    return [row for row in rows if (row[DECISION] or "").strip()]


def _text(content: bytes) -> str:
    """The text of a .csv: UTF-8, or the national encoding in which Excel and WPS save again."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _fault(row: Mapping[str, str]) -> str:
    if row[DECISION].strip() not in WORDS:
        return f"“决定”应为{'、'.join(WORDS)}之一。"
    rank = (row[RANK] or "").strip()
    return "“名次”应为整数。" if rank and not (rank.isascii() and rank.isdecimal()) else ""


def _decision(row: Mapping[str, str]) -> EndorsementIn:
    rank = (row[RANK] or "").strip()
    return EndorsementIn(
        row[CASE], WORDS[row[DECISION].strip()], int(rank) if rank else None, as_written(row[REASON] or "")
    )

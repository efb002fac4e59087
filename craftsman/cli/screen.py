"""Commands of the screening: list, supplement, answered, override, confirm, withdraw."""

from typing import Annotated, Any

import typer

from craftsman.actions import overrides, supplements
from craftsman.actions.views import Case, StageView, cases, stage_of
from craftsman.cli.base import AsJson, AsLogin, RoundKey, StageKey, doing, group, looking, tell, tell_rows
from craftsman.cli.language import say
from craftsman.clock import last_day
from models import Override, Supplement

app = group("资格审查：不合格名单、补正、例外。", "Screening: failures, 补正, overrides.")

CaseNo = Annotated[str, typer.Argument(metavar="CASE", help=say("申报编号", "case number"))]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help=say("例外的编号", "the override's number"))]


@app.command("list", help=say("不合格的申报、理由、补正和例外。", "Failed cases, reasons, 补正 and overrides."))
def list_(round_key: RoundKey, stage: StageKey, *, as_json: AsJson = False) -> None:
    """List the cases that a screening found wanting, or noted."""
    with looking() as (session, _):
        view = stage_of(session, round_key, stage)
        given = supplements.supplements_of(session, view.run_id)
        set_aside = overrides.overrides_of(session, view.run_id)
        rows = [_row(case, given.get(case.id), set_aside) for case in cases(session, view.run_id) if _wanting(case)]
    columns = {
        "case": "申报编号",
        "name": "姓名",
        "reasons": "不合格理由",
        "notes": "提示",
        "supplement": "补正",
        "overrides": "例外",
    }
    shown = rows if as_json else [{**row, **{key: "\n".join(row[key]) for key in _LINES}} for row in rows]
    tell_rows("cases", shown, title=say("资格审查", "Screening"), columns=columns, as_json=as_json)


_LINES = ("reasons", "notes", "overrides")


def _wanting(case: Case) -> bool:
    detail: dict[str, Any] = case.entry.detail
    return bool(detail.get("reasons") or detail.get("notes"))


def _row(case: Case, given: Supplement | None, set_aside: list[Override]) -> dict[str, Any]:
    detail: dict[str, Any] = case.entry.detail
    held = [f"{row.id}号：{'、'.join(row.rules)}（{_state(row)}）" for row in set_aside if row.nomination_id == case.id]
    return {
        "case": case.nomination.case_no,
        "name": case.person.name,
        "failed": detail["failed"],
        "reasons": detail["reasons"],
        "notes": detail["notes"],
        "supplement": _given(given),
        "overrides": held,
    }


def _given(given: Supplement | None) -> str:
    if given is None:
        return ""
    if given.answered_at is not None:
        return "已补正"
    return "逾期未补正" if given.lapsed_at is not None else f"待补正，{last_day(given.due_at)}前（含当日）"


def _state(row: Override) -> str:
    return "已确认" if row.confirmed_at is not None else "待确认"


@app.command("supplement", help=say("要求补正：每件申报只有一次。", "Return failed cases to be put right, once."))
def supplement(
    round_key: RoundKey,
    stage: StageKey,
    case_nos: Annotated[list[str], typer.Argument(metavar="CASE...", help=say("申报编号", "case numbers"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Give failed cases their one chance."""
    with doing(as_login, as_json=as_json) as (session, act):
        view: StageView = stage_of(session, round_key, stage)
        due = supplements.request_supplements(session, act, view.run_id, case_nos)
    told = say(
        f"已退回补正 {len(case_nos)} 件，{last_day(due)}前（含当日）有效。",
        f"{len(case_nos)} returned until {due}.",
    )
    tell({"cases": case_nos, "due": due}, [told], as_json=as_json)


@app.command("answered", help=say("受理只补材料、未改汇总表的补正。", "Take a 补正 that was made by papers alone."))
def answered(
    round_key: RoundKey, stage: StageKey, case_no: CaseNo, as_login: AsLogin = "", *, as_json: AsJson = False
) -> None:
    """Note that a case was put right by papers."""
    with doing(as_login, as_json=as_json) as (session, act):
        supplements.answer_by_papers(session, act, stage_of(session, round_key, stage).run_id, case_no)
    tell({"case": case_no}, [say("已受理补正。", "Answered.")], as_json=as_json)


@app.command("override", help=say("提出例外：须另一人确认才生效。", "Propose to set failed rules aside."))
def override(
    round_key: RoundKey,
    stage: StageKey,
    case_no: CaseNo,
    rule: Annotated[list[str], typer.Option(metavar="KIND", help=say("不合格的规则，可写几次", "failed rule"))],
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Propose an override."""
    with doing(as_login, as_json=as_json) as (session, act):
        run_id = stage_of(session, round_key, stage).run_id
        number = overrides.propose_override(session, act, run_id, case_no, rules=rule, reason=reason)
    told = say(f"已提出第 {number} 号例外，待复核人确认。", f"Override {number} waits to be confirmed.")
    tell({"number": number}, [told], as_json=as_json)


@app.command("confirm", help=say("确认他人提出的例外。", "Confirm another's override."))
def confirm(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Agree to an override."""
    with doing(as_login, as_json=as_json) as (session, act):
        overrides.confirm_override(session, act, number)
    tell({"number": number}, [say("已确认。", "Confirmed.")], as_json=as_json)


@app.command("withdraw", help=say("撤回例外。", "Withdraw an override."))
def withdraw(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Take an override back."""
    with doing(as_login, as_json=as_json) as (session, act):
        overrides.withdraw_override(session, act, number)
    tell({"number": number}, [say("已撤回。", "Withdrawn.")], as_json=as_json)

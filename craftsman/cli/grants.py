"""Commands of roles: propose, look, confirm, refuse, end; and of roles lent in an emergency."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from craftsman.actions import emergencies, proposals
from craftsman.actions.grants import end_role_early
from craftsman.actions.proposals import GrantIn, ProposalView
from craftsman.actions.statuses import PROPOSAL_STATUS, ROLE_NAMES
from craftsman.actions.views import round_by_key
from craftsman.cli.base import AsJson, AsLogin, doing, load_text, looking_as, table, tell, tell_rows
from craftsman.cli.language import say
from craftsman.clock import instant
from craftsman.errors import Invalid
from models import Role

Number = Annotated[int, typer.Argument(metavar="NUMBER", help=say("编号", "its number"))]
RoleName = Annotated[str, typer.Option("--role", help=say("身份，如 expert", "the role"))]
OfRound = Annotated[str, typer.Option("--round", help=say("仅在此轮次有效", "for this round only"))]
Reason = Annotated[str, typer.Option(help=say("理由", "the reason"))]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the group of accounts."""
    app.command("grant", help=say("提出授权：给谁什么身份，由审计员确认。", "Propose roles."))(grant)
    app.command("grants", help=say("待确认的授权，或某一号的名单。", "Proposals that wait."))(grants)
    app.command("confirm-grants", help=say("确认授权（须核对指纹）。", "Confirm a proposal."))(confirm_grants)
    app.command("refuse-grants", help=say("不予确认，须写明理由。", "Turn a proposal down."))(refuse_grants)
    app.command("end-role", help=say("提前终止一项身份。", "End a role early."))(end_role)
    app.command("ask-emergency", help=say("提出应急授权（不超过一小时）。", "Ask for break-glass."))(ask_emergency)
    app.command("agree-emergency", help=say("同意应急授权。", "Agree to break-glass."))(agree_emergency)
    app.command("end-emergency", help=say("结束应急授权。", "End break-glass."))(end_emergency)
    app.command("emergencies", help=say("应急授权的登记。", "All break-glass."))(list_emergencies)


def grant(
    logins: Annotated[list[str] | None, typer.Argument(metavar="LOGIN", help=say("账号，可多个", "logins"))] = None,
    role: RoleName = "",
    file: Annotated[Path | None, typer.Option(help=say("名单：每行“账号,身份”", "lines of login,role"))] = None,
    round_key: OfRound = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Propose a role for accounts, or a whole table of people, in one proposal."""
    wanted = [GrantIn(login, role) for login in logins or ()] + (_lines_of(file) if file else [])
    with doing(as_login, as_json=as_json) as (session, act):
        number = proposals.propose_grants(session, act, wanted, round_id=_round(session, round_key))
    told = say(f"已提出第 {number} 号授权，待审计员确认。", f"Proposal {number} waits for the auditor.")
    tell({"proposal": number}, [told], as_json=as_json)


def grants(
    number: Annotated[int, typer.Argument(metavar="[NUMBER]", help=say("编号", "its number"))] = 0,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """List the proposals that wait, or show one with its people and digest."""
    with looking_as(as_login) as (session, act):
        found = [proposals.proposal(session, act, number)] if number else proposals.waiting_proposals(session, act)
    if as_json:
        tell({"proposals": [_as_row(one) for one in found]}, [], as_json=True)
        return
    for one in found:
        _show(one)
    if not found:
        tell({}, [say("没有待确认的授权。", "Nothing waits.")], as_json=False)


def confirm_grants(
    number: Number,
    digest: Annotated[str, typer.Option(help=say("所核对名单的指纹", "digest of the list"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Grant what was proposed, as it was seen."""
    with doing(as_login, as_json=as_json) as (session, act):
        count = proposals.confirm_proposal(session, act, number, seen=digest)
    tell({"granted": count}, [say(f"已确认，授予 {count} 项身份。", f"{count} roles granted.")], as_json=as_json)


def refuse_grants(number: Number, reason: Reason, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Turn a proposal down."""
    with doing(as_login, as_json=as_json) as (session, act):
        proposals.refuse_proposal(session, act, number, reason=reason)
    tell({"proposal": number}, [say("已记为不予确认。", "Turned down.")], as_json=as_json)


def end_role(
    login: Annotated[str, typer.Argument(metavar="LOGIN", help=say("账号", "login"))],
    role: RoleName,
    reason: Reason,
    round_key: OfRound = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """End somebody's role before its round ends."""
    if role not in ROLE_NAMES:
        raise Invalid(say(f"没有“{role}”这种身份。", f"No such role: {role}."))
    with doing(as_login, as_json=as_json) as (session, act):
        end_role_early(session, act, login, Role(role), round_id=_round(session, round_key), reason=reason)
    tell({"login": login}, [say("身份已终止。", "Role ended.")], as_json=as_json)


def ask_emergency(
    round_key: Annotated[str, typer.Argument(metavar="ROUND", help=say("轮次", "the round's key"))],
    role: RoleName,
    reason: Reason,
    minutes: Annotated[int, typer.Option(help=say("多少分钟，至多 60", "for how long"))] = emergencies.LONGEST,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Ask to be lent a role; the other administrator agrees."""
    asked = emergencies.Asked(role, minutes, reason)
    with doing(as_login, as_json=as_json) as (session, act):
        number = emergencies.ask_emergency(session, act, round_key, asked)
    told = say(f"已提出第 {number} 号应急授权，待另一名管理员同意。", f"Number {number}: the other one must agree.")
    tell({"emergency": number}, [told], as_json=as_json)


def agree_emergency(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Agree to what another administrator asks."""
    with doing(as_login, as_json=as_json) as (session, act):
        until = emergencies.agree_to_emergency(session, act, number).ends_at
    assert until is not None
    told = say(f"已同意，至 {instant(until)} 止；已函告审计员。", f"Lent until {instant(until)}; auditors are told.")
    tell({"emergency": number, "until": until}, [told], as_json=as_json)


def end_emergency(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """End a loan before its time."""
    with doing(as_login, as_json=as_json) as (session, act):
        emergencies.end_emergency(session, act, number)
    tell({"emergency": number}, [say("应急授权已结束。", "Ended.")], as_json=as_json)


def list_emergencies(as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List everything that was lent or asked for."""
    with looking_as(as_login) as (session, act):
        found = emergencies.emergencies(session, act)
        rows = [
            {
                "number": row.id,
                "login": account.login,
                "role": row.role,
                "round": round_.key,
                "minutes": row.minutes,
                "asked_at": row.asked_at,
                "agreed_at": row.agreed_at,
                "ends_at": row.ends_at,
                "reason": row.reason,
            }
            for row, account, round_ in found
        ]
    columns = {
        "number": "编号",
        "login": "账号",
        "role": "身份",
        "round": "轮次",
        "minutes": "分钟",
        "agreed_at": "同意",
        "ends_at": "止",
        "reason": "理由",
    }
    tell_rows("emergencies", rows, title=say("应急授权", "Break-glass"), columns=columns, as_json=as_json)


def _lines_of(file: Path) -> list[GrantIn]:
    rows = [line.split(",") for line in load_text(file).splitlines() if line.strip()]
    if wrong := [",".join(row) for row in rows if len(row) != 2]:
        raise Invalid(say("名单每行须为“账号,身份”，下列各行有误：", "Lines must be login,role:"), wrong)
    return [GrantIn(login.strip(), role.strip()) for login, role in rows]


def _round(session: Session, key: str) -> int | None:
    return round_by_key(session, key).id if key else None


def _as_row(one: ProposalView) -> dict[str, Any]:
    keys = ("login", "name", "reports_for", "role", "held")
    lines = [{key: getattr(line, key) for key in keys} for line in one.lines]
    told = {"number": one.row.id, "status": one.row.status, "round": one.round_key, "digest": one.digest}
    return {**told, "proposed_by": one.proposer, "proposed_at": one.row.proposed_at, "grants": lines}


def _show(one: ProposalView) -> None:
    state = PROPOSAL_STATUS[one.row.status]
    rows = [
        [line.login, line.name, line.unit, line.reports_for, _roles([line.role]), _roles(line.held)]
        for line in one.lines
    ]
    title = say(f"第 {one.row.id} 号授权（{one.round_title}，{state}）", f"Proposal {one.row.id}")
    table(title, ["账号", "姓名", "工作单位", "推荐单位", "拟授身份", "已有身份"], rows)
    told = say(f"{one.proposer}于 {instant(one.row.proposed_at)} 提出，指纹 {one.digest}", f"digest {one.digest}")
    tell({}, [told], as_json=False)


def _roles(codes: Sequence[str]) -> str:
    return "、".join(ROLE_NAMES.get(code, code) for code in codes)

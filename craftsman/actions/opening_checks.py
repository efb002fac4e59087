"""What is looked at before a round opens: calendar, quotas, people, letters, machine. It informs; people decide."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session, and_, col, func, select

from craftsman import clock
from craftsman.actions.acting import Act
from craftsman.actions.health import examine_for_round
from craftsman.actions.rounds import rounds
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.actions.views import read_programme
from craftsman.actions.workplace import Workplace
from craftsman.mail.letters import names_needed
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Ballot, Contest, NoticeStage, Score, Stage
from craftsman.rules.redating import is_workday, unknown_years
from models import Account, Grant, Organisation, Role, RoundStatus

# fewer members can hold no majority of two thirds against one
LEAST_MEMBERS = 3
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it holds, why, what to do, and a page for it; `later`: after the opening will do."""

    title: str
    holds: bool
    why: str
    todo: str = ""
    link: str = ""
    later: bool = False


def checks_before_opening(session: Session, act: Act, programme: Programme) -> list[Check]:
    """All checks in order; none changes anything. A constant number of queries."""
    act.must("round.open", None)
    held = _people(session)
    return [
        *_of_calendar(act.place, programme),
        *_of_numbers(session, programme),
        *_of_units(session, programme),
        *(_of_people(stage, held) for stage in programme.rules.stages),
        _of_letters(programme),
        _of_others(session, programme),
    ]


def checks_of_machine(place: Workplace) -> list[Check]:
    """What `craftsman doctor` finds that bears on the round, one line each."""
    return [
        Check("系统检查", one.holds, one.check, "" if one.holds else one.advice or "请联系系统管理员。")
        for one in examine_for_round(place)
    ]


def _of_calendar(place: Workplace, programme: Programme) -> Iterator[Check]:
    days = {clock.day(one) for dates in programme.plan.dates.values() for one in (dates.opens, dates.closes)}
    unknown = unknown_years(days | {programme.plan.announce_on}, place.workdays)
    told = "、".join(f"{year} 年" for year in unknown)
    yield Check(
        "放假调休安排",
        not unknown,
        f"没有 {told}的放假调休安排，这些日期暂按周一至周五推算。" if unknown else "各环节所在年度的放假安排都已载入。",
        f"国务院办公厅公布后补充 config/calendars/{unknown[0]}.toml，再核对日期；公示期限到时须有该年度的安排。"
        if unknown
        else "",
        later=True,
    )
    titles = {stage.key: stage.title for stage in programme.rules.stages}
    resting = [
        f"{titles[key]}（{clock.day(dates.opens)}）"
        for key, dates in programme.plan.dates.items()
        if not is_workday(clock.day(dates.opens), place.workdays)
    ]
    why = f"在休息日开启：{'、'.join(resting)}。" if resting else "各环节都在工作日开启。"
    yield Check("开启日是工作日", not resting, why, "请返回修改日期。" if resting else "")


def _of_numbers(session: Session, programme: Programme) -> Iterator[Check]:
    plan, seats = programme.plan, programme.seats
    reserve = max((stage.reserve for stage in programme.rules.stages if isinstance(stage, Ballot)), default=0)
    total = sum(plan.quotas.values())
    before = next((one for one in rounds(session) if one.slug == programme.rules.slug), None)
    last = read_programme(before.programme).plan if before else None
    told = f"名额合计 {total}，入选 {seats}，另定递补 {reserve}。"
    if last is not None:
        told += f"上一届名额合计 {sum(last.quotas.values())}。"
    enough = total >= seats + reserve
    yield Check("名额合计", enough, told, "" if enough else "请返回修改名额。")
    fresh = last is None or last.seed != plan.seed
    why = "种子与上一届不同。" if fresh else "种子与上一届相同，任何人都可事先算出抽签结果。"
    yield Check("公开种子", fresh, why, "" if fresh else "请返回改用由监督组当场确定的数字。")


def _of_units(session: Session, programme: Programme) -> Iterator[Check]:
    """Whether each unit with a quota has somebody, and whether they may report: roles of a round end with it."""
    may_report = and_(
        Grant.account_id == Account.id,
        Grant.role == Role.REPORTER,
        col(Grant.round_id).is_(None),
        col(Grant.ended_at).is_(None),
    )
    query = (
        select(Organisation.code, func.count(col(Grant.id)))
        .join(Account, col(Account.organisation_id) == Organisation.id)
        .outerjoin(Grant, may_report)
        .where(col(Account.disabled_at).is_(None))
    )
    reporters = dict(session.exec(query.group_by(col(Organisation.code))).all())
    wanted = [
        unit
        for unit in programme.reference.reporting_units
        if programme.plan.quotas.get(unit.code) and unit.kind != "office"
    ]
    lacking = [unit.short for unit in wanted if unit.code not in reporters]
    why = (
        f"{len(lacking)} 个有名额的推荐单位还没有账号：{_some(lacking)}。" if lacking else "有名额的推荐单位都有账号。"
    )
    todo = "请系统管理员开账号（craftsman account add --organisation）。" if lacking else ""
    yield Check("推荐单位的账号", not lacking, why, todo, later=True)
    silent = [unit.short for unit in wanted if reporters.get(unit.code) == 0]
    why = f"{len(silent)} 个推荐单位的账号还不能报送本届：{_some(silent)}。往届的身份不延用到本届。"
    todo = "开启后，请安全保密管理员为其提出本轮次的推荐单位经办人身份。"
    if silent:
        yield Check("推荐单位的身份", False, why, todo, later=True)


def _of_people(stage: Stage, held: Mapping[str, int]) -> Check:
    wanted = _wanted(stage)
    told = "、".join(f"{ROLE_NAMES[role]} {held.get(role, 0)} 人（须 {count} 人）" for role, count in wanted.items())
    short = [role for role, count in wanted.items() if held.get(role, 0) < count]
    return Check(
        f"{stage.title}：人员",
        not short,
        told or "不须人员办理。",
        f"请安全保密管理员为{'、'.join(ROLE_NAMES[role] for role in short)}提出授权；开启后也可只为本轮次授权。"
        if short
        else "",
        later=True,
    )


def _wanted(stage: Stage) -> Counter[str]:
    """How many people of each role a stage needs at the least: its signers, its judges, its members."""
    wanted = Counter({str(demand.role): demand.count for demand in stage.signoffs})
    match stage:
        case Score():
            wanted[Role.EXPERT] = max(wanted[Role.EXPERT], stage.per_nomination)
        case Contest():
            wanted[Role.JUDGE] = max(wanted[Role.JUDGE], stage.aggregation.least)
        case Ballot():
            wanted[Role.COMMITTEE] = max(wanted[Role.COMMITTEE], LEAST_MEMBERS)
        case NoticeStage():
            wanted[Role.VERIFIER] = max(wanted[Role.VERIFIER], 1)
        case _:
            pass
    return wanted


def _people(session: Session) -> dict[str, int]:
    """How many people hold each role in all rounds, by one query."""
    query = (
        select(Grant.role, func.count(func.distinct(Grant.account_id)))
        .join(Account, col(Account.id) == Grant.account_id)
        .where(col(Grant.round_id).is_(None), col(Grant.ended_at).is_(None), col(Account.disabled_at).is_(None))
    )
    return dict(session.exec(query.group_by(col(Grant.role))).all())


def _of_letters(programme: Programme) -> Check:
    lacking = [letter for letter in programme.rules.letters if not _has_letter(letter)]
    if lacking:
        why, todo = f"缺少函件模板：{'、'.join(lacking)}。", "请在 templates/mail/ 下备好同名文件夹。"
        return Check("函件模板", False, why, todo)
    return Check("函件模板", holds=True, why=f"{len(programme.rules.letters)} 种函件的模板都已备好。")


def _has_letter(letter: str) -> bool:
    try:
        names_needed(letter)
    except ValueError:
        return False
    return True


def _of_others(session: Session, programme: Programme) -> Check:
    running = [
        one for one in rounds(session) if one.slug == programme.rules.slug and one.status != RoundStatus.FINISHED
    ]
    if not running:
        return Check("上一届已办结", holds=True, why="没有还在进行的轮次。")
    why = f"“{running[0].title}”还在进行。"
    return Check(
        "上一届已办结", False, why, "两届可以同时进行；请确认不是重复开启。", f"/rounds/{running[0].key}", later=True
    )


def _some(names: list[str]) -> str:
    more = f"等 {len(names)} 个" if len(names) > MOST_NAMED else ""
    return "、".join(names[:MOST_NAMED]) + more

"""开新一届: a round opened from an earlier one: chosen, moved, corrected, checked, previewed and confirmed."""

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter
from sqlmodel import Session, select
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.next_round import configured_plan, next_plan, open_by_plan, origins, programme_of
from craftsman.actions.opening_checks import checks_before_opening, checks_of_machine
from craftsman.errors import Invalid, Refused
from craftsman.portal.forms import Form, day_of
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.portal.plan_form import Read, beside, fields_of, read_plan
from craftsman.programme.load import list_programmes
from craftsman.programme.programme import Programme
from craftsman.programme.workday_table import WEEKDAYS
from craftsman.rules.redating import unknown_years
from craftsman.store.engine import reading
from models import Organisation

router = APIRouter()
NO_START = "请填首个环节的开启日期，如 2026-09-01。"

NEW = "/rounds/new"
FIRST_YEAR, LAST_YEAR = 2000, 2100
CHANGED = "评选规则或名录在您查看之后有变化，请重新检查后再开启。"


@router.get(NEW)
def choose(visit: Member) -> HTMLResponse:
    """From which round or configuration, for which year, from which day."""
    return _chooser(visit, {})


@router.get(f"{NEW}/plan")
def draft(visit: Member, origin: str = "", year: str = "", start: str = "", file: str = "") -> Response:
    """The plan of the new round, moved by working days or as its file has it, every date to be corrected."""
    visit.act().must("round.open", None)
    if not origin and not file:
        return go(NEW)
    typed = {"origin": origin, "year": year, "start": start, "file": file}
    try:
        with reading(visit.place.engine) as session:
            act = visit.act()
            if file:
                slug, _, told = file.rpartition("-")
                plan = configured_plan(session, act, slug, _year(told))
            else:
                slug, plan = next_plan(session, act, origin, year=_year(year), start=day_of(start, NO_START))
    except Refused as refused:
        return _chooser(visit, typed, refused)
    return _editor(visit, slug, plan.year, fields_of(plan))


@router.post(f"{NEW}/check")
def check(visit: Member, form: Sent) -> HTMLResponse:
    """What the plan comes to: every problem, the checks before opening, and what would be created."""
    visit.act().must("round.open", None)
    slug, year, read = _sent(form)
    try:
        _must_be_read(read)
        with reading(visit.place.engine) as session:
            programme = programme_of(session, visit.place, slug, year, read.plan)
            checks = checks_before_opening(session, visit.act(), programme)
            new_units = _new_units(session, programme)
    except Refused as refused:
        return _editor(visit, slug, year, dict(form.fields), refused=refused, read=read)
    return visit.page(
        "round-checks.html",
        programme=programme,
        digest=programme.digest(),
        checks=[*checks, *checks_of_machine(visit.place)],
        new_units=new_units,
        fields=_carried(form),
    )


@router.post(f"{NEW}/edit")
def edit(visit: Member, form: Sent) -> HTMLResponse:
    """Back from the checks to the fields, as they were typed."""
    visit.act().must("round.open", None)
    slug, year, _ = _sent(form)
    return _editor(visit, slug, year, dict(form.fields))


@router.post(f"{NEW}/open")
def open_it(visit: Member, form: Sent) -> Response:
    """Open the round: the same act as that of the command line, under the rules that were shown."""
    visit.act().must("round.open", None)
    must_be_confirmed(form)
    slug, year, read = _sent(form)
    _must_be_read(read)

    def deed(session: Session, act: Act) -> None:
        _, programme = open_by_plan(session, act, slug, year, read.plan)
        if programme.digest() != form.text("digest", most=64):
            raise Refused(CHANGED)

    carry_out(visit, form, deed)
    return go(f"/rounds/{slug}-{year}", "round-opened")


def _sent(form: Form) -> tuple[str, int, Read]:
    year = _year(form.text("year", most=10))
    return form.text("slug", most=60), year, read_plan(form, year)


def _must_be_read(read: Read) -> None:
    if read.faults:
        raise Invalid("有几处填写不完整，请改正后再检查。")


def _carried(form: Form) -> list[tuple[str, str]]:
    """The fields of the plan, for a form that carries them on unseen."""
    return [(name, value) for name, value in form.fields if name not in {"form_token", "form_number"}]


def _chooser(visit: Visit, typed: Mapping[str, str], refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        found = origins(session, visit.act())
    next_year = max((one.year for one in found), default=visit.now.year - 1) + 1
    return visit.page(
        "round-new.html",
        status=refused.status if refused else 200,
        opened=[one for one in found if one.opened],
        configured=[one for one in found if not one.opened],
        typed={"origin": "", "year": str(next_year), "start": "", **{k: v for k, v in typed.items() if v}},
        refused=refused,
    )


def _editor(  # noqa: PLR0913  (what is shown, then what is wrong with it)
    visit: Visit,
    slug: str,
    year: int,
    fields: Mapping[str, str],
    *,
    refused: Refused | None = None,
    read: Read | None = None,
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        stages, units = _names(session, visit, slug)
    faults = {**beside(refused.details if refused else ()), **(read.faults if read else {})}
    days = [value[:10] for name, value in fields.items() if name.startswith(("opens.", "closes.", "announce_on"))]
    return visit.page(
        "round-plan.html",
        status=refused.status if refused else 200,
        slug=slug,
        year=year,
        fields=fields,
        stages=stages,
        units=units,
        faults=faults,
        refused=refused,
        unknown=unknown_years([one for text in days if (one := _maybe_day(text))], visit.place.workdays),
        weekdays={name: _weekday(value) for name, value in fields.items() if name.startswith(("opens.", "closes."))},
    )


def _names(session: Session, visit: Visit, slug: str) -> tuple[dict[str, str], dict[str, str]]:
    """Titles of the stages and names of the units of a programme, as its last configured year has them."""
    years = list_programmes(visit.place.settings.config_dir).get(slug)
    if not years:
        raise Invalid(f"配置中没有名为“{slug}”的评选，请从列表中选择。")
    programme = programme_of(session, visit.place, slug, years[-1])
    stages = {stage.key: stage.title for stage in programme.rules.stages}
    return stages, {unit.code: unit.name for unit in programme.reference.reporting_units}


def _new_units(session: Session, programme: Programme) -> list[str]:
    known = set(session.exec(select(Organisation.code)).all())
    return [unit.name for unit in programme.reference.reporting_units if unit.code not in known]


def _year(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not FIRST_YEAR <= int(text[:5]) <= LAST_YEAR:
        raise Invalid("请填年度，如 2027。")
    return int(text)


def _maybe_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _weekday(text: str) -> str:
    found = _maybe_day(text[:10])
    return "" if found is None else WEEKDAYS[found.weekday()]

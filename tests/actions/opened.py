"""A round whose intake is open, a stage later in it, and the small acts that tests of the first stages share."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

from sqlmodel import Session, select

from craftsman.actions import intake
from craftsman.actions.acting import Actor
from craftsman.actions.intake import ImportReport
from craftsman.actions.workplace import Workplace
from craftsman.programme.programme import Programme
from craftsman.sample.book import sample_workbook
from craftsman.sample.numbers import made_up_id
from craftsman.store.engine import transaction
from craftsman.workbook.template import filled_workbook
from models import Organisation, Round
from tests.driver import drive
from tests.factories import NOW, act_of, close_stage, make_account, make_programme, make_round, sign_gate


def larger(people: int) -> Programme:
    """The real programme with quotas for so many people."""
    programme = make_programme()
    times = -(-people // sum(programme.plan.quotas.values()))
    quotas = {code: seats * times for code, seats in programme.plan.quotas.items()}
    return programme.model_copy(update={"plan": programme.plan.model_copy(update={"quotas": quotas})})


def open_intake(place: Workplace, programme: Programme | None = None) -> Round:
    """A round that takes nominations and leads."""
    round_ = make_round(place, programme)
    drive(place, round_.key, NOW)
    return round_


def person(place: Workplace, login: str, *roles: str, unit: str = "") -> Actor:
    """An account with roles, of the recommending unit of that code."""
    with transaction(place.engine) as session:
        return make_account(session, login, *roles, organisation_id=unit_id(session, unit) if unit else None)


def unit_id(session: Session, code: str) -> int | None:
    """The id of a recommending unit."""
    return session.exec(select(Organisation.id).where(Organisation.code == code)).one()


def right_book(programme: Programme, people: int, seed: int = 7) -> bytes:
    """A workbook without errors."""
    return sample_workbook(programme, people=people, seed=seed, wrong_share=Fraction(0)).content


def row(number: int, **changes: object) -> dict[str, object]:
    """A right row of 唐山; the number makes the person."""
    born = date(1985, 5, 1) + timedelta(days=number)
    identity = made_up_id(Random(0), region="130203", birth=born, male=True)
    return {
        "name": f"某{number:02d}".translate(_HAN),
        "sex": "男",
        "ethnicity": "汉族",
        "id_number": identity,
        "political": "群众",
        "education": "大学专科",
        "unit": f"虚构机械{number}有限公司",
        "uscc": "91350100M000100Y43",
        "unit_nature": "国有企业",
        "region": "130203",
        "reporting_unit": "唐山市总工会",
        "channel": "工会寻",
        "post": "焊工",
        "position": "班组长",
        "skill_level": "技师",
        "years_in_trade": 12,
        "union_member": "是",
        "industry": "3",
        "rank": number,
        "unit_notice_start": date(2025, 8, 4),
        "unit_notice_end": date(2025, 8, 12),
        "phone": f"138000{number:05d}",
        "deeds": "技艺精湛，带徒有方。",
        "seat": "正选",
        "employed": "是",
        "unit_level": "其他企业",
        "admin_rank": "无",
        "worker_classes": "产业工人",
        "achievement": "",
        "certificate_no": "",
        "congress_date": date(2025, 7, 31),
        "congress_due": 90,
        "congress_present": 81,
        "congress_agree": 80,
        "opinion_date": date(2025, 8, 14),
        "unit_negative": "",
        "person_negative": "",
        "consulted": "公安",
        "postcode": "",
        **changes,
    }


def book(*rows: dict[str, object], programme: Programme | None = None) -> bytes:
    """A workbook of these rows, in this year's template or another programme's."""
    return filled_workbook(programme or make_programme(), rows)


def take_in(place: Workplace, round_: Round, actor: Actor, content: bytes, *, dry_run: bool = False) -> ImportReport:
    """Import a workbook in a transaction of its own."""
    with transaction(place.engine) as session:
        return intake.import_workbook(
            session, act_of(place, actor), round_.key, content=content, file_name="汇总表.xlsx", dry_run=dry_run
        )


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """New, corrected, unchanged, refused."""
    return report.created, report.updated, report.unchanged, report.refused


def pass_stage(place: Workplace, round_: Round, key: str, signers: list[tuple[Actor, str]]) -> None:
    """Close a stage, sign its gate and run what follows."""
    close_stage(place, round_, key, signers[0][0])
    drive(place, round_.key, NOW)
    assert sign_gate(place, round_, signers)
    drive(place, round_.key, NOW)


_HAN = {ord("0") + digit: character for digit, character in enumerate("零一二三四五六七八九")}

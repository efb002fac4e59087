"""What the demo leaves in its folder, and the summary of it."""

import shutil
from collections import defaultdict
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.history import export_history
from craftsman.actions.progress import funnel
from craftsman.actions.views import round_by_key
from craftsman.audit.log import head_of
from craftsman.demo.hand import Stagehand
from craftsman.demo.setup import PEOPLE
from craftsman.demo.show import Summary, Winner
from craftsman.store.engine import reading
from craftsman.store.files import clean_file_name
from models import Award, AwardStatus, Document, Message, MessageStatus, Nomination, Organisation, Person

FOLDERS = {"certificate": "certificates"}


def leave_files(hand: Stagehand) -> list[tuple[str, str]]:
    """Copy what was issued under readable names, write the audit export; returns (file, what it is)."""
    with reading(hand.place.engine) as session:
        auditor = actor_by_login(session, hand.login("auditor"))
        round_ = round_by_key(session, hand.round_key)
        issued = session.exec(select(Document).where(Document.round_id == round_.id).order_by(col(Document.id))).all()
    for document in issued:
        _copy(hand, document)
    export_history(Act(auditor, hand.place.now(), hand.place), hand.round_key, hand.out / "audit-export.zip")
    return _listing(hand.out)


def _copy(hand: Stagehand, document: Document) -> None:
    folder = hand.out / FOLDERS.get(document.kind, ".")
    folder.mkdir(exist_ok=True)
    source = hand.place.settings.documents_dir / document.sha256[:2] / document.sha256
    shutil.copyfile(source, folder / clean_file_name(document.file_name))


def _listing(out: Path) -> list[tuple[str, str]]:
    known = [
        ("nominations.xlsx", f"推荐汇总表（{PEOPLE} 人，含错误行）"),
        ("returned-nominations.xlsx", "退回的汇总表，错误已标出"),
        ("audit-export.zip", "历史记录、密封结果与规则，供离线核对"),
    ]
    forms: dict[str, list[str]] = defaultdict(list)
    for path in sorted(path for path in out.iterdir() if path.is_file() and path.name not in dict(known)):
        forms[path.stem].append(path.suffix.removeprefix(".").upper())
    folders = (("certificates", "证书（PDF）"), ("mail", "函件（.eml）"))
    counts = [(f"{name}/", f"{what} {len(list((out / name).iterdir()))} 份") for name, what in folders]
    return [*known, *((stem, "、".join(kinds)) for stem, kinds in forms.items()), *counts]


def summarise(hand: Stagehand, files: list[tuple[str, str]], *, seconds: float, prefect_seconds: float) -> Summary:
    """Read the summary from the database."""
    with reading(hand.place.engine) as session:
        round_ = round_by_key(session, hand.round_key)
        lines = funnel(session, round_.id or 0)
        head = head_of(session)
        return Summary(
            title=round_.title,
            funnel=lines,
            winners=_winners(session, hand, round_.id or 0),
            files=files,
            runs=[(line.title, line.flow_run_id or "") for line in lines],
            letters=session.exec(select(func.count()).where(Message.status == MessageStatus.SENT)).one(),
            events=head.size,
            head=head.root.hex(),
            seconds=seconds,
            prefect_seconds=prefect_seconds,
        )


def _winners(session: Session, hand: Stagehand, round_id: int) -> list[Winner]:
    tiers = {tier.key: tier for tier in hand.programme.rules.tiers}
    query = (
        select(Award, Person.name, Nomination.unit, Organisation.short)
        .join(Nomination, col(Nomination.id) == Award.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .join(Organisation, col(Organisation.id) == Nomination.organisation_id)
        .where(Award.round_id == round_id, Award.status == AwardStatus.VALID)
    )
    rows = sorted(session.exec(query).all(), key=lambda row: (tiers[row[0].tier].code, row[0].position))
    return [
        Winner(tiers[award.tier].title, award.certificate_no, name, unit, short) for award, name, unit, short in rows
    ]

"""Opening a round: rules recorded by digest, organisations and stages laid out, the first stage made due."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.views import read_programme
from craftsman.audit.log import Entry
from craftsman.errors import Refused
from craftsman.programme.programme import Programme
from craftsman.store.engine import once
from models import Organisation, Round, StageRun, StageStatus


def open_round(session: Session, act: Act, programme: Programme) -> Round:
    """Open the round of a programme and a year; opening it again is harmless, under other rules Refused."""
    act.must("round.open", None)
    opened = session.exec(select(Round).where(Round.key == programme.key)).first()
    if opened is not None:
        return _same_round(opened, programme)
    round_ = Round(
        key=programme.key,
        slug=programme.rules.slug,
        year=programme.plan.year,
        title=programme.plan.title,
        rules_digest=programme.digest(),
        programme=programme.canonical(),
        opened_at=act.now,
    )
    session.add(round_)
    session.flush()
    _lay_out_stages(session, round_, programme)
    add_organisations(session, programme)
    record(session, act, round_.id, [Entry("round.opened", round_.key, {"rules": round_.rules_digest})])
    return round_


def _same_round(opened: Round, programme: Programme) -> Round:
    if opened.rules_digest != programme.digest():
        raise Refused(f"轮次“{opened.key}”已按另一版规则开启；开启后规则不能更改，请恢复原配置文件或另立年度。")
    return opened


def _lay_out_stages(session: Session, round_: Round, programme: Programme) -> None:
    assert round_.id is not None
    for position, stage in enumerate(programme.rules.stages):
        first = position == 0
        session.add(
            StageRun(
                round_id=round_.id,
                position=position,
                key=stage.key,
                kind=stage.kind,
                title=stage.title,
                status=StageStatus.DUE if first else StageStatus.PLANNED,
                attempt=1 if first else 0,
            )
        )


def add_organisations(session: Session, programme: Programme) -> None:
    """Enter the programme's reporting units that are not there yet."""
    known = set(session.exec(select(Organisation.code)).all())
    for unit in programme.reference.reporting_units:
        if unit.code not in known:
            session.add(
                Organisation(code=unit.code, name=unit.name, short=unit.short, kind=unit.kind, email=unit.email)
            )
    session.flush()


def rounds(session: Session) -> list[Round]:
    """All rounds, the newest first."""
    return list(session.exec(select(Round).order_by(col(Round.id).desc())).all())


def english_names(session: Session) -> Mapping[str, str]:
    """What English pages say for texts of the programmes of all rounds; the newest has the last word."""
    texts = session.exec(select(Round.programme).order_by(col(Round.id))).all()
    return {text: said for one in texts for text, said in read_programme(one).english.items()}


def stages_of(session: Session, round_id: int) -> list[StageRun]:
    """A round's stages in order; once for a page."""
    query = select(StageRun).where(StageRun.round_id == round_id).order_by(col(StageRun.position))
    return list(once(session, ("stages", round_id), lambda: session.exec(query).all()))

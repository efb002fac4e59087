"""A backup opens on its own, agrees with its history, and shows what was changed in it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.backup import back_up, check_restored
from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.erasing import GONE_NAME
from craftsman.actions.erasures import ask_erasure, confirm_erasure
from craftsman.actions.invariants import broken_invariants
from craftsman.actions.workplace import Workplace
from craftsman.audit.commitments import forget_salts
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.backup import put_back
from craftsman.store.engine import make_engine, reading, transaction
from models import (
    Award,
    BallotPaper,
    Checkpoint,
    Document,
    Message,
    MessageStatus,
    Nomination,
    NominationStatus,
    NoticeLine,
    Person,
    Round,
    ScoreSheet,
    SealedResult,
    SignOff,
    StageEntry,
)
from tests.conftest import TEST_SECRETS
from tests.finished import copied, finished_round
from tests.tampering import unguard


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A whole round, finished."""
    return copied(finished_round(tmp_path_factory), tmp_path_factory.mktemp("finished") / "round")


@pytest.fixture
def copy(finished: Workplace, tmp_path: Path) -> Workplace:
    """The finished round in a database of this test's own."""
    back_up(act_of(finished, "admin"), tmp_path / "copy.db")
    return Workplace(finished.settings, make_engine(f"sqlite:///{tmp_path / 'copy.db'}"), TEST_SECRETS)


def act_of(place: Workplace, login: str) -> Act:
    with reading(place.engine) as session:
        return Act(actor_by_login(session, login), place.now(), place)


def test_whole_round_agrees_with_its_history(finished: Workplace) -> None:
    with reading(finished.engine) as session:
        assert broken_invariants(session, finished) == []


def test_erased_salts_are_no_difference(copy: Workplace) -> None:
    with transaction(copy.engine) as session:
        forget_salts(session, session.exec(select(Nomination.case_no)).all())
    with reading(copy.engine) as session:
        assert broken_invariants(session, copy) == []


def test_restored_backup_holds(copy: Workplace) -> None:
    with reading(copy.engine) as session:
        checkpoint = session.exec(select(Checkpoint.note).order_by(col(Checkpoint.size).desc())).first() or ""
    found = check_restored(copy, checkpoint)
    assert (found.problems, found.rounds, found.events > 1000) == ([], 1, True)


def test_erasure_leaves_the_evidence_whole(copy: Workplace) -> None:
    """A winner and one who was stopped are erased; history, tables and every sealed result still hold."""
    with reading(copy.engine) as session:
        query = select(Nomination.case_no, Person).join(Person).order_by(col(Nomination.case_no))
        case_nos = [
            session.exec(query.where(Nomination.status == status)).first()
            for status in (NominationStatus.AWARDED, NominationStatus.STOPPED)
        ]
    winner, stopped = (found[0] for found in case_nos if found)
    for case_no in (winner, stopped):
        with transaction(copy.engine) as session:
            number = ask_erasure(session, act_of(copy, "staff-01"), "person", case_no, reason="本人书面请求（虚构）")
        with transaction(copy.engine) as session:
            confirm_erasure(session, act_of(copy, "verifier-01"), number)
    with reading(copy.engine) as session:
        left = {case_no: person for case_no, person in session.exec(query).all() if person.erased_at}
    assert check_restored(copy).problems == []
    assert {case_no: person.name == GONE_NAME for case_no, person in left.items()} == {winner: False, stopped: True}


def test_backup_is_not_overwritten(finished: Workplace, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_bytes(b"kept")
    with pytest.raises(Refused, match="不会覆盖旧文件"):
        back_up(act_of(finished, "admin"), tmp_path / "there.db")
    assert (tmp_path / "there.db").read_bytes() == b"kept"


def test_only_administrators_back_up(finished: Workplace, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        back_up(act_of(finished, "staff-01"), tmp_path / "no.db")
    assert not (tmp_path / "no.db").exists()


def test_backup_is_put_back_into_nothing_only(copy: Workplace, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    put_back(file, tmp_path / "new" / "craftsman.db")
    assert (tmp_path / "new" / "craftsman.db").read_bytes() == file.read_bytes()
    with pytest.raises(Refused, match="不会覆盖现有数据库"):
        put_back(file, tmp_path / "new" / "craftsman.db")
    with pytest.raises(Invalid, match="不是 SQLite 备份文件"):
        put_back(Path(__file__), tmp_path / "other.db")


def test_backup_older_than_the_checkpoint_is_told(copy: Workplace, tmp_path: Path) -> None:
    shutil.copyfile(tmp_path / "copy.db", tmp_path / "later.db")
    later = Workplace(copy.settings, make_engine(f"sqlite:///{tmp_path / 'later.db'}"), TEST_SECRETS)
    back_up(act_of(later, "admin"), tmp_path / "later-copy.db")
    with transaction(later.engine) as session:
        make_checkpoint(session, act_of(later, "admin"))
        note = session.exec(select(Checkpoint.note).order_by(col(Checkpoint.size).desc())).first() or ""
    (told,) = check_restored(copy, note).problems
    assert "备份早于检查点" in told


def lose_a_sheet(session: Session) -> None:
    session.delete(session.exec(select(ScoreSheet).order_by(col(ScoreSheet.id))).first())


def change_a_mark(session: Session) -> None:
    sheet = session.exec(select(ScoreSheet).order_by(col(ScoreSheet.id))).first()
    assert sheet is not None
    sheet.marks = {**sheet.marks, next(iter(sheet.marks)): 10000}


def change_a_result(session: Session) -> None:
    result = session.exec(select(SealedResult).order_by(col(SealedResult.id).desc())).first()
    assert result is not None
    result.body = result.body.replace("advance", "stop", 1)


def forge_a_signature(session: Session) -> None:
    sign = session.exec(select(SignOff).order_by(col(SignOff.id))).first()
    assert sign is not None
    sign.role = "leader"


def stuff_the_box(session: Session) -> None:
    paper = session.exec(select(BallotPaper)).first()
    assert paper is not None
    session.add(BallotPaper(receipt="f" * 64, stage_run_id=paper.stage_run_id, choices=paper.choices))


def invent_an_award(session: Session) -> None:
    award = session.exec(select(Award).order_by(col(Award.id))).first()
    assert award is not None
    award.certificate_no = "HBDGJ-2026-A-999-X"


def replace_a_document(session: Session) -> None:
    document = session.exec(select(Document).order_by(col(Document.id))).first()
    assert document is not None
    document.sha256 = "0" * 64


def pretend_a_letter_sent(session: Session) -> None:
    letter = session.exec(select(Message).order_by(col(Message.id))).first()
    assert letter is not None
    letter.status, letter.message_id = MessageStatus.SENT, "<never-sent@example.org>"


def move_a_place(session: Session) -> None:
    entry = session.exec(select(StageEntry).where(col(StageEntry.place) == 1).order_by(col(StageEntry.id))).first()
    assert entry is not None
    entry.place = 2


def rename_on_a_notice(session: Session) -> None:
    line = session.exec(select(NoticeLine).order_by(col(NoticeLine.id))).first()
    assert line is not None
    line.name = "另一人"


def change_the_rules(session: Session) -> None:
    round_ = session.exec(select(Round)).one()
    round_.programme = round_.programme.replace('"seed":20260427', '"seed":20260428')


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        (change_the_rules, "规则"),
        (lose_a_sheet, "评分表"),
        (change_a_mark, "评分表"),
        (change_a_result, "封存结果 环节"),
        (forge_a_signature, "签批"),
        (stuff_the_box, "票决"),
        (invent_an_award, "证书"),
        (replace_a_document, "文件 文件库中缺少指纹为"),
        (pretend_a_letter_sent, "函件"),
        (move_a_place, "环节"),
        (rename_on_a_notice, "公示名单"),
    ],
)
def test_changed_table_disagrees_with_history(copy: Workplace, deed: Callable[[Session], None], told: str) -> None:
    with transaction(copy.engine) as session:
        unguard(session, "score_sheet", "sealed_result", "sign_off", "document", "notice_line")
        deed(session)
    with reading(copy.engine) as session:
        lines = broken_invariants(session, copy)
    assert {re.split("[ ：]", line)[0] for line in lines} == set(told.split())

"""A round that was announced; all people are fictitious."""

from craftsman.actions import amendments, releases, ties
from craftsman.actions.acting import Actor
from craftsman.actions.documents import documents_of
from craftsman.actions.workplace import Workplace
from craftsman.programme.programme import Programme
from craftsman.rules.certificates import certificate_number
from craftsman.store.engine import reading, transaction
from models import AmendmentKind, Document, TieKind
from tests.actions.made_once import made_once
from tests.actions.make_noticed import Noticed, at, make_noticed, noticed_again
from tests.factories import make_account

GREAT = ["丁样", "王小样", "文小样", "欧阳少样", "洪少样"]
CRAFTSMEN = ["李一样", "李大样", "高富", "高大富"]


def posted_round(place: Workplace, day: str = "2026-04-13") -> Noticed:
    """A round whose notice was posted on that day."""
    return made_once(place, f"posted {day}", lambda: _posted(place, day), noticed_again)


def announced(place: Workplace, programme: Programme | None = None) -> Noticed:
    """Nine winners, nothing let out yet."""
    if programme is None:
        return made_once(place, "announced", lambda: _announced(posted_round(place)), noticed_again)
    noticed = make_noticed(place, programme)
    noticed.post("2026-04-13")
    return _announced(noticed)


def substituted(place: Workplace) -> Noticed:
    """王小样 falls out, 林样 moves up; announced after the second period."""
    return made_once(place, "substituted", lambda: _substituted(posted_round(place)), noticed_again)


def _posted(place: Workplace, day: str) -> Noticed:
    noticed = make_noticed(place)
    noticed.post(day)
    return noticed


def _announced(noticed: Noticed) -> Noticed:
    noticed.close("2026-04-21")
    noticed.sign()
    return noticed


def _substituted(noticed: Noticed) -> Noticed:
    noticed.now = at("2026-04-15")
    noticed.rule(noticed.object_to("王小样"), upheld=True)
    noticed.promote()
    noticed.post("2026-04-16")
    noticed.close("2026-04-24")
    noticed.sign()
    return noticed


def kept(noticed: Noticed, kind: str) -> list[Document]:
    with reading(noticed.place.engine) as session:
        return [row for row in documents_of(session, noticed.round_id) if row.kind == kind]


def first_number() -> str:
    return certificate_number("HBDGJ", 2026, "A", 1)


def released(place: Workplace, programme: Programme | None = None) -> Noticed:
    """Announced, and let out by the verifier."""
    if programme is None:
        return made_once(place, "released", lambda: _released(announced(place)), noticed_again)
    return _released(announced(place, programme))


def _released(noticed: Noticed) -> Noticed:
    let_go(noticed)
    return noticed


def let_go(noticed: Noticed, actor: Actor | None = None) -> list[Document]:
    """Let out what waits."""
    with transaction(noticed.place.engine) as session:
        return releases.release_documents(session, noticed.act(actor or noticed.verifier), noticed.round_id)


def another(noticed: Noticed) -> Actor:
    """A second verifier."""
    with transaction(noticed.place.engine) as session:
        return make_account(session, "verifier-2", "verifier")


def propose(noticed: Noticed, who: str, kind: AmendmentKind, **changes: str) -> int:
    """Let the staff propose an amendment of somebody's place."""
    told = {"resolution": "领导小组会议纪要〔2026〕5号", **changes}
    with transaction(noticed.place.engine) as session:
        act, case_no = noticed.act(noticed.staff), noticed.people[who]
        return amendments.propose_amendment(session, act, noticed.round.key, case_no, kind=kind, **told)


def amend(noticed: Noticed, who: str, kind: AmendmentKind, **changes: str) -> int:
    """Amend by two people."""
    number = propose(noticed, who, kind, **changes)
    with transaction(noticed.place.engine) as session:
        amendments.confirm_amendment(session, noticed.act(noticed.verifier), number)
    return number


def recuse(noticed: Noticed, actor: Actor, who: str) -> None:
    """Tie somebody to a case by kinship."""
    with transaction(noticed.place.engine) as session:
        tie = ties.TieIn(TieKind.KINSHIP, "表亲", case_no=noticed.people[who])
        ties.declare_tie(session, noticed.act(actor), noticed.round_id, tie)

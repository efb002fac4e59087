"""Resolutions after the notice: a name corrected, a certificate issued anew, an honour revoked; two people record each.

A released list changes by nothing else; docs/adr/0032 says why.
"""

from collections.abc import Callable, Mapping

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.announcement import announce_view, standing_award
from craftsman.actions.certificates import issue_anew
from craftsman.actions.doors import check_move, move_nominations
from craftsman.actions.frozen_list import posted_lines
from craftsman.actions.letters import take_back
from craftsman.actions.reasons import written
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.rules.names import canonical_name, stray_sign
from models import Amendment, AmendmentKind, AwardStatus, Nomination, NominationStatus, Person, Round
from models.award import AWARD_MOVES

TITLES = {AmendmentKind.NAME: "更正姓名", AmendmentKind.REISSUE: "换发证书", AmendmentKind.REVOKE: "撤销称号"}


def propose_amendment(  # noqa: PLR0913  (the case, then by name)
    session: Session,
    act: Act,
    round_key: str,
    case_no: str,
    *,
    kind: AmendmentKind,
    resolution: str,
    name: str = "",
) -> int:
    """Propose an amendment that rests on a resolution; returns its number. It counts once somebody else confirms it.

    Refused for whoever is not on the list (names) or has no valid certificate (the others), and while another waits.
    """
    round_ = round_by_key(session, round_key)
    act.must("amendment.propose", round_.id)
    nomination = _nomination(session, round_, case_no)
    _must_not_concern(session, act, nomination)
    before, after = _names(session, nomination, name) if kind == AmendmentKind.NAME else ("", "")
    if kind != AmendmentKind.NAME:
        standing_award(session, nomination)
    _refuse_second(session, nomination)
    row = Amendment(
        round_id=nomination.round_id,
        nomination_id=nomination.id or 0,
        kind=kind,
        before=before,
        after=after,
        resolution=written(resolution, f"{TITLES[kind]}所依据的决议或事由"),
        proposed_by=act.actor.account,
        proposed_at=act.now,
    )
    session.add(row)
    session.flush()
    record(session, act, row.round_id, [_told("amendment.proposed", case_no, row)])
    return row.id or 0


def confirm_amendment(session: Session, act: Act, number: int) -> AmendmentKind:
    """Put an amendment into force; only another person than the proposer may, and nobody whom the case concerns."""
    row, nomination = _pending(session, number)
    told = f"{TITLES[row.kind]}须由两人办理：不能确认自己提出的事项。"
    act.must("amendment.confirm", row.round_id, relation=act.by(row.proposed_by), told=told)
    _must_not_concern(session, act, nomination)
    row.confirmed_by, row.confirmed_at = act.actor.account, act.now
    session.add(row)
    record(session, act, row.round_id, [_told("amendment.confirmed", nomination.case_no, row)])
    _EFFECTS[row.kind](session, act, row, nomination)
    return row.kind


def withdraw_amendment(session: Session, act: Act, number: int) -> None:
    """Take a proposal back that nobody has confirmed; it stays as history."""
    row, nomination = _pending(session, number)
    act.must("amendment.propose", row.round_id)
    row.withdrawn_by, row.withdrawn_at = act.actor.account, act.now
    session.add(row)
    record(session, act, row.round_id, [_told("amendment.withdrawn", nomination.case_no, row)])


def amendments_of(session: Session, act: Act, round_key: str) -> list[tuple[Amendment, str]]:
    """The amendments of a round with their case numbers, in order; those of hidden cases stay out."""
    round_ = round_by_key(session, round_key)
    act.must("nomination.read", round_.id)
    query = select(Amendment, Nomination.case_no).join(Nomination).where(Amendment.round_id == round_.id)
    hidden = hidden_from(session, act, round_.id or 0)
    return [one for one in session.exec(query.order_by(col(Amendment.id))).all() if one[1] not in hidden]


def _correct_name(session: Session, act: Act, row: Amendment, nomination: Nomination) -> None:
    _ = act
    person = session.get_one(Person, nomination.person_id)
    if person.name != row.before:
        raise Refused("提出更正之后姓名又有变动，请撤回这件更正，重新提出。")
    person.name = row.after
    session.add(person)


def _reissue(session: Session, act: Act, row: Amendment, nomination: Nomination) -> None:
    award = standing_award(session, nomination)
    check_move(AWARD_MOVES, award.status, AwardStatus.REISSUED, f"证书 {award.certificate_no} ")
    award.status, award.reason = AwardStatus.REISSUED, row.resolution
    session.add(award)
    new = issue_anew(session, act, announce_view(session, row.round_id), award)
    facts = {"voided": award.certificate_no, "certificate": new.certificate_no}
    record(session, act, row.round_id, [Entry("award.reissued", nomination.case_no, facts)])


def _revoke(session: Session, act: Act, row: Amendment, nomination: Nomination) -> None:
    award = standing_award(session, nomination)
    check_move(AWARD_MOVES, award.status, AwardStatus.REVOKED, f"证书 {award.certificate_no} ")
    award.status, award.reason = AwardStatus.REVOKED, row.resolution
    session.add(award)
    moved = move_nominations(session, [nomination], NominationStatus.REVOKED)
    facts = {"certificate": award.certificate_no}
    record(session, act, row.round_id, [Entry("award.revoked", case_no, facts) for case_no in moved])
    take_back(session, act, row.round_id, {"award"}, moved)


_EFFECTS: Mapping[AmendmentKind, Callable[[Session, Act, Amendment, Nomination], None]] = {
    AmendmentKind.NAME: _correct_name,
    AmendmentKind.REISSUE: _reissue,
    AmendmentKind.REVOKE: _revoke,
}


def _told(what: str, case_no: str, row: Amendment) -> Entry:
    return Entry(what, case_no, {"number": row.id, "kind": row.kind.value}, private={"resolution": row.resolution})


def _nomination(session: Session, round_: Round, case_no: str) -> Nomination:
    query = select(Nomination).where(Nomination.round_id == round_.id, Nomination.case_no == case_no)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(f"本轮次没有申报“{case_no}”，请核对申报编号。")
    return found


def _names(session: Session, nomination: Nomination, name: str) -> tuple[str, str]:
    if nomination.case_no not in {line.case_no for line in posted_lines(session, nomination.round_id)}:
        raise Refused(f"{nomination.case_no} 没有公示过，姓名有误的请按申报更正办理。")
    before = session.get_one(Person, nomination.person_id).name
    after = canonical_name(name)
    if sign := stray_sign(after):
        raise Invalid(f"姓名中有“{sign}”，请只填与身份证一致的姓名。")
    if after == before:
        raise Invalid("更正后的姓名与现在的相同，请核对。")
    return before, after


def _refuse_second(session: Session, nomination: Nomination) -> None:
    query = select(Amendment.id).where(
        Amendment.nomination_id == nomination.id,
        col(Amendment.confirmed_at).is_(None),
        col(Amendment.withdrawn_at).is_(None),
    )
    if number := session.exec(query).first():
        raise Refused(f"{nomination.case_no} 有第 {number} 号变更待确认，请先确认或撤回。")


def _pending(session: Session, number: int) -> tuple[Amendment, Nomination]:
    row = session.get(Amendment, number)
    if row is None:
        raise NotFound(f"没有第 {number} 号变更。")
    if row.withdrawn_at is not None or row.confirmed_at is not None:
        raise Refused(f"第 {number} 号变更已经办结，不能再办理。")
    return row, session.get_one(Nomination, row.nomination_id)


def _must_not_concern(session: Session, act: Act, nomination: Nomination) -> None:
    if nomination.case_no in hidden_from(session, act, nomination.round_id):
        raise Forbidden(f"您须回避申报 {nomination.case_no}，此事项请由其他人员办理。")

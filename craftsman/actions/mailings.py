"""Letters at the office: those of a round, the many that wait to be confirmed, and what people do about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.letters import letter_name, withdrawn
from craftsman.actions.reasons import written
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.mail import handling
from craftsman.mail.addresses import masked
from craftsman.mail.handling import DRAFTS, Mailing
from craftsman.mail.letters import Rendered, words_of
from craftsman.mail.recipients import SEALED_NAME
from models import DeliveryAttempt, Message, MessageStatus

PAGE = 50


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter with its words and its delivery log; `address` is masked."""

    row: Message
    address: str
    words: Rendered
    attempts: Sequence[DeliveryAttempt]

    @property
    def is_draft(self) -> bool:
        """Whether it can still be kept back."""
        return self.row.status in DRAFTS


def mailings_of(session: Session, act: Act, round_id: int) -> list[Mailing]:
    """What waits to be confirmed in a round. Forbidden to whoever must not see one of its cases."""
    act.must("mail.read", round_id)
    _refuse_recused(session, act, round_id)
    return handling.held_mailings(session, round_id)


def letters_of(  # noqa: PLR0913  (whose, then which, by name)
    session: Session,
    act: Act,
    round_id: int | None,
    *,
    statuses: Collection[MessageStatus] = (),
    letter: str = "",
    name: str = "",
    page: int = 1,
) -> tuple[Sequence[Message], int]:
    """A page of the letters of a round (None: of accounts), the newest first, and how many there are.

    Of these statuses, this kind, to recipients whose names contain this; sealed names are not searched. Forbidden as
    `mailings_of`.
    """
    act.must("mail.read", round_id)
    _refuse_recused(session, act, round_id)
    here = [Message.round_id == round_id, col(Message.status).in_(statuses or list(MessageStatus))]
    here += [Message.letter == letter] if letter else []
    here += [col(Message.recipient_name).contains(name, autoescape=True)] if name else []
    here += [col(Message.recipient_cipher) == ""] if name else []
    total = session.exec(select(func.count()).select_from(Message).where(*here)).one()
    query = select(Message).where(*here).order_by(col(Message.id).desc())
    return session.exec(query.offset((max(page, 1) - 1) * PAGE).limit(PAGE)).all(), total


def letter_view(session: Session, act: Act, letter_id: int) -> LetterView:
    """A letter as it would be read, with its delivery log. A sealed recipient's name and address are not shown."""
    row = _letter(session, letter_id)
    act.must("mail.read", row.round_id)
    _refuse_recused(session, act, row.round_id)
    attempts = handling.attempts_of(session, letter_id)
    return LetterView(row, address_of(row), words_of(row, row.recipient_name), attempts)


def address_of(row: Message) -> str:
    """A recipient's address as it may be shown."""
    return SEALED_NAME if row.recipient_cipher else masked(row.recipient)


def confirm_mailing(session: Session, act: Act, round_id: int, key: str, *, count: int) -> int:
    """Let the letters of a mailing go, whose number was seen; returns how many. Refused when the number is another."""
    act.must("mail.confirm", round_id)
    _refuse_recused(session, act, round_id)
    mailing = _mailing(session, round_id, key)
    if count != mailing.count:
        raise Refused(f"待发送的函件现有 {mailing.count} 封，与您确认的 {count} 封不符；请重新核对后再确认。")
    handling.release(session, mailing.ids, now=act.now)
    facts = {"letters": dict(mailing.letters), "domains": len(mailing.domains), "count": mailing.count}
    record(session, act, round_id, [Entry("mailing.confirmed", key, facts)])
    return mailing.count


def withdraw_mailing(session: Session, act: Act, round_id: int, key: str, *, reason: str) -> int:
    """Keep all letters of a mailing back, with the reason; returns how many."""
    act.must("mail.confirm", round_id)
    _refuse_recused(session, act, round_id)
    grounds = written(reason, "不发送的理由")
    mailing = _mailing(session, round_id, key)
    handling.withdraw(session, mailing.ids)
    entry = Entry("mailing.withdrawn", key, {"count": mailing.count}, private={"reason": grounds})
    record(session, act, round_id, [entry])
    return mailing.count


def withdraw_letter(session: Session, act: Act, letter_id: int) -> None:
    """Keep one letter back. Refused when it has left, or may have."""
    row = _letter(session, letter_id)
    act.must("mail.confirm", row.round_id)
    _refuse_recused(session, act, row.round_id)
    if not handling.withdraw(session, [letter_id]):
        raise Refused("这封函件已经送出、正在发送或已经撤回，不能撤回；请核对现在的状态。")
    record(session, act, row.round_id, [withdrawn(row)])


def send_again(session: Session, act: Act, letter_id: int) -> None:
    """Try a letter again that the server refused, once its cause is mended. Refused for any other."""
    row = _letter(session, letter_id)
    act.must("mail.confirm", row.round_id)
    _refuse_recused(session, act, row.round_id)
    if not handling.requeue(session, [letter_id], now=act.now):
        raise Refused("只有被拒收的函件才能重新发送；请核对现在的状态。")
    facts = {"letter": row.letter, "event": row.event_key}
    record(session, act, row.round_id, [Entry("letter.again", letter_name(row.message_id), facts)])


def send_refused_again(session: Session, act: Act, round_id: int, *, count: int) -> int:
    """Try all refused letters of a round again, whose number was seen; returns how many. Refused for another number."""
    act.must("mail.confirm", round_id)
    _refuse_recused(session, act, round_id)
    query = select(Message).where(Message.round_id == round_id, Message.status == MessageStatus.REFUSED)
    rows = session.exec(query.order_by(col(Message.id))).all()
    if count != len(rows) or not rows:
        raise Refused(f"被拒收的函件现有 {len(rows)} 封，与您核对的 {count} 封不符；请重新核对后再确认。")
    handling.requeue(session, [row.id or 0 for row in rows], now=act.now)
    told = [{"letter": row.letter, "event": row.event_key} for row in rows]
    entries = [Entry("letter.again", letter_name(row.message_id), facts) for row, facts in zip(rows, told, strict=True)]
    record(session, act, round_id, entries)
    return len(rows)


def kinds_of_letters(session: Session, round_id: int) -> list[str]:
    """The kinds of letters that a round has, for choosing among them."""
    query = select(Message.letter).where(Message.round_id == round_id).distinct()
    return sorted(session.exec(query).all())


def held_counts(session: Session) -> list[tuple[int, int]]:
    """How many letters of each round wait to be confirmed; one query."""
    query = select(Message.round_id, func.count()).where(Message.status == MessageStatus.HELD)
    return [(key, count) for key, count in session.exec(query.group_by(col(Message.round_id))).all() if key is not None]


def round_of_mailing(session: Session, key: str) -> int:
    """The round that a mailing belongs to, or NotFound."""
    found = session.exec(select(Message.round_id).where(Message.mailing == key).limit(1)).first()
    if found is None:
        raise _no_mailing(key)
    return found


def _mailing(session: Session, round_id: int, key: str) -> Mailing:
    for mailing in handling.held_mailings(session, round_id):
        if mailing.key == key:
            return mailing
    raise _no_mailing(key)


def _no_mailing(key: str) -> NotFound:
    return NotFound(f"没有待确认的群发“{key}”；可能已由他人确认或撤回，请刷新后核对。")


def _letter(session: Session, letter_id: int) -> Message:
    row = session.get(Message, letter_id)
    if row is None:
        raise NotFound("没有这封函件，请核对编号。")
    return row


def _refuse_recused(session: Session, act: Act, round_id: int | None) -> None:
    """Letters name cases and people, and their number tells of them: whoever is recused from one sees none."""
    if round_id is not None and hidden_from(session, act, round_id):
        raise Forbidden("本轮次中有您须回避的人选，函件由其他工作人员办理。")

"""Links that are good for one use: made for the mail, found by their token, used or voided; only hashes are kept."""

import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.letters import take_back_alone
from craftsman.actions.sealing import digest
from craftsman.errors import NotFound
from craftsman.store.bulk import in_slices, insert_rows, update_rows
from models import AccessLink, AccessPurpose, Account

EVENT = "access"
LIFE = {
    # whoever is invited may be away for a week; the office invites again with one command
    AccessPurpose.INVITATION: timedelta(days=7),
    # whoever asked sits before the page; a mailbox that is read later by somebody else opens nothing
    AccessPurpose.RESET: timedelta(minutes=30),
}
OVER = "链接已失效：可能已用过、已过期，或已由新的链接代替。"
REMEDY = "忘记密码请在登录页点“忘记密码”重新申请；首次登录请联系活动办公室重新邀请。"


class LinkOver(NotFound):
    """A link that is no longer good, or never was; the reason is the same for all."""

    status = 410

    def __init__(self) -> None:
        super().__init__(OVER, [REMEDY])


def make_links(session: Session, act: Act, purpose: AccessPurpose, accounts: Sequence[Account]) -> list[str]:
    """A token for each account, in their order; links made before for the same purpose are void."""
    void_links(session, act, [account.id or 0 for account in accounts], (purpose,))
    tokens = [secrets.token_urlsafe(32) for _ in accounts]
    links = [
        AccessLink(
            token_hash=digest(token),
            account_id=account.id or 0,
            purpose=purpose,
            made_at=act.now,
            expires_at=act.now + LIFE[purpose],
        )
        for account, token in zip(accounts, tokens, strict=True)
    ]
    insert_rows(session, links)
    return tokens


def void_links(
    session: Session, act: Act, account_ids: Collection[int], purposes: Collection[AccessPurpose] = tuple(AccessPurpose)
) -> None:
    """Void the live links of accounts, and keep their letters back that have not left."""
    live = select(AccessLink).where(col(AccessLink.used_at).is_(None), col(AccessLink.voided_at).is_(None))
    query = live.where(col(AccessLink.purpose).in_(purposes))
    parts = in_slices(account_ids)
    links = [link for part in parts for link in session.exec(query.where(col(AccessLink.account_id).in_(part)))]
    if links:
        update_rows(session, AccessLink, [{"id": link.id, "voided_at": act.now} for link in links])
        take_back_alone(session, act, [f"{EVENT}/{part_of(link.token_hash)}" for link in links])


def part_of(token_hash: str) -> str:
    """What tells the letter of a link apart from others; nobody finds the token by it."""
    return token_hash[:16]


def live_link(session: Session, act: Act, token: str) -> tuple[AccessLink, Account]:
    """A link that can be used now, and whose it is. LinkOver for any other."""
    query = (
        select(AccessLink, Account)
        .join(Account, col(Account.id) == AccessLink.account_id)
        .where(AccessLink.token_hash == digest(token), AccessLink.expires_at > act.now)
        .where(col(AccessLink.used_at).is_(None), col(AccessLink.voided_at).is_(None))
        .where(col(Account.disabled_at).is_(None))
    )
    found = session.exec(query).first()
    if found is None:
        raise LinkOver
    return found


def use_link(session: Session, act: Act, token: str) -> tuple[AccessLink, Account]:
    """Use a link up: of several who come at once, one does. LinkOver as `live_link`."""
    link, account = live_link(session, act, token)
    unused = update(AccessLink).where(col(AccessLink.id) == link.id, col(AccessLink.used_at).is_(None))
    if session.connection().execute(unused.values(used_at=act.now)).rowcount != 1:
        raise LinkOver
    return link, account

"""Passkeys (WebAuthn): a key in somebody's device, unlocked there by finger, face or PIN: both factors at once.

Challenges are the caller's: random, kept on the server, good once.
"""

import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlmodel import Session, col, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from craftsman.actions.acting import Act, record
from craftsman.actions.second_factor import end_codes_if_bare, factors_of, first_codes, refuse_stranger
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.settings import Settings
from models import Account, Passkey

MOST = 10
RP_NAME = "河北大工匠年度人物评选工作平台"
UNFIT = "通行密钥未能通过核对，请重试；仍不行的，请用密码登录。"
# what a browser sends is anybody's bytes: the library has faults of its own, and lets some of Python's through
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)


def site_of(settings: Settings) -> tuple[str, str]:
    """The relying party's id and origin: host and root of the address that people type."""
    parts = urlsplit(settings.public_url)
    return parts.hostname or "", f"{parts.scheme}://{parts.netloc}"


def can_have_passkeys(settings: Settings) -> bool:
    """Browsers keep passkeys for names only, not for numeric addresses, and where the connection is safe."""
    host, origin = site_of(settings)
    named = not host.replace(".", "").isdecimal() and ":" not in host
    return named and (origin.startswith("https://") or host == "localhost")


def passkeys_of(session: Session, account_id: int) -> Sequence[Passkey]:
    """The live passkeys of an account, the oldest first."""
    live = (Passkey.account_id == account_id, col(Passkey.ended_at).is_(None))
    return session.exec(select(Passkey).where(*live).order_by(col(Passkey.id))).all()


def registration_options(session: Session, act: Act, challenge: bytes) -> str:
    """What the browser is asked for a new passkey, as JSON; devices that hold one already are left out."""
    place, actor = act.place, act.actor
    known = [
        PublicKeyCredentialDescriptor(base64url_to_bytes(one.credential_id))
        for one in passkeys_of(session, actor.account)
    ]
    options = generate_registration_options(
        rp_id=site_of(place.settings)[0],
        rp_name=RP_NAME,
        user_name=actor.login,
        user_display_name=actor.name,
        # a handle that tells nobody whose it is
        user_id=bytes.fromhex(place.secrets.index(str(actor.account), "passkey handle")),
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=known,
    )
    return options_to_json(options)


def add_passkey(  # noqa: PLR0913  (one act, by name)
    session: Session, act: Act, *, name: str, answer: str, challenge: bytes, password: str, codes: Sequence[str]
) -> bool:
    """Keep a passkey that the browser made under the challenge; whether the recovery codes given are now good.

    Beside a factor that is there it takes the password. Invalid for an answer that does not hold.
    """
    account = act.actor.account
    before = factors_of(session, account)
    if before.any:
        refuse_stranger(session, act, password)
    if before.passkeys >= MOST:
        raise Refused(f"每个账号最多 {MOST} 个通行密钥，请先删去不用的。")
    if not 1 <= len(name) <= 40:
        raise Invalid("请给通行密钥起一个 1 至 40 字的名称，例如“办公电脑”。")
    host, origin = site_of(act.place.settings)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except UNREADABLE as fault:
        raise Invalid(UNFIT) from fault
    credential = bytes_to_base64url(made.credential_id)
    if session.exec(select(Passkey.id).where(Passkey.credential_id == credential)).first() is not None:
        raise Refused("这个通行密钥登记过，请换一个设备，或在设备上删去后重新添加。")
    key = made.credential_public_key.hex()
    session.add(
        Passkey(
            account_id=account,
            name=name,
            credential_id=credential,
            public_key=key,
            sign_count=made.sign_count,
            added_at=act.now,
        )
    )
    record(session, act, None, [Entry("factor.passkey_added", f"account/{act.actor.login}")])
    return first_codes(session, act, codes)


def remove_passkey(session: Session, act: Act, passkey_id: int, password: str) -> None:
    """Give up one of one's passkeys; it takes the password. NotFound for another's."""
    refuse_stranger(session, act, password)
    found = session.get(Passkey, passkey_id)
    if found is None or found.account_id != act.actor.account:
        raise NotFound("没有这个通行密钥，可能已经删除。")
    if found.ended_at is not None:
        return
    found.ended_at = act.now
    record(session, act, None, [Entry("factor.passkey_removed", f"account/{act.actor.login}")])
    end_codes_if_bare(session, act)


def login_options(settings: Settings, challenge: bytes) -> str:
    """What the browser is asked for at log-in, as JSON. It names no account: nothing is told of who has one."""
    options = generate_authentication_options(
        rp_id=site_of(settings)[0], challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return options_to_json(options)


def passkey_account(session: Session, act: Act, *, answer: str, challenge: bytes) -> Account:
    """The account whose passkey signed the challenge; its counter moves on. Invalid for all else."""
    host, origin = site_of(act.place.settings)
    found = session.exec(select(Passkey).where(Passkey.credential_id == _credential(answer))).first()
    if found is None or found.ended_at is not None:
        raise Invalid(UNFIT)
    try:
        proof = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=bytes.fromhex(found.public_key),
            credential_current_sign_count=found.sign_count,
            require_user_verification=True,
        )
    except UNREADABLE as fault:
        raise Invalid(UNFIT) from fault
    account = session.get_one(Account, found.account_id)
    if account.disabled_at is not None:
        raise Invalid(UNFIT)
    found.sign_count, found.used_at = proof.new_sign_count, act.now
    return account


def _credential(answer: str) -> str:
    try:
        found = json.loads(answer)["id"]
    except UNREADABLE as fault:
        raise Invalid(UNFIT) from fault
    if not isinstance(found, str):
        raise Invalid(UNFIT)
    return found

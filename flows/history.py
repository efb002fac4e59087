"""The history is signed once a minute while it grows, and shown to the audit office's witness."""

import logging

import httpx

from craftsman.actions.at_hand import system_act, workplace
from craftsman.actions.checkpoints import Submission, make_checkpoint, submission, take_cosignature
from craftsman.audit.notes import number
from craftsman.errors import Refused
from craftsman.store.engine import reading, transaction

PATIENCE = 10.0  # seconds
CONFLICT = 409

log = logging.getLogger("craftsman.history")


def keep_history() -> None:
    """Sign the history if it grew, and have the newest checkpoint cosigned; a witness that is away is asked again."""
    with transaction(workplace().engine) as session:
        make_checkpoint(session, system_act())
    if workplace().witness is not None and workplace().settings.witness_url:
        _have_cosigned()


def _have_cosigned() -> None:
    with reading(workplace().engine) as session:
        due = submission(session)
    if due is None:
        return
    try:
        answer = _post(due)
        if answer.status_code == CONFLICT:
            # the witness saw more than we know of: an answer of its was lost on the way
            with reading(workplace().engine) as session:
                due = submission(session, old=number(answer.text.strip())) or due
            answer = _post(due)
    except httpx.HTTPError as fault:
        log.warning("见证方未能见证，稍后再试：%s", fault)
        return
    except Refused as fault:
        # it saw more than there is now, or answers what is no number: not to be passed over as a break
        log.error("见证方未能见证：%s", fault)  # noqa: TRY400  (a refusal is told in one line)
        return
    if not answer.is_success:
        log.error("见证方拒绝见证第 %s 条处的检查点（%s）。", due.size, answer.status_code)
        return
    with transaction(workplace().engine) as session:
        if not take_cosignature(session, system_act(), due.size, answer.text):
            log.error("见证方的签名不符，请核对 CRAFTSMAN_WITNESS_KEY。")


def _post(due: Submission) -> httpx.Response:
    address = f"{workplace().settings.witness_url.rstrip('/')}/add-checkpoint"
    return httpx.post(address, content=due.body.encode(), timeout=PATIENCE)

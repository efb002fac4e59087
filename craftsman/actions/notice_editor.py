"""Wording a notice before it is posted; the list stays frozen, and somebody else posts it."""

from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.notice import must_be_open
from craftsman.actions.notice_forms import NoticeForms, notice_view, render_notice
from craftsman.actions.notice_texts import Words, checked, keep_words, text_number, words_of_notice
from craftsman.actions.views import StageView, cases
from craftsman.errors import Refused
from models import Notice, NoticeStatus

CHANGED = "这份公示稿在您打开之后由他人改过。您填写的内容仍在下面，请与现在的稿子核对后再保存。"


def notice_words(session: Session, act: Act, notice_id: int) -> tuple[Notice, StageView, Words]:
    """A draft with its texts. Refused once it is posted, Forbidden to whom a case of it concerns."""
    notice, view = notice_view(session, notice_id)
    act.must("notice.edit", view.round_id)
    told = "公示名单中有您须回避的人选，公示稿由其他工作人员拟写。"
    refuse_concerned(session, view.round_id, act.actor.account, cases(session, view.run_id), told)
    if notice.status != NoticeStatus.DRAFT:
        raise Refused(f"《{notice.title}》已经发布，文字不再更改；有误的请更正并重新公示。")
    must_be_open(view)
    return notice, view, words_of_notice(session, view, notice)


def preview_notice(session: Session, act: Act, notice_id: int, words: Words | None = None) -> NoticeForms:
    """The notice rendered as if posted today, with these texts or with those saved last; changes nothing.

    Refused as `render_notice`: for personal data, and for characters that cannot be printed.
    """
    notice_words(session, act, notice_id)
    return render_notice(session, act, notice_id, checked(words) if words else None)


def save_words(session: Session, act: Act, notice_id: int, words: Words, *, seen: int) -> int:
    """Keep the texts of a draft; returns the number of the text.

    Refused when the last one is not the one `seen` when the page was opened.
    """
    notice, view, _ = notice_words(session, act, notice_id)
    if text_number(session, notice_id) != seen:
        raise Refused(CHANGED)
    return keep_words(session, act, view, notice, checked(words)).id or 0

"""Wording a notice: the texts beside the real document, kept as a draft until somebody else posts it."""

from dataclasses import fields
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, Response

from craftsman.actions.notice_editor import notice_words, preview_notice, save_words
from craftsman.actions.notice_forms import notice_view, render_notice
from craftsman.actions.notice_texts import TITLES, Words, configured, text_number
from craftsman.actions.visibility import hidden_from
from craftsman.clock import instant
from craftsman.documents.watermark import marked_pdf
from craftsman.errors import Forbidden, Refused
from craftsman.portal.answers import settled
from craftsman.portal.doors import POLICY
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go
from craftsman.store.engine import reading

router = APIRouter()
PDF = "application/pdf"
# the page frames one answer of ours, and that answer lets itself be framed by us
FRAMING = f"{POLICY}; frame-src 'self'"
FRAMED = {"content-security-policy": "frame-ancestors 'self'", "x-frame-options": "SAMEORIGIN"}


@router.get("/notices/{notice_id}/edit")
def edit(visit: Member, notice_id: Id) -> HTMLResponse:
    """The texts of a draft beside the document as it would be posted today."""
    return _page(visit, notice_id)


@router.post("/notices/{notice_id}/edit")
def save(visit: Member, form: Sent, notice_id: Id) -> Response:
    """Keep the texts, once they can be printed and hold no personal data; rendered before the transaction."""
    words = _words(form)
    told = form.text("seen", most=9)
    seen = int(told) if told.isascii() and told.isdigit() else 0

    def saved() -> Response:
        with reading(visit.place.engine) as session:
            preview_notice(session, visit.act(), notice_id, words)
        carry_out(visit, form, lambda session, act: save_words(session, act, notice_id, words, seen=seen))
        return go(f"/notices/{notice_id}/edit", "notice-worded")

    return settled(saved, lambda refused: _page(visit, notice_id, words, refused))


@router.get("/notices/{notice_id}/preview.pdf")
def preview(visit: Member, notice_id: Id, save_as: Annotated[str, Query(alias="download")] = "") -> Response:
    """The draft as it would be posted today, under the viewer's name; for the office and its verifiers."""
    with reading(visit.place.engine) as session:
        notice, view = notice_view(session, notice_id)
        visit.act().must("nomination.read", view.round_id)
        if hidden_from(session, visit.act(), view.round_id):
            raise Forbidden("公示名单中有您须回避的人选，发布之前不向您显示。")
        if notice.posted_at is not None:
            raise Refused("这份公示已经发布，请在公示页阅读或下载。")
        content = render_notice(session, visit.act(), notice_id).pdf
    marked = marked_pdf(content, f"草稿 {visit.person.name} {instant(visit.now)}", visit.now)
    if save_as:
        return attachment(marked, file_name="公示稿.pdf", media_type=PDF)
    return Response(marked, media_type=PDF, headers=FRAMED)


def _words(form: Form) -> Words:
    return Words(**{one.name: form.text(one.name, most=13_000) for one in fields(Words)})


def _page(visit: Visit, notice_id: int, typed: Words | None = None, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        notice, view, words = notice_words(session, visit.act(), notice_id)
        answer = visit.page(
            "notice-editor.html",
            status=refused.status if refused else 200,
            notice=notice,
            round=view.round,
            saved=words,
            words=typed or words,
            rules=configured(view, notice),
            titles=TITLES,
            email=view.programme.rules.office.email,
            seen=text_number(session, notice_id),
            refused=refused,
        )
    answer.headers["content-security-policy"] = FRAMING
    return answer

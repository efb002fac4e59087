"""Evidence of contest items: handed in by the office, saved by those allowed, each reading recorded."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from craftsman.actions.evidence import MOST_MB, add_evidence, evidence_file, evidence_of, fetch_evidence
from craftsman.actions.views import cases, stage_of
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form, read_upload
from craftsman.portal.own_uploads import must_not_flood
from craftsman.portal.papers import TOO_OFTEN
from craftsman.portal.parts import Id, Member, Visit, carry_out, go, public_host
from craftsman.programme.schema import Contest
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading, transaction

router = APIRouter()
PAGE = "/rounds/{key}/stages/{stage}/evidence"
REMEDY = "请压缩；原件须留存的，请用命令行只登记指纹和存放处"


@router.get(PAGE)
def show_evidence(visit: Member, key: str, stage: str) -> HTMLResponse:
    """The files of a contest, and a form for one more."""
    return _page(visit, key, stage)


async def file_of(request: Request, visit: Member, key: str, stage: str) -> Form:
    """A form with a file, read only for who may add evidence."""
    with reading(visit.place.engine) as session:
        visit.act().must("evidence.add", stage_of(session, key, stage).round_id)
    host, largest = public_host(visit), MOST_MB * 1024 * 1024
    return await read_upload(request, key=visit.token, public_host=host, largest=largest, remedy=REMEDY)


@router.post(PAGE)
def hand_in(visit: Member, form: Annotated[Form, Depends(file_of)], key: str, stage: str) -> Response:
    """Keep a file; what is not accepted is told above the form as it was typed."""
    must_not_flood(visit, TOO_OFTEN)
    try:
        case_no, item = form.text("case_no", most=40), form.text("item", most=40)
        if not case_no or not item:
            raise Invalid("请选择人选和项目。")
        upload = form.file("file")
        told = evidence_file(form.text("title"), upload.name, upload.content)
        with reading(visit.place.engine) as session:
            run_id = stage_of(session, key, stage).run_id
        carry_out(
            visit,
            form,
            lambda session, act: add_evidence(session, act, run_id, told, case_no=case_no, criterion=item),
        )
    except Refused as refused:
        return _page(visit, key, stage, form=form, refused=refused)
    return go(f"/rounds/{key}/stages/{stage}/evidence", "evidence-added")


@router.get("/evidence/{evidence_id}")
def download(visit: Member, evidence_id: Id) -> Response:
    """A file to be saved; each reading stands in the history."""
    with transaction(visit.place.engine) as session:
        found = fetch_evidence(session, visit.act(), evidence_id)
    return attachment(found.content, file_name=found.file_name, media_type=found.media_type)


def _page(
    visit: Visit, key: str, stage: str, *, form: Form | None = None, refused: Refused | None = None
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        view = stage_of(session, key, stage)
        if not isinstance(view.stage, Contest):
            raise NotFound(f"环节“{view.run.title}”不是挑战比拼，没有佐证文件。")
        rows = evidence_of(session, visit.act(), view.run_id)
        hidden = hidden_from(session, visit.act(), view.round_id)
        people = {one.nomination.case_no: one.person.name for one in cases(session, view.run_id)}
    return visit.page(
        "evidence.html",
        status=refused.status if refused else 200,
        view=view,
        rows=rows,
        people={number: name for number, name in people.items() if number not in hidden},
        items={one.key: one.title for one in view.stage.criteria},
        adds=allowed("evidence.add", visit.person.roles(view.round_id)),
        most=MOST_MB,
        typed=dict(form.fields) if form else {},
        refused=refused,
    )

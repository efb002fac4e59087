"""The expert library: looked through, brought up to date from a table after a preview, contacts shown for a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.experts import contact_of, experts_ahead, experts_of, load_experts
from craftsman.errors import Refused
from craftsman.portal.answers import settled
from craftsman.portal.forms import Form
from craftsman.portal.listing import LONGEST_WORDS, Kind
from craftsman.portal.parts import Member, Sent, SentWorkbook, Visit, carry_out, go, must_be_confirmed
from craftsman.store.engine import reading, transaction
from craftsman.store.uploads import Upload, Uploads
from craftsman.workbook.tables import EXPERTS, read_entries
from models import Expert

router = APIRouter()
TITLES = {heading.key: title for title, heading in EXPERTS.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """One expert of the list, with the sheets that they were ever given."""

    expert: Expert
    past: int

    @property
    def facets(self) -> Mapping[str, tuple[str, ...]]:
        """Values by filter."""
        active = "可抽取" if self.expert.active else "停用"
        return {"discipline": tuple(self.expert.disciplines), "active": (active,)}

    @property
    def text(self) -> str:
        """What is searched."""
        return f"{self.expert.number} {self.expert.name} {self.expert.unit}"


LIBRARY: Kind[Line] = Kind(
    {"discipline": "产业代码", "active": "状态"},
    {
        "number": ("编号", lambda one: one.expert.number),
        "unit": ("工作单位", lambda one: (one.expert.unit, one.expert.number)),
        "past": ("历次件数多的在前", lambda one: (-one.past, one.expert.number)),
    },
)


@router.get("/experts")
def show_experts(visit: Member) -> HTMLResponse:
    """The library without contacts, and the form that brings it up to date."""
    return _page(visit)


@router.post("/experts")
def search_experts(visit: Member, form: Sent) -> HTMLResponse:
    """The list with searched words, which stand in no address; nothing is changed."""
    return _page(visit, words=form.text("words", most=LONGEST_WORDS))


@router.post("/experts/check")
def check(visit: Member, form: SentWorkbook) -> Response:
    """Who would be added or changed by a table (.xlsx or .csv); nothing is loaded yet."""
    visit.act().must("expert.load", None)

    def checked() -> Response:
        upload, source = form.file("workbook"), form.text("source", most=400)
        with reading(visit.place.engine) as session:
            ahead = experts_ahead(session, visit.act(), _rows(upload))
        _uploads(visit).keep(_owner(visit), upload, now=visit.now)
        return visit.page("experts-preview.html", ahead=ahead, source=source, sha256=upload.sha256, titles=TITLES)

    return settled(checked, lambda refused: _page(visit, typed=form, refused=refused))


@router.post("/experts/load")
def load(visit: Member, form: Sent) -> Response:
    """Load the very bytes that were looked at."""
    visit.act().must("expert.load", None)

    def loaded() -> Response:
        must_be_confirmed(form)
        rows = _rows(_uploads(visit).fetch(_owner(visit), form.text("sha256", most=64)))
        source = form.text("source", most=400)
        carry_out(visit, form, lambda session, act: load_experts(session, act, rows, source=source))
        return go("/experts", "experts-loaded")

    return settled(loaded, lambda refused: _page(visit, typed=form, refused=refused))


@router.post("/experts/contact")
def show_contact(visit: Member, form: Sent) -> Response:
    """How to reach an expert; each look is recorded with its reason, so it is asked for by a form."""
    number, reason = form.text("number", most=40), form.text("look", most=500)

    def shown() -> Response:
        with transaction(visit.place.engine) as session:
            phone, email = contact_of(session, visit.act(), number, reason=reason)
        return visit.page("expert-contact.html", number=number, phone=phone, email=email)

    return settled(shown, lambda refused: _page(visit, typed=form, refused=refused))


def _rows(upload: Upload) -> list[dict[str, Any]]:
    return read_entries(upload.content, upload.name, EXPERTS, unique="number")


def _uploads(visit: Visit) -> Uploads:
    return Uploads(visit.place.settings.uploads_dir, visit.place.secrets)


def _owner(visit: Visit) -> str:
    return f"experts/{visit.person.login}"


def _page(visit: Visit, *, words: str = "", typed: Form | None = None, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        lines = [Line(expert, past) for expert, past in experts_of(session, visit.act())]
    return visit.page(
        "experts.html",
        status=refused.status if refused else 200,
        listing=LIBRARY.listing(visit.request, lines, words),
        active=sum(one.expert.active for one in lines),
        loads=visit.act().may("expert.load", None),
        headings=EXPERTS,
        typed=dict(typed.fields) if typed else {},
        refused=refused,
    )

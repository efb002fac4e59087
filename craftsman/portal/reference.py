"""Reference lists: looked at by versions; a new one is compared with the present one before it counts."""

import json
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.reference import delivered_list, load_lists, version_of, versions_of
from craftsman.errors import Invalid
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form
from craftsman.portal.own_uploads import keep_own, own_upload
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Member, Sent, SentWorkbook, Visit, carry_out, go, must_be_confirmed
from craftsman.programme.load import programme_titles
from craftsman.rules.lists import ReferenceList, named_entries
from craftsman.store.engine import reading
from craftsman.store.uploads import Upload
from craftsman.workbook.list_names import LIST_NAMES, list_name
from craftsman.workbook.list_toml import SUFFIX, read_lists, toml_of
from craftsman.workbook.tables import titles_of

router = APIRouter()
DESK = "reference"

MOST_SHOWN = 200


@router.get("/reference")
def show_lists(visit: Member) -> HTMLResponse:
    """Every version of every list that was loaded, and the form that loads one."""
    return _page(visit)


@router.get("/reference/{slug}/{name}")
def show_list(visit: Member, slug: str, name: str, version: int = 0) -> HTMLResponse:
    """The entries of a list: of one version that was loaded, by default the newest, or as it was delivered."""
    found = _version(visit, slug, name, version)
    entries = named_entries(found.content, titles_of(name))
    paging = Paging.of(visit.request, len(entries), MOST_SHOWN)
    return visit.page(
        "reference-list.html",
        slug=slug,
        title=_titles(visit).get(slug, slug),
        name=name,
        found=found,
        entries=entries[paging.offset : paging.offset + paging.limit],
        paging=paging,
        total=len(entries),
    )


@router.get("/reference/{slug}/{name}/toml")
def save_list(visit: Member, slug: str, name: str, version: int = 0) -> Response:
    """A list as the configuration writes it, to be corrected and loaded again."""
    found = _version(visit, slug, name, version)
    told = f"{list_name(name)}，第 {found.number} 版，来源：{found.source}" if found.number else found.source
    text = toml_of(name, found.content, source=told)
    return attachment(text.encode(), file_name=f"{name}{SUFFIX}", media_type="application/toml")


@router.post("/reference/check")
def check(visit: Member, form: SentWorkbook) -> HTMLResponse:
    """What would change by a table (.xlsx or .csv) or the lists of a .toml file; nothing is loaded yet."""
    visit.act().must("reference.load", None)
    try:
        upload = form.file("workbook")
        shown = _preview(visit, form, upload)
    except Invalid as refused:
        return _page(visit, refused)
    keep_own(visit, DESK, upload)
    return shown


@router.post("/reference")
def load(visit: Member, form: Sent) -> Response:
    """Load the very bytes that were compared; rounds opened from now on use them."""
    upload = own_upload(visit, DESK, form.text("sha256", most=64))
    slug, name, source = _told(form)
    try:
        must_be_confirmed(form)
        lists = read_lists(upload.content, upload.name, name)
        carry_out(visit, form, lambda session, act: load_lists(session, act, slug, lists=lists, source=source))
    except Invalid as refused:
        return _page(visit, refused)
    return go("/reference", "reference-loaded")


@dataclass(frozen=True, slots=True)
class _Version:
    """A list as it is shown: its content, the document it is from, and its number (0: as it was delivered)."""

    content: ReferenceList
    source: str
    number: int


def _version(visit: Visit, slug: str, name: str, version: int) -> _Version:
    visit.act().must("reference.load", None)
    with reading(visit.place.engine) as session:
        loaded = any(row.name == name for row in versions_of(session, slug))
        if loaded or version:
            row = version_of(session, slug, name, version or None)
            return _Version(json.loads(row.content), row.source, row.version)
    return _Version(delivered_list(visit.place.settings.config_dir, slug, name), "随系统配置提供", 0)


def _preview(visit: Visit, form: Form, upload: Upload) -> HTMLResponse:
    slug, name, source = _told(form)
    lists = read_lists(upload.content, upload.name, name)
    with reading(visit.place.engine) as session:
        found = load_lists(session, visit.act(), slug, lists=lists, source=source, dry_run=True)
    return visit.page(
        "reference-preview.html",
        found=found,
        changed=[one for one in found if one.changes.any],
        slug=slug,
        title=_titles(visit).get(slug, slug),
        name=name,
        source=source,
        sha256=upload.sha256,
        most=MOST_SHOWN,
    )


def _titles(visit: Visit) -> dict[str, str]:
    return programme_titles(visit.place.settings.config_dir)


def _told(form: Form) -> tuple[str, str, str]:
    return form.text("slug", most=80), form.text("name", most=60), form.text("source", most=400)


def _page(visit: Visit, refused: Invalid | None = None) -> HTMLResponse:
    visit.act().must("reference.load", None)
    titles = _titles(visit)
    with reading(visit.place.engine) as session:
        found = [(slug, row) for slug in titles for row in versions_of(session, slug)]
    paging = Paging.of(visit.request, len(found))
    return visit.page(
        "reference.html",
        status=refused.status if refused else 200,
        titles=titles,
        names=list(LIST_NAMES),
        found=found[paging.offset : paging.offset + paging.limit],
        paging=paging,
        refused=refused,
    )

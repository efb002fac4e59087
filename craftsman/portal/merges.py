"""Two that may be one person: found, looked at side by side, merged after a preview, parted again."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, Response

from craftsman.actions.merge_reads import KINDS, Comparison, comparison, merge_desk
from craftsman.actions.merges import merge_leads, merge_nominations, undo_merge
from craftsman.errors import NotFound, Refused
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.store.engine import reading
from models import MergeKind

router = APIRouter()
LONGEST_REASON = 500
PAIR = "/rounds/{key}/merges/{kind}/{kept}/{merged}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two of a round as an address names them, the first to be kept."""

    key: str
    kind: str
    kept: str
    merged: str

    @property
    def of(self) -> MergeKind:
        """Leads or nominations. NotFound for anything else."""
        if self.kind not in {MergeKind.LEAD, MergeKind.NOMINATION}:
            raise NotFound("没有这样的两件可以比较，请从合并页打开。")
        return MergeKind(self.kind)


Asked = Annotated[Pair, Depends()]


@router.get("/rounds/{key}/merges")
def show_merges(visit: Member, key: str) -> HTMLResponse:
    """Pairs that may be of one person, and the merges there are."""
    return _desk(visit, key)


@router.get(PAIR)
def compare(visit: Member, pair: Asked) -> HTMLResponse:
    """Two side by side, the first to be kept, with what a merge would do."""
    return _page(visit, pair)


@router.post(PAIR)
def merge(visit: Member, form: Sent, pair: Asked) -> Response:
    """Let the second go into the first, once the box below the preview is ticked."""
    _compared(visit, pair)
    deed = merge_leads if pair.of == MergeKind.LEAD else merge_nominations
    reason = form.text("reason", most=LONGEST_REASON)
    try:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: deed(session, act, pair.kept, pair.merged, reason=reason))
    except Refused as refused:
        return _page(visit, pair, reason=reason, refused=refused)
    return go(f"/rounds/{pair.key}/merges", "merged")


@router.post("/rounds/{key}/merges/{number}/undo")
def undo(visit: Member, form: Sent, key: str, number: Id) -> Response:
    """Part what was merged."""
    reason = form.text("reason", most=LONGEST_REASON)
    try:
        carry_out(visit, form, lambda session, act: undo_merge(session, act, number, reason=reason))
    except Refused as refused:
        return _desk(visit, key, refused)
    return go(f"/rounds/{key}/merges", "merge-undone")


def _desk(visit: Visit, key: str, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        found = merge_desk(session, visit.act(), key)
    status = refused.status if refused else 200
    return visit.page("merges.html", status=status, found=found, round=found.round, kinds=KINDS, refused=refused)


def _compared(visit: Visit, pair: Pair) -> Comparison:
    with reading(visit.place.engine) as session:
        return comparison(session, visit.act(), pair.key, pair.of, (pair.kept, pair.merged))


def _page(visit: Visit, pair: Pair, *, reason: str = "", refused: Refused | None = None) -> HTMLResponse:
    shown = _compared(visit, pair)
    status = refused.status if refused else 200
    return visit.page("merge.html", status=status, shown=shown, kinds=KINDS, reason=reason, refused=refused)

"""Making a document of a round on demand: any kind there is a folder of templates for, in all its forms, kept."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.announcement import issuing_instant
from craftsman.actions.documents import DOCX, HTML, PDF, SUFFIXES, XLSX, Paper, keep_documents
from craftsman.actions.paper_facts import Asked, facts_for
from craftsman.actions.release_gate import refuse_personal_data
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.documents.facts import RoundPaper
from craftsman.documents.kinds import Kind, kind_of
from craftsman.documents.render import rendered
from craftsman.errors import Forbidden, Invalid, Refused
from models import Document

MEDIA = {"html": HTML, "docx": DOCX, "pdf": PDF, "xlsx": XLSX}


ASKED = {
    "case": "申报编号",
    "unit": "推荐单位代码",
    "objection": "异议回执编号",
    "stage": "环节，如 score、ballot",
    "award": "证书编号",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which kind of document, about what (a case, a stage … as the kind asks), dated when."""

    kind: str
    subject: str
    day: date


def make_document(session: Session, act: Act, round_key: str, wanted: Wanted) -> list[Document]:
    """Render a document in all its forms and keep them; the same round gives the same bytes, and no new version.

    Refused where personal data is found in it, a character has no glyph, or an act of its own issues the kind;
    Forbidden to whoever must not see a case of the round.
    """
    round_ = round_by_key(session, round_key)
    act.must("document.make", round_.id)
    if hidden_from(session, act, round_.id or 0):
        raise Forbidden("本届有您须回避的人选，文件请由其他工作人员制作。")
    kind = kind_of(wanted.kind, act.place.settings.templates_dir / "documents")
    _must_be_makeable(kind, wanted)
    asked = Asked(session, round_, read_programme(round_.programme), wanted.subject, wanted.day)
    facts = facts_for(asked, kind.about)
    if not facts.tiers and any(not one.wording for one in kind.enclosures):
        raise Refused(f"还没有名单，不能生成{kind.title}。")
    papers = _papers(act, kind, facts, wanted.subject or round_key)
    return keep_documents(session, act, round_.id or 0, papers)


def _must_be_makeable(kind: Kind, wanted: Wanted) -> None:
    if kind.issued_by:
        raise Refused(f"{kind.title}由{kind.issued_by}时生成，不能另行制作。")
    if kind.about in ASKED and not wanted.subject:
        raise Invalid(f"请写明{kind.title}是关于什么的：{ASKED[kind.about]}。")


def _papers(act: Act, kind: Kind, facts: RoundPaper, subject: str) -> list[Paper]:
    folder = act.place.settings.templates_dir / "documents"
    files = rendered(kind, facts, issuing_instant(facts.issued_on), folder)
    refuse_personal_data([(f"{kind.title}.{form}", content) for form, content in files.items()], facts.office)
    return [
        Paper(kind.name, subject, f"{kind.title} {subject}{SUFFIXES[MEDIA[form]]}", MEDIA[form], content)
        for form, content in files.items()
    ]

"""What of a notice people may word: heading, lead, procedure, channels, contacts; each text that is saved is kept.

The list, the period and the e-mail address are not theirs: the first is frozen, the second counted, the third what the
search for personal data knows.
"""

from dataclasses import asdict, dataclass, replace

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.reasons import CONTROL
from craftsman.actions.sealing import canonical, digest
from craftsman.actions.views import StageView
from craftsman.audit.log import Entry
from craftsman.errors import Invalid
from craftsman.programme.schema import NoticeStage
from models import Notice, NoticeText

LONGEST_TITLE = 100
LONGEST_LINE = 120
LONGEST_PARAGRAPH = 1000
MOST_PARAGRAPHS = 12
TITLES = {
    "title": "标题",
    "basis": "导语（依据）",
    "procedure": "评选经过",
    "channels": "异议提出方式",
    "phone": "联系电话",
    "address": "通信地址",
    "postcode": "邮政编码",
    "supervision_phone": "监督电话",
}


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of a notice; `basis` and `channels` are paragraphs, one a line."""

    title: str
    basis: str
    procedure: str
    channels: str
    phone: str
    address: str
    postcode: str
    supervision_phone: str


def words_of_notice(session: Session, view: StageView, notice: Notice) -> Words:
    """The texts of a notice as they were saved last, else as the rules of the round word them."""
    saved = last_text(session, notice.id or 0)
    return Words(**saved.words) if saved else configured(view, notice)


def configured(view: StageView, notice: Notice) -> Words:
    """The texts by the rules of the round."""
    assert isinstance(view.stage, NoticeStage)
    office = view.programme.rules.office
    return Words(
        title=notice.title,
        basis=view.stage.basis,
        procedure=view.stage.procedure,
        channels="\n".join(view.stage.how_to_object),
        phone=office.phone,
        address=office.address,
        postcode=office.postcode,
        supervision_phone=office.supervision_phone,
    )


def last_text(session: Session, notice_id: int) -> NoticeText | None:
    """The text of a notice that was saved last."""
    query = select(NoticeText).where(NoticeText.notice_id == notice_id)
    return session.exec(query.order_by(col(NoticeText.id).desc()).limit(1)).first()


def text_number(session: Session, notice_id: int) -> int:
    """The number of the text that was saved last; 0 while the rules of the round word the notice."""
    saved = last_text(session, notice_id)
    return (saved.id or 0) if saved else 0


def checked(words: Words) -> Words:
    """The texts as they are kept, without blank lines. Invalid with every text that is empty or too long."""
    clean = Words(**{name: _paragraphs(text) for name, text in asdict(words).items()})
    faults = [line for name, text in asdict(clean).items() if (line := _fault(name, text))]
    if faults:
        raise Invalid("公示稿有几处需要改正：", faults)
    return clean


def keep_words(session: Session, act: Act, view: StageView, notice: Notice, words: Words) -> NoticeText:
    """Keep a text, with its event; the same as the last is none."""
    before = last_text(session, notice.id or 0)
    if before is not None and before.words == asdict(words):
        return before
    row = NoticeText(notice_id=notice.id or 0, words=asdict(words), account_id=act.actor.account, saved_at=act.now)
    session.add(row)
    session.flush()
    facts = {"number": notice.number, "text": row.id, "words": digest(canonical(asdict(words)))}
    record(session, act, view.round_id, [Entry("notice.worded", view.subject, facts)])
    return row


def carry_words(session: Session, act: Act, view: StageView, former: Notice, drafted: Notice) -> None:
    """A corrected notice begins with the texts of the one it corrects, under its own heading."""
    saved = last_text(session, former.id or 0)
    if saved is not None:
        keep_words(session, act, view, drafted, replace(Words(**saved.words), title=drafted.title))


def _paragraphs(text: str) -> str:
    return "\n".join(line for each in text.splitlines() if (line := each.strip()))


def _fault(name: str, text: str) -> str:
    lines = text.split("\n")
    longest = {"title": LONGEST_TITLE, "basis": LONGEST_PARAGRAPH, "procedure": LONGEST_PARAGRAPH}
    most = longest.get(name, LONGEST_PARAGRAPH if name == "channels" else LONGEST_LINE)
    if not text:
        return f"{TITLES[name]}不能为空。"
    if CONTROL.search(text.replace("\n", "")):
        return f"{TITLES[name]}含有无法识别的字符，请删去。"
    if name not in {"basis", "channels"} and len(lines) > 1:
        return f"{TITLES[name]}须写成一段，不能换行。"
    if len(lines) > MOST_PARAGRAPHS or any(len(line) > most for line in lines):
        return f"{TITLES[name]}过长：每段不超过 {most} 字，不超过 {MOST_PARAGRAPHS} 段。"
    return ""

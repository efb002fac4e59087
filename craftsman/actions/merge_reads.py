"""What a person looks at before they merge two: both sides with what each carries, and what the merge would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act
from craftsman.actions.lead_filing import lead_by_receipt
from craftsman.actions.merge_candidates import Candidate, merge_candidates
from craftsman.actions.merges import merges_of
from craftsman.actions.paper_cases import is_accepting
from craftsman.actions.provenance import channels_of
from craftsman.actions.statuses import LEAD_STATUS, NOMINATION_STATUS
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.visibility import hidden_from, hidden_ids
from craftsman.clock import chinese_instant, chinese_month
from craftsman.errors import NotFound
from craftsman.programme.programme import Programme
from craftsman.rules.names import same_name_key
from models import Account, Attachment, Lead, LeadStatus, Merge, MergeKind, Nomination, Organisation, Person, Round
from models.nomination import GONE

KINDS = {"nomination": "申报", "lead": "线索", "way": "渠道", "adoption": "采纳"}
MERGED_BY_HAND = (MergeKind.NOMINATION, MergeKind.LEAD)


@dataclass(frozen=True, slots=True)
class MergeDesk:
    """Pairs that may be of one person, and the merges there are with who made them; `names` by number."""

    round: Round
    accepting: bool
    candidates: Sequence[Candidate]
    merges: Sequence[tuple[Merge, str]]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that may be of one person: lines of (title, value), nothing personal in clear."""

    number: str
    name: str
    lines: Sequence[tuple[str, str]]
    moves: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two side by side, what the merge would do, and why it cannot be done now (empty while it can)."""

    round: Round
    kind: MergeKind
    kept: Side
    merged: Side
    alike: Sequence[bool]
    effects: Sequence[str]
    obstacle: str


def merge_desk(session: Session, act: Act, round_key: str) -> MergeDesk:
    """Pairs to be looked at and all merges of a round, less those of hidden cases; a constant number of queries."""
    round_ = round_by_key(session, round_key)
    act.must("merge.decide", round_.id)
    hidden = hidden_from(session, act, round_.id or 0)
    pairs = [one for one in merge_candidates(session, round_key) if hidden.isdisjoint({one.first, one.second})]
    rows = [row for row in merges_of(session, round_key) if hidden.isdisjoint({row.kept, row.merged})]
    accounts = select(Account.id, Account.name).where(col(Account.id).in_({row.account_id for row in rows}))
    people = dict(session.exec(accounts).all())
    return MergeDesk(
        round_,
        is_accepting(session, round_, read_programme(round_.programme)),
        pairs,
        [(row, people[row.account_id]) for row in reversed(rows)],
        _names(session, round_),
    )


def comparison(session: Session, act: Act, round_key: str, kind: MergeKind, pair: tuple[str, str]) -> Comparison:
    """Two side by side, the first to be kept. NotFound for what is not of this round or hidden from the actor."""
    round_ = round_by_key(session, round_key)
    act.must("merge.decide", round_.id)
    if kind not in MERGED_BY_HAND or pair[0] == pair[1]:
        raise NotFound("没有这样的两件可以比较，请从合并页打开。")
    accepting = is_accepting(session, round_, read_programme(round_.programme))
    sides = _leads if kind == MergeKind.LEAD else _nominations
    kept, merged = sides(session, act, round_, pair)
    return Comparison(
        round_,
        kind,
        kept,
        merged,
        [one == other for one, other in zip(kept.lines, merged.lines, strict=True)],
        _effects(kind, kept, merged),
        _obstacle(kept, merged, accepting=accepting),
    )


def _obstacle(kept: Side, merged: Side, *, accepting: bool) -> str:
    if not accepting:
        return "申报受理已经结束，不能再合并。"
    if same_name_key(kept.name) != same_name_key(merged.name):
        return "两件的姓名不同，不能合并；姓名有误的请先更正。"
    gone = [side.number for side in (kept, merged) if not side.moves]
    return f"{'、'.join(gone)} 已经办结、撤回或并入其他，不能再合并。" if gone else ""


def _effects(kind: MergeKind, kept: Side, merged: Side) -> list[str]:
    if kind == MergeKind.LEAD:
        return [
            f"线索 {merged.number} 记为“已合并”，不再单独决定。",
            f"对线索 {kept.number} 的决定对两条都有效，两条的渠道都计入采纳的申报。",
            "申报受理期内可以撤销，撤销后恢复原状。",
        ]
    told, here = dict(merged.lines), dict(kept.lines)
    return [
        f"申报 {merged.number}（{told['推荐单位']}）记为“已合并”，不再参评，该单位的名额空出。",
        f"它的渠道（{told['渠道']}）计入申报 {kept.number}（{here['推荐单位']}）。",
        f"它的材料（{told['材料']}）留在原处，不随之转移；需要的请推荐单位另行提交到 {kept.number}。",
        "申报受理期内可以撤销，撤销后恢复原状。",
    ]


def _names(session: Session, round_: Round) -> dict[str, str]:
    people = select(Nomination.case_no, Person.name).join(Person).where(Nomination.round_id == round_.id)
    leads = select(Lead.receipt_no, Lead.name).where(Lead.round_id == round_.id)
    return dict([*session.exec(people).all(), *session.exec(leads).all()])


def _nominations(session: Session, act: Act, round_: Round, pair: tuple[str, str]) -> list[Side]:
    query = (
        select(Nomination, Person, Organisation.name)
        .join(Person, col(Person.id) == Nomination.person_id)
        .join(Organisation, col(Organisation.id) == Nomination.organisation_id)
        .where(Nomination.round_id == round_.id, col(Nomination.case_no).in_(pair))
    )
    found = {row[0].case_no: row for row in session.exec(query).all()}
    if len(found) < len(pair) or not hidden_from(session, act, round_.id or 0).isdisjoint(pair):
        raise NotFound("本轮次没有这两件申报，或其中有您须回避的人选；请从合并页打开。")
    papers, leads = _counts(session, [row[0].id or 0 for row in found.values()])
    ways, programme = channels_of(session, round_.id or 0), read_programme(round_.programme)
    titles = {channel.key: channel.title for channel in programme.rules.channels}
    sides: list[Side] = []
    for nomination, person, unit in (found[number] for number in pair):
        key = nomination.id or 0
        carried = [
            ("推荐单位", unit),
            ("渠道", "、".join(title for way, title in titles.items() if way in ways.get(key, ())) or "—"),
            ("材料", f"{papers.get(key, 0)} 份"),
            ("采纳的线索", f"{leads.get(key, 0)} 条"),
        ]
        lines = [*_about(nomination, person, programme), *carried]
        sides.append(Side(nomination.case_no, person.name, lines, nomination.status not in GONE))
    return sides


def _about(nomination: Nomination, person: Person, programme: Programme) -> list[tuple[str, str]]:
    return [
        ("状态", NOMINATION_STATUS[nomination.status]),
        ("出生年月", chinese_month(person.born)),
        ("工作单位", nomination.unit),
        ("岗位", nomination.post),
        ("地区", programme.reference.regions.get(nomination.region, nomination.region)),
        ("身份证号码", "已加密，两件不相同"),
        ("报送时间", chinese_instant(nomination.submitted_at)),
    ]


def _counts(session: Session, ids: Sequence[int]) -> tuple[dict[int, int], dict[int | None, int]]:
    papers = select(Attachment.nomination_id, func.count()).where(
        col(Attachment.nomination_id).in_(ids), col(Attachment.withdrawn_at).is_(None)
    )
    leads = select(Lead.nomination_id, func.count()).where(col(Lead.nomination_id).in_(ids))
    return (
        dict(session.exec(papers.group_by(col(Attachment.nomination_id))).all()),
        dict(session.exec(leads.group_by(col(Lead.nomination_id))).all()),
    )


def _leads(session: Session, act: Act, round_: Round, pair: tuple[str, str]) -> list[Side]:
    found = [lead_by_receipt(session, number) for number in pair]
    hidden = hidden_ids(session, hidden_from(session, act, round_.id or 0))
    if any(lead.round_id != round_.id or lead.nomination_id in hidden for lead in found):
        raise NotFound("本轮次没有这两条线索，或其中有您须回避的人选；请从合并页打开。")
    titles = {channel.key: channel.title for channel in read_programme(round_.programme).rules.channels}
    units = dict(session.exec(select(Organisation.id, Organisation.name)).all())
    return [
        Side(
            lead.receipt_no,
            lead.name,
            [
                ("状态", LEAD_STATUS[lead.status]),
                ("工作单位", lead.unit),
                ("渠道", titles[lead.channel]),
                ("由谁决定", units.get(lead.organisation_id, "活动办公室（待转交）")),
                ("事迹摘要", lead.summary),
                ("提交时间", chinese_instant(lead.filed_at)),
                ("联系方式", "已加密"),
            ],
            lead.status == LeadStatus.FILED,
        )
        for lead in found
    ]

"""A ballot as it is published, and counted again by anybody: papers and terms, without people, receipts or order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from craftsman.errors import Invalid
from craftsman.programme.shares import Ratio
from craftsman.rules.ballot import Base, Count, Paper, count, merged, second_field


class PublishedRound(BaseModel):
    """The second round: who stood for the seats left, who kept a seat (`kept`) or may have none of these (`barred`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    candidates: tuple[str, ...]
    seats: int = Field(ge=1)
    entitled: int = Field(ge=0)
    present: int = Field(ge=0)
    recused: dict[str, int]
    kept: tuple[str, ...]
    barred: tuple[str, ...]
    papers: tuple[tuple[str, ...], ...]
    receipts: tuple[str, ...]


class Published(BaseModel):
    """All that the count hangs on; `receipts` are SHA-256 digests, by which members find their papers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    round: str
    stage: str
    result: str
    candidates: tuple[str, ...]
    seats: int = Field(ge=1)
    majority: Ratio
    base: Base
    entitled: int = Field(ge=0)
    present: int = Field(ge=0)
    recused: dict[str, int]
    papers: tuple[tuple[str, ...], ...]
    receipts: tuple[str, ...]
    second: PublishedRound | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a ballot is counted by."""

    candidates: Sequence[str]
    seats: int
    majority: Fraction
    base: Base
    entitled: int
    present: int
    recused: Mapping[str, int]


def counted(papers: Sequence[Sequence[str]], terms: Terms | Published) -> Count:
    """Count papers. Refused if the figures disagree."""
    return count(
        [Paper(frozenset(choices)) for choices in papers],
        candidates=terms.candidates,
        seats=terms.seats,
        majority=terms.majority,
        base=terms.base,
        entitled=terms.entitled,
        present=terms.present,
        recused=terms.recused,
    )


def counted_again(ballot: Published) -> tuple[Count, ...]:
    """All rounds of a published ballot. Invalid when others stood in the second than the first round's votes say."""
    first, second = counted(ballot.papers, ballot), ballot.second
    if second is None:
        return (first,)
    due = second_field(first.tallies, out={*second.kept, *second.barred}, seats=second.seats)
    if due != second.candidates:
        raise Invalid("第二轮的候选人与第一轮的票数不符：", [f"应为 {'、'.join(due)}"])
    again = Terms(
        candidates=second.candidates,
        seats=second.seats,
        majority=ballot.majority,
        base=ballot.base,
        entitled=second.entitled,
        present=second.present,
        recused=second.recused,
    )
    return first, counted(second.papers, again)


def read_published(content: str) -> Published:
    """A published ballot from its JSON. Invalid when it is none, or lists no receipt for a paper."""
    try:
        found = Published.model_validate_json(content)
    except ValidationError as fault:
        places = sorted({".".join(map(str, error["loc"])) or "文件" for error in fault.errors()})
        raise Invalid("不是可以重新计票的选票文件，请向活动办公室索取原文件。", places) from fault
    for one in (found, found.second) if found.second else (found,):
        if len(one.receipts) != len(one.papers) or len(set(one.receipts)) != len(one.receipts):
            raise Invalid(f"回执 {len(one.receipts)} 个与选票 {len(one.papers)} 张不符，文件已被改动。")
    return found


def count_lines(found: Count) -> list[str]:
    """The count in Chinese: papers reconciled, then each candidate."""
    papers = {"发出": found.issued, "收回": found.returned, "有效": found.valid, "废票": found.void}
    return [
        "，".join(f"{what} {number} 张" for what, number in papers.items()) + f"，其中弃权 {found.abstained} 张",
        *(f"{tally.candidate}：{tally.reason}" for tally in found.tallies),
    ]


def merged_lines(ballot: Published, counts: Sequence[Count]) -> list[str]:
    """All rounds in Chinese, and after a second one who has a seat of both."""
    if ballot.second is None:
        return count_lines(counts[0])
    both = merged(ballot.second.kept, counts[1])
    first, second = (count_lines(one) for one in counts)
    return [
        "第一轮",
        *first,
        f"第二轮：{len(ballot.second.candidates)} 名候选人，所余名额 {ballot.second.seats} 名",
        *second,
        f"两轮当选 {len(both.elected)} 名，空缺 {both.open_seats} 名：{'、'.join(both.elected) or '无'}",
    ]


def count_record(found: Count) -> dict[str, Any]:
    """The same for programs."""
    return {
        "issued": found.issued,
        "returned": found.returned,
        "valid": found.valid,
        "void": found.void,
        "abstained": found.abstained,
        "votes": {tally.candidate: tally.votes for tally in found.tallies},
        "needed": {tally.candidate: tally.needed for tally in found.tallies},
    }

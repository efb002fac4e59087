"""Nothing leaves the house before a second person has let it out, and nothing that differs from the frozen list."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, col, func, select

from craftsman.actions import releases
from craftsman.actions.documents import HTML, documents_of, keep_document, released_ids
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import size_of
from craftsman.errors import Forbidden, Refused
from craftsman.store.engine import reading, transaction
from models import AmendmentKind, AuditEvent, Award, Checkpoint, NoticeLine, Person
from tests.actions.make_announced import amend, announced, another, first_number, let_go, recuse, released, substituted
from tests.actions.make_noticed import Noticed
from tests.documents.leaking import ID_NUMBER
from tests.tampering import unguard

DECISION = "关于发布2026年河北大工匠年度人物名单的通报"


def wrong(noticed: Noticed) -> list[str]:
    with reading(noticed.place.engine) as session:
        return releases.compare(session, noticed.act(noticed.staff), noticed.round_id)


def public(noticed: Noticed) -> list[str]:
    with reading(noticed.place.engine) as session:
        found = documents_of(session, noticed.round_id, public_only=True)
    return [one.kind for one in found]


def keep(noticed: Noticed, content: bytes, *, public: bool = True) -> None:
    with transaction(noticed.place.engine) as session:
        facts = {"kind": releases.PRESS, "subject": noticed.round.key, "file_name": "新闻通稿.html", "media_type": HTML}
        act = noticed.act(noticed.staff)
        keep_document(session, act, round_id=noticed.round_id, content=content, public=public, **facts)


def test_decision_is_unseen_until_released(place: Workplace) -> None:
    noticed = announced(place)
    assert public(noticed) == ["notice"] * 3
    let_out = let_go(noticed)
    assert public(noticed) == [*["notice"] * 3, *["decision"] * 3]
    assert [one.kind for one in let_out] == [*["decision"] * 3, *["certificate"] * 9]
    with reading(place.engine) as session:
        assert session.get(Checkpoint, size_of(session)) is not None


def test_second_release_has_nothing_to_do(place: Workplace) -> None:
    noticed = released(place)
    with pytest.raises(Refused, match="没有待放行的文件"):
        let_go(noticed)


def test_maker_does_not_release(place: Workplace) -> None:
    noticed = released(place)
    amend(noticed, "丁样", AmendmentKind.REISSUE)
    with pytest.raises(Forbidden, match="制作和放行须由两人办理") as refused:
        let_go(noticed)
    assert len(refused.value.details) == 1
    assert [one.kind for one in let_go(noticed, another(noticed))] == ["certificate"]


def test_staff_do_not_release(place: Workplace) -> None:
    noticed = announced(place)
    with pytest.raises(Forbidden, match="没有办理此事项的权限"):
        let_go(noticed, noticed.staff)


def test_personal_data_is_not_even_kept(place: Workplace) -> None:
    noticed = announced(place)
    with pytest.raises(Refused, match="有不得公开的个人信息") as refused:
        keep(noticed, f"<p>入选人员</p>\n<p>{ID_NUMBER}</p>".encode())
    assert refused.value.details == ("新闻通稿.html · 第2行：身份证号",)
    assert ID_NUMBER not in str(refused.value)


def test_announced_round_agrees_with_its_notice(place: Workplace) -> None:
    assert wrong(announced(place)) == []


def test_substitution_is_a_covered_difference(place: Workplace) -> None:
    noticed = substituted(place)
    assert wrong(noticed) == []
    assert len(let_go(noticed)) == 12


def test_revocation_is_covered_once_rendered_again(place: Workplace) -> None:
    noticed = announced(place)
    amend(noticed, "丁样", AmendmentKind.REVOKE)
    with pytest.raises(Refused) as refused:
        let_go(noticed)
    assert refused.value.details == tuple(
        f"“{DECISION}.{suffix}”中有“丁样”，而此人不在名单上。" for suffix in ("html", "docx", "pdf")
    )
    render_again(noticed)
    assert len(let_go(noticed)) == 11
    assert wrong(noticed) == []


def test_corrected_name_needs_new_papers(place: Workplace) -> None:
    noticed = announced(place)
    amend(noticed, "丁样", AmendmentKind.NAME, name="丁大样")
    assert [line.partition("中")[2] for line in wrong(noticed)] == ["没有“丁大样”。"] * 4
    render_again(noticed)
    amend(noticed, "丁样", AmendmentKind.REISSUE)
    assert wrong(noticed) == []


def render_again(noticed: Noticed) -> None:
    with transaction(noticed.place.engine) as session:
        releases.render_again(session, noticed.act(noticed.staff), noticed.round_id)


def rename(session: Session) -> None:
    session.exec(select(Person).where(Person.name == "丁样")).one().name = "丁大样"


def demote(session: Session) -> None:
    first = session.exec(select(Award).order_by(col(Award.id))).first()
    assert first is not None
    first.tier = "craftsman"


def drop(session: Session) -> None:
    session.delete(session.exec(select(NoticeLine).order_by(col(NoticeLine.id))).first())


def exchange(session: Session) -> None:
    lines = session.exec(select(Award).where(Award.tier == "great").order_by(col(Award.position))).all()
    lines[0].position, lines[1].position = 2, 1


DEEDS: dict[str, Callable[[Session], None]] = {
    "“丁样”（{ding}）在命名名单中写作“丁大样”，没有更正决议。": rename,
    "“丁样”（{ding}）在命名名单中的称号与公示的不同。": demote,
    "“丁样”（{ding}）在命名名单中，却未经公示。": drop,
    "命名名单的顺序与公示不同：“丁样”（{ding}）应在“王小样”（{wang}）之前。": exchange,
}


def test_uncovered_differences_block(place: Workplace) -> None:
    """Past all acts, as after a repair in the database; each is undone again."""
    noticed = announced(place)
    ding, wang = noticed.people["丁样"], noticed.people["王小样"]
    for told, deed in DEEDS.items():
        with Session(place.engine) as session:
            unguard(session, "notice_line")
            deed(session)
            session.flush()
            with pytest.raises(Refused, match="与公示名单不一致，又没有相应的决议") as refused:
                releases.release_documents(session, noticed.act(noticed.verifier), noticed.round_id)
            assert told.format(ding=ding, wang=wang) in refused.value.details


def test_press_release_is_compared_too(place: Workplace) -> None:
    noticed = released(place)
    keep(noticed, "<p>大工匠2名：丁样（甲公司）、林样（乙公司）。</p>".encode(), public=False)
    with pytest.raises(Refused) as refused:
        let_go(noticed)
    assert refused.value.details[0] == "“新闻通稿.html”中没有“王小样”。"
    assert refused.value.details[-1] == "“新闻通稿.html”中有“林样”，而此人不在名单上。"


def test_everything_is_compared_with_the_notice(place: Workplace) -> None:
    noticed = announced(place)
    with transaction(place.engine) as session:
        unguard(session, "notice_line")
        session.exec(select(NoticeLine).where(NoticeLine.name == "丁样")).one().name = "丁大样"
    told = wrong(noticed)
    assert told[0] == "《关于2026年河北大工匠年度人物拟入选人员的公示》的名单在冻结之后有变动。"
    assert [line.partition("中没有")[0] for line in told if line.endswith("没有“丁大样”。")] == [
        *(f"“关于2026年河北大工匠年度人物拟入选人员的公示.{suffix}”" for suffix in ("html", "docx", "pdf")),
        *(f"“{DECISION}.{suffix}”" for suffix in ("html", "docx", "pdf")),
        f"“证书_{first_number()}.pdf”",
    ]


def test_posted_notices_are_released_at_once(place: Workplace) -> None:
    noticed = announced(place)
    with reading(place.engine) as session:
        notices = [one for one in documents_of(session, noticed.round_id) if one.kind == "notice"]
        assert released_ids(session, notices) == {one.id for one in notices}
        # what the public reads is signed for before: the posting and the three forms
        posted = session.exec(select(func.min(AuditEvent.seq)).where(AuditEvent.act == "notice.posted")).one()
        assert session.get(Checkpoint, posted + 3) is not None


def test_recused_verifier_does_not_release(place: Workplace) -> None:
    noticed = announced(place)
    recuse(noticed, noticed.verifier, "丁样")
    with pytest.raises(Forbidden, match="名单中有您须回避的人选"):
        let_go(noticed)
    with reading(place.engine) as session, pytest.raises(Forbidden, match="名单中有您须回避的人选"):
        releases.compare(session, noticed.act(noticed.verifier), noticed.round_id)
    assert len(let_go(noticed, another(noticed))) == 12

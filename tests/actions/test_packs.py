"""The material pack of a winner holds what was released, and no number of a person."""

import hashlib
import io
import json
import zipfile

import pytest
from sqlmodel import select

from craftsman.actions.packs import Pack, material_pack
from craftsman.actions.paper_entry import vault_of
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Refused
from craftsman.store.engine import transaction
from models import AmendmentKind, Attachment, Nomination
from tests.actions.make_announced import amend, announced, first_number, released
from tests.actions.make_noticed import Noticed
from tests.documents.leaking import ID_NUMBER, photograph

TITLE = "关于2026年河北大工匠年度人物拟入选人员的公示"


def pack(noticed: Noticed, name: str = "丁样") -> Pack:
    with transaction(noticed.place.engine) as session:
        return material_pack(session, noticed.act(noticed.staff), noticed.round.key, noticed.people[name])


def files(made: Pack) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made.content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def add_papers(noticed: Noticed, deeds: str = "攻克焊接难题，带徒十一人。") -> None:
    """A citation and a photograph, as the intake would have kept them."""
    with transaction(noticed.place.engine) as session:
        query = select(Nomination).where(Nomination.case_no == noticed.people["丁样"])
        nomination = session.exec(query).one()
        nomination.details = {**nomination.details, "deeds": deeds}
        picture = photograph()
        sha256 = vault_of(noticed.act()).keep(picture)
        session.add(nomination)
        session.add(
            Attachment(
                nomination_id=nomination.id or 0,
                kind="photo",
                sha256=sha256,
                source_sha256=sha256,
                media_type="image/jpeg",
                size=len(picture),
                file_name="照片.jpg",
                added_at=noticed.now,
            )
        )


def test_pack_holds_it_all(place: Workplace) -> None:
    noticed = released(place)
    add_papers(noticed)
    made = pack(noticed)
    found = files(made)
    documents = [f"公开文件/{TITLE}.{suffix}" for suffix in ("docx", "html", "pdf")]
    decision = [name.replace(TITLE, "关于发布2026年河北大工匠年度人物名单的通报") for name in documents]
    own = ["manifest.json", "函件/01-award.txt", "照片.jpg", "简要事迹.txt", f"证书/证书_{first_number()}.pdf"]
    assert sorted(found) == sorted([*documents, *decision, *own])
    assert "带徒十一人" in found["简要事迹.txt"].decode()
    assert "丁样" in found["函件/01-award.txt"].decode()
    listed = {one["file"]: one["sha256"] for one in json.loads(found.pop("manifest.json"))["files"]}
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}
    assert (pack(noticed).content, made.files) == (made.content, len(found))


def test_pack_waits_for_the_release(place: Workplace) -> None:
    with pytest.raises(Refused, match="有文件尚未放行"):
        pack(announced(place))


def test_numbers_keep_a_pack_back(place: Workplace) -> None:
    noticed = released(place)
    add_papers(noticed, deeds=f"带徒十一人，证号{ID_NUMBER}。")
    with pytest.raises(Refused) as refused:
        pack(noticed)
    assert refused.value.details == ("简要事迹.txt · 第4行：身份证号",)


def test_only_winners_have_packs(place: Workplace) -> None:
    noticed = released(place)
    amend(noticed, "王小样", AmendmentKind.REVOKE)
    for name in ("林样", "王小样"):
        with pytest.raises(Refused, match="没有有效的证书"):
            pack(noticed, name)
    noticed.staff = noticed.verifier
    with pytest.raises(Forbidden, match="没有办理此事项的权限"):
        pack(noticed)

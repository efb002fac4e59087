"""All that is held about one nominee, opened, for the person who asks for it; the export stands in the history.

Who judged what, and who objected, is not theirs to know: totals and outcomes are in it, names of others are not.
"""

import json
from collections.abc import Iterator, Mapping

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.erasing import draft_marks
from craftsman.actions.form_drafts import KEPT, drafts_about
from craftsman.actions.people import birth_of, id_number_of, phone_of
from craftsman.actions.provenance import channels_of
from craftsman.actions.readings import READINGS
from craftsman.actions.reasons import written
from craftsman.actions.statuses import NOMINATION_STATUS, status_word
from craftsman.actions.visibility import hidden_from
from craftsman.actions.withdrawal import nomination_by_case
from craftsman.audit.log import Entry
from craftsman.clock import instant
from craftsman.documents.workbook import tables_xlsx
from craftsman.errors import Forbidden, Refused
from craftsman.rules.consents import EVIDENCE
from craftsman.store.secrets import ERASED
from craftsman.workbook.columns import BY_KEY
from models import (
    Attachment,
    AuditEvent,
    Award,
    Consent,
    Message,
    Nomination,
    Objection,
    Person,
    StageEntry,
    StageRun,
    Unmasking,
)

Table = list[dict[str, str]]


def export_subject(
    session: Session, act: Act, case_no: str, *, reason: str, words: Mapping[str, str]
) -> Mapping[str, Table]:
    """Everything about one nominee by sheet; `words` are the acts of the history in Chinese. Refused once erased."""
    nomination = nomination_by_case(session, case_no)
    act.must("subject.export", nomination.round_id)
    if case_no in hidden_from(session, act, nomination.round_id):
        raise Forbidden("该人选须由您回避，请由其他人员办理。")
    person = session.get_one(Person, nomination.person_id)
    if person.erased_at is not None:
        raise Refused(ERASED)
    grounds = written(reason, "导出的理由")
    record(session, act, nomination.round_id, [Entry("subject.exported", case_no, private={"reason": grounds})])
    return {
        "个人信息": _person(session, act, person, nomination),
        "申报内容": _details(nomination),
        "材料": list(_papers(session, nomination)),
        "各环节": list(_stages(session, nomination)),
        "公示与荣誉": list(_after(session, nomination)),
        "同意": list(_consents(session, case_no)),
        "函件": list(_letters(session, nomination)),
        "草稿": list(_drafts(session, act, nomination, person)),
        "查阅": list(_looks(session, nomination, words)),
        "历史记录": list(_events(session, nomination, words)),
    }


def as_json(case_no: str, sheets: Mapping[str, Table]) -> bytes:
    """The export for programs."""
    return json.dumps({"申报编号": case_no, **sheets}, ensure_ascii=False, indent=2).encode()


def as_workbook(case_no: str, sheets: Mapping[str, Table]) -> bytes:
    """The export for people: a sheet for each part."""
    tables = {
        name: ([(title, 28) for title in (rows[0] if rows else ("（无）",))], [list(row.values()) for row in rows])
        for name, rows in sheets.items()
    }
    return tables_xlsx(f"{case_no} 个人信息", tables)


def _person(session: Session, act: Act, person: Person, nomination: Nomination) -> Table:
    secrets = act.place.secrets
    ways = sorted(channels_of(session, nomination.round_id).get(nomination.id or 0, ()))
    told = {
        "姓名": person.name,
        "性别": person.sex,
        "民族": person.ethnicity,
        "身份证号": id_number_of(secrets, person),
        "出生日期": birth_of(secrets, person).isoformat(),
        "手机": phone_of(secrets, person),
        "工作单位": nomination.unit,
        "统一社会信用代码": nomination.uscc,
        "单位所在地": nomination.region,
        "岗位": nomination.post,
        "状态": NOMINATION_STATUS[nomination.status],
        "来源渠道": "、".join(ways),
        "报送时间": instant(nomination.submitted_at),
    }
    return [{"项目": title, "内容": value} for title, value in told.items()]


def _details(nomination: Nomination) -> Table:
    return [
        {"项目": BY_KEY[key].title if key in BY_KEY else key, "内容": _plain(value)}
        for key, value in nomination.details.items()
    ]


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]


def _papers(session: Session, nomination: Nomination) -> Iterator[dict[str, str]]:
    query = select(Attachment).where(Attachment.nomination_id == nomination.id).order_by(col(Attachment.id))
    for one in session.exec(query).all():
        yield {
            "种类": one.kind,
            "文件": one.file_name,
            "编号": one.number,
            "提交": instant(one.added_at),
            "撤回": instant(one.withdrawn_at) if one.withdrawn_at else "",
            "SHA-256": one.sha256,
        }


def _stages(session: Session, nomination: Nomination) -> Iterator[dict[str, str]]:
    query = select(StageRun.title, StageEntry).join(StageEntry, col(StageEntry.stage_run_id) == StageRun.id)
    query = query.where(StageEntry.nomination_id == nomination.id).order_by(col(StageRun.position))
    for title, entry in session.exec(query).all():
        yield {
            "环节": title,
            "结果": entry.outcome.value,
            "名次": str(entry.place or ""),
            "分值": "" if entry.value is None else f"{entry.value / 100:.2f}",
            "说明": entry.reason,
        }


def _after(session: Session, nomination: Nomination) -> Iterator[dict[str, str]]:
    for one in session.exec(select(Objection).where(Objection.nomination_id == nomination.id)).all():
        told = {"事项": f"异议 {one.receipt_no}", "状态": status_word(one.status)}
        yield {**told, "时间": instant(one.filed_at), "内容": one.ruling}
    for award in session.exec(select(Award).where(Award.nomination_id == nomination.id)).all():
        number = award.certificate_no or ""
        yield {"事项": f"证书 {number}", "状态": status_word(award.status), "时间": "", "内容": award.tier}


def _consents(session: Session, case_no: str) -> Iterator[dict[str, str]]:
    for one in session.exec(select(Consent).where(Consent.subject == case_no).order_by(col(Consent.id))).all():
        yield {
            "日期": one.given_on.isoformat(),
            "依据": EVIDENCE[one.evidence],
            "文本指纹": one.text_digest,
            "材料指纹": one.evidence_digest,
            "撤回": instant(one.withdrawn_at) if one.withdrawn_at else "",
        }


def _letters(session: Session, nomination: Nomination) -> Iterator[dict[str, str]]:
    query = select(Message).where(Message.round_id == nomination.round_id).order_by(col(Message.id))
    for one in session.exec(query).all():
        if nomination.case_no in one.about:
            sent = instant(one.sent_at) if one.sent_at else ""
            yield {"函件": one.letter, "写成": instant(one.queued_at), "送出": sent}


def _drafts(session: Session, act: Act, nomination: Nomination, person: Person) -> Iterator[dict[str, str]]:
    """That somebody typed of them and has not handed it in, not who or what: nobody but the writer reads it."""
    for _, saved_at in drafts_about(session, act, draft_marks(session, act, nomination, person)):
        yield {"保存": instant(saved_at), "到期自动删除": instant(saved_at + KEPT)}


def _looks(session: Session, nomination: Nomination, words: Mapping[str, str]) -> Iterator[dict[str, str]]:
    query = select(AuditEvent.at, AuditEvent.act).where(AuditEvent.subject == nomination.case_no)
    reads = session.exec(query.where(col(AuditEvent.act).in_(READINGS)).order_by(col(AuditEvent.seq))).all()
    yield from ({"时间": instant(at), "查阅": words.get(name, name), "理由": ""} for at, name in reads)
    asked = select(Unmasking).where(Unmasking.nomination_id == nomination.id).order_by(col(Unmasking.id))
    for one in session.exec(asked).all():
        yield {"时间": instant(one.asked_at), "查阅": f"申请查看 {one.field}", "理由": one.reason}


def _events(session: Session, nomination: Nomination, words: Mapping[str, str]) -> Iterator[dict[str, str]]:
    query = select(AuditEvent.seq, AuditEvent.at, AuditEvent.act, AuditEvent.leaf)
    mine = query.where(AuditEvent.subject == nomination.case_no).order_by(col(AuditEvent.seq))
    for seq, at, name, leaf in session.exec(mine).all():
        yield {"序号": str(seq), "时间": instant(at), "事项": words.get(name, name), "叶指纹": leaf}

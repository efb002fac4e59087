"""The words that people agree to; a change of them gives another digest, so that each consent tells which it was."""

import hashlib
from collections.abc import Mapping

LEAD = "被推荐人已经知道并且同意由我推荐、提供以上信息（自荐的，即我本人同意）；我已阅读以上告知。"
NOMINATION = (
    "本人自愿参加评选，知悉并同意主办单位为资格审查、评审、公示、表彰和档案管理处理本人的个人信息（含身份证号、出生日期、"
    "手机号码和所交材料）；姓名、单位、岗位和主要事迹可依法公示、公布。待定，须办公室确认。"
)
TEXTS: Mapping[str, str] = {"lead": LEAD, "nomination": NOMINATION}
EVIDENCE: Mapping[str, str] = {"tick": "勾选", "paper": "已交材料", "letter": "书面信函"}


def text_digest(purpose: str) -> str:
    """The SHA-256 of the words of a purpose as they are now."""
    return hashlib.sha256(TEXTS[purpose].encode()).hexdigest()

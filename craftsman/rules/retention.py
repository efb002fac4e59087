"""How long personal data are kept, after what, on which ground, and how they go: one table.

Every duration is a proposal: the office must confirm it (待定). The history, sealed results and issued documents are
kept for good: they know people by case numbers only, or were published.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """One kind of data. `kind` is that of the erasure by two people; empty: they go by themselves, or never."""

    title: str
    after: str
    days: int | None
    ground: str
    how: str
    kind: str = ""
    confirmed: bool = False

    def due(self, since: datetime, now: datetime) -> bool:
        """Whether the time is over."""
        return self.days is not None and now >= since + timedelta(days=self.days)


_ERASED = "两人办理：销毁本人密钥，清除密文、查重索引和材料文件"
RETENTIONS: Mapping[str, Retention] = {
    "uploads": Retention("上传的汇总表和核对结果", "上传", 7, "个人信息保护法第十九条（最短必要时间）", "到期自动删除"),
    "drafts": Retention(
        "填写了尚未提交的表单（草稿）",
        "最后一次保存",
        7,
        "个人信息保护法第十九条（最短必要时间）",
        "到期或提交后自动删除；删除个人信息时，写有其编号、证件号码或电话的一并删除",
    ),
    "withdrawn": Retention(
        "撤回申报者的个人信息和材料",
        "撤回申报",
        30,
        "个人信息保护法第四十七条第一款第三项（撤回同意）",
        _ERASED,
        "person",
    ),
    "not_selected": Retention(
        "未入选者的个人信息和材料",
        "轮次结束",
        365,
        "个人信息保护法第四十七条第一款第一项（处理目的已实现）",
        _ERASED,
        "person",
    ),
    "selected": Retention(
        "获选者的个人信息和材料（已公布的姓名、单位、岗位长期保留）",
        "轮次结束",
        3650,
        "荣誉可被撤销，须能核对本人；档案法",
        _ERASED,
        "person",
    ),
    "leads": Retention("线索联系人及电话", "线索办结", 180, "个人信息保护法第十九条（最短必要时间）", _ERASED, "lead"),
    "objections": Retention(
        "异议反映人姓名、联系方式、证据和答复地址",
        "异议办结且轮次结束",
        1095,
        "民法典第一百八十八条（三年诉讼时效）",
        _ERASED,
        "objection",
    ),
    "experts": Retention(
        "停用专家的手机和邮箱", "停用", 1095, "个人信息保护法第十九条（最短必要时间）", _ERASED, "expert"
    ),
    "sessions": Retention(
        "登录会话", "过期或退出", 180, "网络安全法第二十一条（日志不少于六个月）", "只留散列，不含口令"
    ),
    "backups": Retention(
        "数据库备份、材料备份和旧密钥文件", "备份", 90, "删除须及于备份", "由系统管理员按期覆盖，并登记"
    ),
    "history": Retention("历史记录、封存结果、签发文件", "—", None, "档案法；评选结果须可核验", "不删除；不含个人信息"),
}

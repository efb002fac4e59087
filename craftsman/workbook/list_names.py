"""What reference lists are called in Chinese, by their keys."""

from collections.abc import Mapping

LIST_NAMES: Mapping[str, str] = {
    "regions": "行政区划",
    "groups": "所属集团",
    "industries": "产业",
    "clusters": "县域特色产业集群",
    "past_winners": "历届人选",
    "reporting_units": "推荐单位",
    "codes.sex": "性别",
    "codes.ethnicity": "民族",
    "codes.education": "学历",
    "codes.political": "政治面貌",
    "codes.skill_level": "职业技能等级",
    "codes.unit_nature": "单位性质",
    "codes.position": "职务",
    "codes.yes_no": "是否",
    "codes.seat": "正选、递补",
    "codes.unit_level": "单位层级",
    "codes.admin_rank": "行政级别",
    "codes.worker_classes": "人员类别",
    "codes.unit_negative": "单位负面清单",
    "codes.person_negative": "本人负面清单",
    "codes.departments": "征求意见的部门",
}


def list_name(key: str) -> str:
    """The Chinese name of a list; one that a selection has for itself goes by its key."""
    return LIST_NAMES.get(key, key)

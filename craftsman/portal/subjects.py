"""What events are about, as people call it: accounts by name, stages by title, numbered things by their kind."""

from collections.abc import Mapping

from craftsman.actions.event_names import ACCOUNT, Names, Titles

# actors of the history that are no accounts
WITHOUT_NAME = {"public": "公众", "system": "系统"}
ALONE: Mapping[str, str] = {"backup": "数据库备份", "experts": "专家库"}
# things that the history names by a word and a number or name
NUMBERED: Mapping[str, str] = {
    "delegation": "委托签批第 {} 号",
    "emergency": "应急授权第 {} 号",
    "expert": "专家 {}",
    "grants": "授权申请第 {} 号",
    "key": "密钥 {}",
    "tie": "回避关系第 {} 号",
    "token": "接口令牌 {}",
}
# what auditors looked at
VIEWED: Mapping[str, str] = {
    "account": "账号的经过",
    "case": "申报的经过",
    "event": "历史记录第 {} 条",
    "leads": "线索一览",
    "objections": "异议一览",
    "panels": "抽取一览",
    "round": "轮次的历史记录",
    "stage": "结果的差别",
    "ties": "回避关系一览",
}
LISTS: Mapping[str, str] = {"emergencies": "应急授权的使用", "refusals": "拒绝办理一览"}
LETTER = 40


def person(login: str, names: Names) -> str:
    """A person by name, the login behind it; the login alone where the account is not ours."""
    return f"{names.people[login]}（{login}）" if login in names.people else WITHOUT_NAME.get(login, login)


def about(subject: str, names: Names) -> str:
    """What an event was done to; numbers of cases, receipts and certificates stay as they are."""
    if subject.startswith(ACCOUNT):
        return person(subject.removeprefix(ACCOUNT), names)
    noun, _, rest = subject.partition("/")
    if noun == "view":
        return _viewed(rest, names)
    if noun in NUMBERED and rest:
        return NUMBERED[noun].format(rest)
    if len(subject) == LETTER and not set(subject) - set("0123456789abcdef"):
        return f"函件 {subject[:8]}…"
    return ALONE.get(subject) or _of_round(noun, rest, names) or subject


def _of_round(key: str, rest: str, names: Names) -> str:
    """A round or what lies in it; empty where it is none of ours."""
    round_ = next((one for one in names.rounds.values() if one.key == key), None)
    if round_ is None:
        return ""
    if not rest:
        return round_.title
    part, _, more = rest.partition("/")
    if part == "import":
        return "推荐汇总表"
    if part == "panel":
        return f"专家抽取第 {more} 次"
    title = round_.titles["stage"].get(part, "")
    return f"{title}{_within(more, round_.titles['unit'])}" if title else ""


def _within(rest: str, units: Titles) -> str:
    """What of a stage it is: a gate, something numbered, a unit; the code itself where there are no words."""
    part, _, number = rest.partition("/")
    if part == "gate":
        return f"第 {number} 次签批"
    if rest.isdigit():
        return f"第 {rest} 号"
    return "" if rest in {"", "all"} else f"（{units.get(rest, rest)}）"


def _viewed(rest: str, names: Names) -> str:
    what, _, name = rest.partition("/")
    if what == "list":
        return LISTS.get(name, name)
    told = VIEWED.get(what, what)
    if what == "event":
        return told.format(name)
    return f"{told}：{about(ACCOUNT + name if what == 'account' else name, names)}"

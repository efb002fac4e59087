"""Which pages of the installation and of personal data somebody may open, for their page of tasks."""

from craftsman.portal.parts import Visit

LINKS = (
    ("account.read", "/accounts", "账号", "查找、添加、停用账号，查看身份和登录"),
    ("account.read", "/grants", "授权", "待确认的授权"),
    ("account.propose", "/grants/new", "提出授权", "为一批人提出身份，由审计员确认"),
    ("doctor.read", "/doctor", "体检", "设置、数据库、密钥与历史记录是否妥当"),
    ("reference.load", "/reference", "名录", "查看各版，载入新版"),
    ("reference.load", "/calendars", "工作日表", "各年度的放假和调休"),
    ("keys.rotate", "/keys", "密钥", "在用的密钥和换用进度"),
    ("token.read", "/tokens", "接口令牌", "全部令牌"),
    ("token.make", "/tokens", "接口令牌", "供其他系统使用的令牌"),
    ("expert.read", "/experts", "专家库", "查找专家，载入名单，查看历次评审件数"),
    ("erasure.read", "/personal", "个人信息", "保存期限、到期、删除、本人查阅"),
)


def office_links(visit: Visit) -> list[tuple[str, str, str]]:
    """Paths, titles and what they are for, each page once; no query."""
    found = {path: (path, title, told) for act, path, title, told in LINKS if visit.act().may(act, None)}
    return list(found.values())

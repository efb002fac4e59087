"""A person's mistake: an exit status and a reason in Chinese on stderr, nothing on stdout, never a traceback."""

import pytest

from tests.cli.desk import ROUND, Desk

NO_KEYS = "找不到个人信息密钥文件，系统不能启动；请先运行 craftsman init，或从备份恢复密钥文件。"
NO_TABLES = "数据库尚未初始化，请先运行 craftsman init。"
NOBODY_NAMED = "请用 --as 账号 说明由谁办理（或设置 CRAFTSMAN_AS）。"
NO_ROUND = "没有轮次“hebei-2031”；用 craftsman round list 查看已开启的轮次。"
FORBIDDEN = "您没有办理此事项的权限；如需办理，请联系活动办公室。"

BARE = [
    (["round", "list"], 1, NO_KEYS),
    (["nothing"], 2, "没有这个命令：'nothing'。\n用法见：craftsman --help"),
    (["round", "nothing"], 2, "没有这个命令：'nothing'。\n用法见：craftsman round --help"),
    (["gate", "approve", "3"], 2, "缺少 '--digest'。\n用法见：craftsman gate approve --help"),
    (["round", "close", ROUND], 2, "缺少 'STAGE'。\n用法见：craftsman round close --help"),
    (["doctor", "--loud"], 2, "没有选项 --loud。\n用法见：craftsman doctor --help"),
    (["doctor", "now"], 2, "多出了参数：now。\n用法见：craftsman doctor --help"),
    (["audit", "log", "--limit"], 2, "选项 --limit 的用法不对，它后面须有一个值。"),
    (["audit", "log", "--limit", "0"], 2, "'--limit' 的值不正确：应不小于 1。\n用法见：craftsman audit log --help"),
    (
        ["gate", "return", "x", "--reason", "r", "--role", "staff"],
        2,
        "'GATE' 的值不正确：应为整数。\n用法见：craftsman gate return --help",
    ),
    (
        ["template", "hebei-2031", "t.xlsx"],
        1,
        "没有轮次“hebei-2031”；用 craftsman round list 查看已开启和可开启的轮次。",
    ),
]

READY = [
    (["round", "open", "hebei-great-craftsman", "2026"], NOBODY_NAMED),
    (["round", "open", "hebei-great-craftsman", "2026", "--as", "某人"], "没有可用的账号“某人”，请核对账号名。"),
    (["round", "open", "hebei-great-craftsman", "2026", "--as", "auditor"], FORBIDDEN),
    (
        ["round", "open", "hebei-great-craftsman", "2031", "--as", "staff"],
        (
            "评选“hebei-great-craftsman”2031 年度的配置有 1 处问题，请逐条改正\n"
            "  · programmes/hebei-great-craftsman/rounds/2031.toml：没有这个文件"
        ),
    ),
    (
        ["round", "open", "nothing", "2026", "--as", "staff"],
        "没有名为“nothing”的评选，请检查名称\n  · 现有评选：hebei-great-craftsman",
    ),
    (["round", "status", "hebei-2031"], NO_ROUND),
    (["round", "close", "hebei-2031", "score", "--as", "staff"], NO_ROUND),
    (["import", "hebei-2031", "a.xlsx", "--as", "staff"], NO_ROUND),
    (["audit", "export", "hebei-2031", "a.zip", "--as", "auditor"], NO_ROUND),
    (["announce", "list", "hebei-2031"], NO_ROUND),
    (["gate", "approve", "9", "--digest", "0", "--role", "staff", "--as", "staff"], "没有这个签批关口。"),
    (["gate", "return", "9", "--reason", "r", "--role", "staff", "--as", "staff"], "没有这个签批关口。"),
    (["notice", "post", "9", "--as", "verifier"], "没有这份公示。"),
    (["objection", "accept", "YY-1", "--as", "staff"], "没有异议“YY-1”，请用 craftsman objection list 核对编号。"),
    (["lead", "adopt", "XS-1", "2026-tangshan-0001", "--as", "staff"], "没有线索“XS-1”，请核对回执编号。"),
    (["announce", "check", "HBDGJ-2026-A-003-X"], "证书编号的校验位不符，可能有字符录错，请照证书左下角所印逐位核对。"),
    (["account", "password", "staff", "--file", "none.txt", "--as", "admin"], "找不到文件 none.txt。"),
    (["account", "password", "staff", "--file", ".", "--as", "admin"], "无法读取 .，请检查它是不是文件、有没有权限。"),
    (
        ["account", "grant", "staff", "--role", "king", "--as", "security"],
        "授权名单有误，全部未提出：\n  · 没有“king”这种身份",
    ),
    (
        ["account", "grant", "a", "--role", "staff", "--as", "security"],
        "授权名单有误，全部未提出：\n  · 没有可用的账号“a”，请系统管理员先添加",
    ),
    (
        ["account", "grant", "staff", "--role", "auditor", "--as", "security"],
        "三员（系统管理员、安全保密管理员、审计员）不能互相兼任，也不能兼任其他身份：\n  · staff：审计员与工作人员",
    ),
    (["account", "grant", "staff", "--role", "expert", "--as", "admin"], FORBIDDEN),
    (["account", "add", "a", "某", "a@b.cn", "--as", "staff"], FORBIDDEN),
    (["account", "list", "--as", "staff"], FORBIDDEN),
    (["account", "sessions", "admin", "--as", "staff"], FORBIDDEN),
    (["account", "sessions", "nobody", "--as", "security"], "没有账号“nobody”。"),
    (["account", "reset-factor", "admin", "--reason", "r", "--as", "staff"], FORBIDDEN),
    (
        ["account", "reset-factor", "staff", "--reason", "手机丢失", "--as", "security"],
        "账号“staff”没有设置第二重验证，无需重置。",
    ),
    (["mail", "deliver", "--as", "auditor"], FORBIDDEN),
    (
        ["mail", "deliver", "--as", "staff"],
        "没有正在运行的 Prefect 服务：请先运行 craftsman serve，或用 PREFECT_API_URL 指明其地址。",
    ),
    (["worker"], "没有正在运行的 Prefect 服务：请先运行 craftsman serve，或用 PREFECT_API_URL 指明其地址。"),
    (["template", ROUND, "t.docx"], "写出的是 .xlsx 文件，文件名须以 .xlsx 结尾：t.docx"),
    (["sample", ROUND, "s.csv"], "写出的是 .xlsx 文件，文件名须以 .xlsx 结尾：s.csv"),
    (["sample", ROUND, "s.xlsx", "--people", "140"], "要求 140 人，超过各推荐单位名额之和 139"),
]


@pytest.mark.parametrize(
    ("words", "status", "reason"), BARE, ids=lambda one: " ".join(one) if isinstance(one, list) else ""
)
def test_mistakes_before_set_up_are_told(bare: Desk, words: list[str], status: int, reason: str) -> None:
    told = bare.run(*words)
    assert (told.status, told.out, told.err.strip()) == (status, "", reason)


def test_mistakes_of_users_are_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    for words, reason in READY:
        told = desk.run(*words)
        assert (words, told.status, told.out, told.err.strip()) == (words, 1, "", reason)


def test_every_mistake_is_told_in_english(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAFTSMAN_LANG", "en")
    told = bare.run("doctor", "--loud")
    assert (told.status, told.err) == (2, "No such option: --loud\nSee: craftsman doctor --help\n")


def test_keys_without_tables_ask_for_init(desk: Desk) -> None:
    (desk.folder / "data" / "craftsman.db").unlink()
    told = desk.run("round", "list")
    assert (told.status, told.err.strip()) == (1, NO_TABLES)


def test_keys_readable_by_others_are_refused(desk: Desk) -> None:
    (desk.folder / "data" / "keys.json").chmod(0o644)
    told = desk.run("round", "list")
    assert (told.status, told.err.strip()) == (1, "个人信息密钥文件可被他人读取；请执行 chmod 400 后重试。")


def test_database_that_is_none_is_told(desk: Desk) -> None:
    (desk.folder / "data" / "craftsman.db").write_bytes(b"not a database" * 100)
    told = desk.run("round", "list")
    reason = "无法打开数据库，请检查 CRAFTSMAN_DATABASE_URL、CRAFTSMAN_DATA_DIR 以及数据库是否在运行。"
    assert (told.status, told.err.strip()) == (1, reason)


def test_unusable_setting_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAFTSMAN_SMTP_PORT", "mail")
    told = desk.run("round", "list")
    reason = "下列环境变量的值不可用，请参照 docs/howto/settings.md 改正：\n  · CRAFTSMAN_SMTP_PORT"
    assert (told.status, told.err.strip()) == (1, reason)


def test_word_file_renamed_xlsx_is_refused(opened: Desk) -> None:
    from docx import Document  # noqa: PLC0415  (one test's own tool)

    path = opened.folder / "表.xlsx"
    Document().save(str(path))
    told = opened.run("import", ROUND, str(path), "--as", "staff")
    assert (told.status, told.out, "不是 Excel 工作簿" in told.err) == (1, "", True)


def test_missing_workbook_is_named_among_others(opened: Desk) -> None:
    opened.done("sample", ROUND, opened.file("s.xlsx"), "--people", "5")
    told = opened.run("import", ROUND, opened.file("none.xlsx"), opened.file("s-更正.xlsx"), "--as", "staff")
    assert (told.status, told.err.strip().startswith("none.xlsx：找不到文件")) == (1, True)


def test_names_too_long_are_told(opened: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(opened.folder)
    name = "表" * 180 + ".xlsx"
    reason = f"文件名过长，请改短后再试：{name}"
    for words in (
        ("import", ROUND, name, "--as", "staff"),
        ("template", ROUND, name),
        ("audit", "export", ROUND, name, "--as", "auditor"),
        ("reference", "load", "hebei-great-craftsman", name, "--source", "某文件", "--as", "admin"),
        ("demo", "--folder", name),
    ):
        told = opened.run(*words)
        assert (words, told.status, told.out, told.err.strip()) == (words, 1, "", reason)
    told = opened.run("lead", "file", ROUND, name, "--as", "staff")
    assert (told.status, told.err.strip()) == (1, f"{name}：无法读取，请检查文件名和权限。")
    told = opened.run("paper", "load", ROUND, name, "--as", "staff")
    assert (told.status, told.err.strip()) == (1, f"找不到文件夹 {name}。")


def test_import_before_the_opening_is_refused(desk: Desk) -> None:
    desk.done("round", "open", "hebei-great-craftsman", "2026", "--as", "staff")
    desk.done("sample", ROUND, desk.file("s.xlsx"), "--people", "5")
    told = desk.run("import", ROUND, desk.file("s.xlsx"), "--as", "staff")
    assert (told.status, told.err.strip()) == (1, "环节“申报受理”尚未开始，暂不能报送；请在公布的报送时间内再来。")


def test_files_are_not_written_over(desk: Desk) -> None:
    desk.done("template", ROUND, desk.file("t.xlsx"))
    told = desk.run("template", ROUND, desk.file("t.xlsx"))
    assert (told.status, told.err.strip()) == (1, f"已有文件 {desk.file('t.xlsx')}，请换一个文件名或先移走它。")


def test_form_with_unknown_key_is_refused(opened: Desk) -> None:
    form = opened.folder / "lead.toml"
    form.write_text('channel = "media"\nname = "某某"\nwho = "我"\n')
    told = opened.run("lead", "file", ROUND, str(form), "--as", "staff")
    assert (told.status, told.err.count("缺少这一项"), told.err.count("没有这样的配置项")) == (1, 4, 1)


def test_demo_spares_other_peoples_folders(bare: Desk) -> None:
    (bare.folder / "report.txt").write_text("mine")
    told = bare.run("demo", "--folder", str(bare.folder))
    assert (told.status, told.err.strip()) == (1, f"{bare.folder} 里有演示以外的内容，请另选一个空文件夹。")


def test_unwritable_place_is_told(desk: Desk) -> None:
    place = desk.file("data/keys.json/t.xlsx")
    told = desk.run("template", ROUND, place)
    assert (told.status, told.err.strip()) == (1, f"无法写入 {place}，请检查文件夹和权限。")


def test_nominations_of_nowhere_are_refused(opened: Desk) -> None:
    told = opened.run("nomination", "list", ROUND, "--unit", "nowhere")
    assert (told.status, told.out) == (1, "")
    assert told.err.startswith("名录中没有推荐单位“nowhere”；现有：")

"""The command line as a whole: which command stands in which module, and how a command ends."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from craftsman.cli.faults import telling_faults
from craftsman.cli.language import say

Command = tuple[str, str]
"""(where the function or group stands, its help)."""

COMMANDS: Mapping[str, Command] = {
    "init": ("office:init", say("初始化：建库、生成密钥、设立首位管理员。", "Set up database, keys, administrator.")),
    "doctor": ("office:doctor", say("体检：设置、数据库、密钥与历史记录。", "Examine settings, database, history.")),
    "backup": ("backup:backup", say("备份整个数据库，不停办。", "Save the whole database.")),
    "restore": ("backup:restore", say("恢复备份并核对；--check 只核对。", "Put a backup back and check it.")),
    "demo": ("demo:demo", say("演示：用虚构人员跑完一整个年度。", "Run a whole round with fictitious people.")),
    "serve": ("serve:serve", say("启动门户、Prefect 服务和后台办理。", "Start portal, Prefect server and worker.")),
    "worker": ("worker:worker", say("只启动后台办理（可在多台机器上）。", "Start a worker only, on any machine.")),
    "template": ("intake:template", say("生成空白推荐汇总表。", "Write the blank nomination workbook.")),
    "import": ("intake:import_", say("导入推荐汇总表，有错的行退回。", "Import nomination workbooks.")),
    "sample": ("intake:sample", say("生成虚构的推荐汇总表，供演练。", "Write a fictitious nomination workbook.")),
    "keys": ("keys:app", say("密钥：查看、启用、换用、停用。", "Keys: list, add, rotate, retire.")),
    "account": ("account:app", say("账号与授权。", "Accounts and roles.")),
    "token": ("token:app", say("接口令牌：供其他系统使用。", "Tokens for other programs.")),
    "reference": ("reference:app", say("名录：载入、查看各版。", "Reference lists: load, look at versions.")),
    "expert": ("expert:app", say("专家库：载入、查看。", "The expert library: load, look.")),
    "panel": ("panel:app", say("专家抽取：公告、抽取、答复、核验。", "Panels drawn in public.")),
    "round": ("round:app", say("轮次：开启、查看、推进。", "Rounds: open, look, advance.")),
    "ballot": ("ballot:app", say("选票：第二轮、公开、重新计票。", "Ballots: second round, publish, recount.")),
    "gate": ("gate:app", say("签批关口。", "Gates.")),
    "tie": ("tie:app", say("回避关系：申报、登记、确认、撤销。", "Ties by which recusal is computed.")),
    "paper": ("paper:app", say("材料：提交、查看、撤回、查重。", "Papers: hand in, look, withdraw.")),
    "lead": ("lead:app", say("线索：登记、转交、采纳、不采纳。", "Leads: file, route, adopt, reject.")),
    "nomination": ("nomination:app", say("申报：查看、撤回、恢复。", "Nominations: look, withdraw, restore.")),
    "subject": ("subject:app", say("个人信息：查看、删除、导出。", "Personal data: look, erase, export.")),
    "retention": ("retention:app", say("保存期限：一览、到期、办理。", "Retention: list, due, run.")),
    "merge": ("merge:app", say("合并：疑似同一人的线索、申报，可撤销。", "Merges of leads and nominations.")),
    "endorse": ("endorse:app", say("推荐意见：导出待定申报、导入决定。", "Endorsements, filled in offline.")),
    "quota": ("quota:app", say("名额与结构：实时情况、例外。", "Quotas and structure, waivers.")),
    "screen": ("screen:app", say("资格审查：不合格名单、补正、例外。", "Screening: failures, 补正, overrides.")),
    "review": ("review:app", say("评审分配：预演、撤销、重抽、核验。", "Panels: plan, undo, draw again, check.")),
    "score": ("score:app", say("评分表：导出填写、导入提交。", "Score sheets, filled in offline.")),
    "contest": ("contest:app", say("挑战比拼：发布成绩、申诉、佐证文件。", "Contests: results, appeals.")),
    "tally": ("tally:app", say("网络点赞：导入、作废、确认、查看。", "Likes: take in, void, confirm, look.")),
    "notice": ("notice:app", say("公示与递补。", "Notices, outages, substitutes.")),
    "objection": ("objection:app", say("异议：登记、受理、核查、裁定。", "Objections: file, investigate, rule.")),
    "announce": (
        "announce:app",
        say("发布：名单、文件、比对、放行、核验。", "Announcement: list, papers, certificates."),
    ),
    "document": ("document:app", say("文书：种类、制作。", "Documents: the kinds, making one.")),
    "amend": ("amend:app", say("名单变更：更正姓名、换发证书、撤销称号。", "Amendments of a published list.")),
    "outreach": ("outreach:app", say("五进活动：计划、登记、确认、年度报告。", "Visits of winners, and their ledger.")),
    "mail": ("mail:app", say("函件。", "Letters.")),
    "calendar": ("workdays:app", say("工作日历：期限到哪一天，为什么。", "When a period ends, and why.")),
    "names": ("names:app", say("姓名：按姓氏笔画排序。", "Names in stroke order.")),
    "audit": ("audit:app", say("历史记录：核对、证明、证据包。", "The history.")),
    "witness": ("witness:app", say("见证方：审计单位在自己的机器上见证。", "The witness of the audit office.")),
}


class Program(TyperGroup):
    """The commands, each loaded when it is called: `--help` then needs no database, worker or portal code."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  (the library's signature)
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command of that name, None for an unknown one."""
        return load(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the list of commands from the table above."""
        with formatter.section(say("命令", "Commands")):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def load(name: str) -> Any:
    """Import a command."""
    place, text = COMMANDS[name]
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"craftsman.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        command = get_command(found)
    else:
        single = typer.Typer(rich_markup_mode=None, add_completion=False)
        single.command(name, help=text)(found)
        command = get_command(single)
    command.name = name
    return command


program = Program(
    name="craftsman",
    help=say("河北大工匠年度人物评选工作流引擎。", "Workflow engine of the Hebei Great Craftsman selection."),
    no_args_is_help=True,
    rich_markup_mode=None,
)


def run(words: Sequence[str]) -> int:
    """Run a command; returns the exit status: 0 done, 1 refused, 2 used wrongly."""
    with telling_faults() as ended:
        ended.status = program.main(list(words), prog_name="craftsman", standalone_mode=False) or 0
    return ended.status


def main() -> None:
    """Run the command of this process."""
    sys.exit(run(sys.argv[1:]))

"""The command line as a whole: which command stands in which module."""

import typer

from craftsman.cli import announce, audit, gate, intake, mail, notice, office, round, run, score  # noqa: A004
from craftsman.cli.base import telling_refusals
from craftsman.cli.language import say

app = typer.Typer(
    name="craftsman",
    help=say("河北大工匠年度人物评选工作流引擎。", "Workflow engine of the Hebei Great Craftsman selection."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("init", help=office.INIT)(office.init)
app.command("doctor", help=office.DOCTOR)(office.doctor)
app.command("demo", help=run.DEMO)(run.demo)
app.command("serve", help=run.SERVE)(run.serve)
app.command("worker", help=run.WORKER)(run.worker)
app.command("template", help=intake.TEMPLATE)(intake.template)
app.command("import", help=intake.IMPORT)(intake.import_)
app.command("sample", help=intake.SAMPLE)(intake.sample)
app.add_typer(office.accounts, name="account")
app.add_typer(round.app, name="round")
app.add_typer(gate.app, name="gate")
app.add_typer(score.app, name="score")
app.add_typer(notice.app, name="notice")
app.add_typer(announce.app, name="announce")
app.add_typer(mail.app, name="mail")
app.add_typer(audit.app, name="audit")


def main() -> None:
    """Run the command; a refusal is told in its reader's language, exit status 1, never a traceback."""
    with telling_refusals():
        app()

"""What the demo shows on the terminal: a bar per stage, and the summary at the end."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from craftsman.actions.progress import Funnel
from craftsman.actions.views import StageView


@dataclass
class Bars:
    """A bar per stage of the round; also keeps how long each stage took."""

    console: Console
    titles: Sequence[str]
    sizes: dict[str, int]
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay out the columns."""
        width = max(len(title) for title in self.titles)
        self.progress = Progress(
            TextColumn("{task.description:　<" + str(width) + "}"),
            BarColumn(bar_width=40),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        )

    @contextmanager
    def stage(self, view: StageView) -> Generator[Callable[[int], None]]:
        """Show the bar of one stage until it is passed."""
        total = self.sizes.get(view.run.kind, 0)
        bar = self.progress.add_task(view.run.title, total=total or None)
        yield lambda done: self.progress.advance(bar, done)
        done = self.progress.tasks[bar].completed or 1
        self.progress.update(bar, total=done, completed=done)
        self.seconds[view.run.key] = self.progress.tasks[bar].elapsed or 0.0
        self.progress.stop_task(bar)


@dataclass(frozen=True, slots=True)
class Winner:
    """One line of the list of winners."""

    tier: str
    certificate_no: str
    name: str
    unit: str
    reporting_unit: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What the demo came to."""

    title: str
    funnel: Sequence[Funnel]
    winners: Sequence[Winner]
    files: Sequence[tuple[str, str]]
    runs: Sequence[tuple[str, str]]
    letters: int
    events: int
    head: str
    seconds: float
    prefect_seconds: float


def print_summary(console: Console, summary: Summary, folder: Path) -> None:
    """The funnel, the winners, the files, the Prefect runs, the head of the history, the time."""
    console.print(f"\n[bold]{summary.title}[/bold]", highlight=False)
    console.print(_funnel(summary))
    for table in _winners(summary):
        console.print(table)
    console.print(_pairs(f"文件（在 {_shown(folder)}/）", ("文件", "内容"), summary.files))
    console.print(_pairs("Prefect 运行", ("环节", "最近一次流程运行"), summary.runs))
    console.print(f"函件 {summary.letters} 封 · 历史记录 {summary.events} 条 · 根哈希 {summary.head}", soft_wrap=True)
    console.print(f"用时 {summary.seconds:.1f} 秒（其中等待 Prefect 服务启动 {summary.prefect_seconds:.1f} 秒）")


def _funnel(summary: Summary) -> Table:
    table = Table(title="各环节漏斗", title_justify="left")
    for column in ("环节", "进入", "通过", "递补", "止步"):
        table.add_column(column, justify="left" if column == "环节" else "right")
    for line in summary.funnel:
        table.add_row(
            line.title, *(str(one or "") for one in (line.entered, line.advanced, line.reserve, line.stopped))
        )
    return table


def _winners(summary: Summary) -> Generator[Table]:
    tiers = dict.fromkeys(one.tier for one in summary.winners)
    for tier in tiers:
        table = Table(title=f"{tier}（虚构人员，按姓氏笔画为序）", title_justify="left")
        table.add_column("证书编号", no_wrap=True)
        table.add_column("姓名", no_wrap=True)
        table.add_column("工作单位", overflow="fold")
        table.add_column("推荐单位", no_wrap=True)
        for one in summary.winners:
            if one.tier == tier:
                table.add_row(one.certificate_no, one.name, one.unit, one.reporting_unit)
        yield table


def _pairs(title: str, columns: tuple[str, str], rows: Sequence[tuple[str, str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _shown(folder: Path) -> str:
    """The folder as somebody would type it here."""
    return str(folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder)

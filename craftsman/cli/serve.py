"""`craftsman serve`: portal, Prefect server and worker as processes, or the portal in this one."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from craftsman.cli import address
from craftsman.cli.base import console, settings, workplace
from craftsman.cli.language import say
from craftsman.cli.office import first_steps, set_up
from craftsman.cli.supervise import Child, supervise, until_told_to_stop
from craftsman.logs import log_lines
from craftsman.portal.serving import serve_portal
from craftsman.services.prefect_server import PrefectServer
from craftsman.settings import Settings
from craftsman.store.files import write_atomically

PREFECT_PORT = 4200

Host = Annotated[str, typer.Option(help=say("门户监听的地址", "address that the portal listens on"))]
Port = Annotated[
    int | None,
    typer.Option(help=say("门户端口，默认取自 CRAFTSMAN_PUBLIC_URL", "the portal's port, by default the public URL's")),
]


def serve(
    host: Host = "127.0.0.1",
    port: Port = None,
    prefect_port: Annotated[
        int, typer.Option(help=say("Prefect 服务端口", "the Prefect server's port"))
    ] = PREFECT_PORT,
    portal_only: Annotated[
        bool, typer.Option("--portal-only", help=say("只启动门户", "start the portal only"))
    ] = False,
) -> None:
    """Run portal, Prefect server and worker until told to stop; an empty installation is set up first."""
    chosen = settings()
    listens = port or urlsplit(chosen.public_url).port or 8400
    if portal_only:
        log_lines()
        serve_portal(workplace(), host, listens)
        return
    if _is_empty(chosen):
        _, made = set_up(chosen)
        _say(say("已初始化。", "Set up."), *first_steps(made))
    workplace().engine.dispose()
    _serve_all(chosen, host, listens, prefect_port)


def _is_empty(chosen: Settings) -> bool:
    return (
        not chosen.keys.exists()
        and not chosen.database_url
        and not Path(chosen.url.removeprefix("sqlite:///")).exists()
    )


def _serve_all(chosen: Settings, host: str, port: int, prefect_port: int) -> None:
    server = PrefectServer(address.home(chosen), prefect_port)
    noted = address.address_file(chosen)
    children = [
        Child(say("门户", "The portal"), ("serve", "--portal-only", "--host", host, "--port", str(port))),
        Child(say("后台办理", "The worker"), ("worker",)),
    ]
    _say(say("正在启动 Prefect 服务 …", "Starting the Prefect server …"))
    with until_told_to_stop():
        try:
            server.start()
            write_atomically(noted, server.api.encode())
            _say(
                say(f"门户     http://{host}:{port}", f"Portal   http://{host}:{port}"),
                f"Prefect  {server.api.removesuffix('/api')}",
                say("按 Ctrl-C 停止。", "Ctrl-C stops all."),
            )
            supervise(children, {**server.environment(), **_absolute(chosen)}, beside=server.pid)
        finally:
            noted.unlink(missing_ok=True)
            server.stop()
    _say(say("已全部停止。", "All stopped."))


def _absolute(chosen: Settings) -> dict[str, str]:
    """The folders of the settings for processes that run elsewhere (flow runs start in the checkout)."""
    return {
        f"CRAFTSMAN_{name.upper()}": str(value.resolve())
        for name in type(chosen).model_fields
        if isinstance(value := getattr(chosen, name), Path)
    }


def _say(*lines: str) -> None:
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)

"""Commands that run for a while: demo, serve, worker."""

import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from craftsman.cli import prefect
from craftsman.cli.base import console, settings, stands, workplace
from craftsman.cli.language import say
from craftsman.cli.office import first_steps, set_up
from craftsman.cli.supervise import Child, supervise, until_told_to_stop
from craftsman.demo.run import run_demo
from craftsman.errors import Refused
from craftsman.logs import log_lines
from craftsman.portal.app import create_app, serve_app
from craftsman.services.prefect_server import PrefectServer
from craftsman.services.worker import deploy, run_worker
from craftsman.settings import HOME, Settings
from craftsman.store.files import write_atomically

PREFECT_PORT = 4200

Host = Annotated[str, typer.Option(help=say("门户监听的地址", "address that the portal listens on"))]
Port = Annotated[
    int | None,
    typer.Option(help=say("门户端口，默认取自 CRAFTSMAN_PUBLIC_URL", "the portal's port, by default the public URL's")),
]


def demo(
    folder: Annotated[Path, typer.Option(help=say("写到此文件夹，原有内容会清空", "folder, emptied first"))] = HOME
    / "var"
    / "demo",
) -> None:
    """Run a whole round with fictitious people on embedded servers."""
    _may_be_emptied(folder)
    run_demo(folder.resolve(), console)


def _may_be_emptied(folder: Path) -> None:
    """Refused for a folder with other things in it than an earlier demo."""
    if stands(folder) and folder.is_dir() and any(folder.iterdir()) and not (folder / "data" / "clock.txt").exists():
        raise Refused(say(f"{folder} 里有演示以外的内容，请另选一个空文件夹。", f"{folder} holds other things."))


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
        _serve_portal(host, listens)
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


def _serve_portal(host: str, port: int) -> None:
    log_lines()
    place = workplace()
    api = os.environ.get("PREFECT_API_URL", "")
    auth = os.environ.get("PREFECT_API_AUTH_STRING", "")
    app = create_app(place, prefect_ui=api.removesuffix("/api"), prefect_auth=auth) if api else create_app(place)
    serve_app(app, place.settings, host, port)


def _serve_all(chosen: Settings, host: str, port: int, prefect_port: int) -> None:
    server = PrefectServer(prefect.home(chosen), prefect_port)
    noted = prefect.address_file(chosen)
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


def worker() -> None:
    """Run a Prefect worker and the dispatcher beside it until told to stop."""
    place = workplace()
    environment = {**os.environ, "PREFECT_API_URL": prefect.must_have_address(place.settings)}
    log_lines()
    deploy(environment)
    run_worker(environment)


def _say(*lines: str) -> None:
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)

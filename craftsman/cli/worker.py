"""The worker as a command; apart from `serve`, which starts it as a process and needs nothing of Prefect itself."""

import os

from craftsman.cli.address import must_have_address
from craftsman.cli.base import workplace
from craftsman.logs import log_lines
from craftsman.services.worker import deploy, run_worker


def worker() -> None:
    """Run a Prefect worker and the dispatcher beside it until told to stop."""
    place = workplace()
    environment = {**os.environ, "PREFECT_API_URL": must_have_address(place.settings)}
    log_lines()
    deploy(environment)
    run_worker(environment)

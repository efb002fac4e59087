"""Writers take turns in the order in which they came, whatever happens in a turn."""

import subprocess
import sys
import threading
import time

import pytest

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction
from craftsman.store.turns import Turns


def test_turns_go_by_arrival() -> None:
    turns, order = Turns(), list[int]()

    def write(number: int) -> None:
        with turns.turn():
            order.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    with turns.turn():
        for number, thread in enumerate(threads):
            thread.start()
            wait_for(turns, number + 1)
    for thread in threads:
        thread.join()
    assert order == list(range(20))


def wait_for(turns: Turns, many: int) -> None:
    while len(turns._waiting) < many:  # pyright: ignore[reportPrivateUsage]
        time.sleep(0.001)


def test_failed_turn_is_handed_on() -> None:
    turns = Turns()
    with pytest.raises(RuntimeError), turns.turn():
        raise RuntimeError
    with turns.turn():
        pass


def test_variants_of_an_engine_share_the_queue(place: Workplace) -> None:
    other, inside = place.engine.execution_options(), list[str]()

    def write() -> None:
        with transaction(other):
            inside.append("second")

    second = threading.Thread(target=write)
    with transaction(place.engine):
        second.start()
        time.sleep(0.05)
        inside.append("first")
    second.join()
    assert inside == ["first", "second"]


def test_processes_wait_for_each_other(place: Workplace) -> None:
    if place.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has a queue of its own")
    file, inside = f"{place.engine.url.database}-turn", list[str]()
    hold = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); input()"
    command = [sys.executable, "-c", hold, file]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdout.readline()

        def write() -> None:
            with transaction(place.engine):
                inside.append("written")

        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(0.05)
        before = list(inside)
        holder.stdin.close()
        writer.join()
    assert (before, inside) == ([], ["written"])

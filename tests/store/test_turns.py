"""Writers take turns in the order in which they came, whatever happens in a turn."""

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

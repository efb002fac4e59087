"""Seats that a unit's quota binds to classes of people: whether the people put forward can fill them."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet


def unfilled_seats(people: Sequence[AbstractSet[str]], seats: Mapping[str, int]) -> dict[str, int]:
    """How many bound seats of each class stay empty at best; a person of several classes fills one seat only.

    `people` are sets of classes, `seats` counts by class. A largest matching by augmenting paths: exact, and the same
    for the same input.
    """
    places = [key for key, count in seats.items() for _ in range(count)]
    holder: dict[int, int] = {}
    for person in range(len(people)):
        _place(person, people, places, holder, set())
    empty = [key for place, key in enumerate(places) if place not in holder]
    return {key: empty.count(key) for key in dict.fromkeys(empty)}


def seat_problems(
    people: Sequence[AbstractSet[str]], seats: Mapping[str, int], quota: int, titles: Mapping[str, str]
) -> list[str]:
    """A Chinese line for each class whose seats are taken up by others.

    Empty seats are allowed; what is not is that people of other classes sit on them: more people than free seats and
    filled bound seats together.
    """
    lacking = unfilled_seats(people, seats)
    over = len(people) - (quota - sum(lacking.values()))
    if not lacking or over <= 0:
        return []
    told = "、".join(f"{titles.get(key, key)} {seats[key]} 名（缺 {count} 名）" for key, count in lacking.items())
    return [f"名额 {quota} 名中限定 {told}，其他人选多占 {over} 名。"]


def _place(
    person: int,
    people: Sequence[Collection[str]],
    places: Sequence[str],
    holder: dict[int, int],
    tried: set[int],
) -> bool:
    """Seat a person, moving others where they can sit elsewhere."""
    for place, key in enumerate(places):
        if key not in people[person] or place in tried:
            continue
        tried.add(place)
        if place not in holder or _place(holder[place], people, places, holder, tried):
            holder[place] = person
            return True
    return False

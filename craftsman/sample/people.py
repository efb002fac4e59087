"""The fictitious people around a round: reporters, experts, judges, committee, leaders, staff, observers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from craftsman.programme.programme import Programme
from craftsman.programme.schema import RoleName
from craftsman.sample.names import random_name
from craftsman.sample.numbers import made_up_uscc
from craftsman.sample.units import Employer

COUNTS: Mapping[RoleName, int] = {
    "expert": 9,
    "judge": 5,
    "committee": 11,
    "leader": 5,
    # nobody signs two levels of the endorsement
    "staff": 3,
    "verifier": 1,
    "discipline": 1,
    "auditor": 1,
}
_BODIES: Mapping[RoleName, tuple[str, ...]] = {
    "expert": (
        "河北拓新理工大学",
        "河北启明工业研究院",
        "河北匠成职业技术学院",
        "河北北辰新闻传媒中心",
        "河北恒远行业协会",
    ),
    "judge": ("河北匠成职业技术学院", "河北启明工业研究院", "河北锦程技能鉴定中心"),
    "committee": ("河北拓新理工大学", "河北恒远行业协会", "河北北辰新闻传媒中心", "河北启明工业研究院"),
}
_WOMEN = 0.3
_DISCIPLINES_EACH = 2


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody with a role. `disciplines` are industry codes; `reporting_unit` is a code, for reporters only."""

    login: str
    name: str
    email: str
    role: RoleName
    unit: str
    uscc: str
    disciplines: tuple[str, ...] = ()
    reporting_unit: str = ""


def sample_people(
    programme: Programme, role: RoleName, *, seed: int, employers: Sequence[Employer] = ()
) -> tuple[SamplePerson, ...]:
    """The people of one role, as many as `COUNTS` says; of reporters one per reporting unit.

    The first of them work for `employers`, in order: give a nominee's unit to make a recusal necessary.
    """
    rng = Random(f"{seed}/{role}")  # noqa: S311  (made-up people, not a secret)
    if role == "reporter":
        return _reporters(programme, rng)
    homes = [*employers, *_bodies(programme, role)]
    return tuple(
        _person(programme, rng, role, number=number, employer=_home(homes, number, len(employers)))
        for number in range(COUNTS[role])
    )


def all_sample_people(
    programme: Programme, *, seed: int, expert_employers: Sequence[Employer] = ()
) -> tuple[SamplePerson, ...]:
    """Everybody of every role; logins do not repeat."""
    others = [person for role in COUNTS if role != "expert" for person in sample_people(programme, role, seed=seed)]
    experts = sample_people(programme, "expert", seed=seed, employers=expert_employers)
    return (*sample_people(programme, "reporter", seed=seed), *experts, *others)


def _reporters(programme: Programme, rng: Random) -> tuple[SamplePerson, ...]:
    return tuple(
        SamplePerson(
            login=f"reporter-{unit.code}",
            name=random_name(rng, male=rng.random() >= _WOMEN),
            email=unit.email,
            role="reporter",
            unit=unit.name,
            uscc=_stable_uscc(unit.name, kind="81"),
            reporting_unit=unit.code,
        )
        for unit in programme.reference.reporting_units
        # the organiser's own places are seen to by its staff
        if unit.kind != "office"
    )


def _bodies(programme: Programme, role: RoleName) -> list[Employer]:
    kind = "12" if role in _BODIES else "81"
    names = _BODIES.get(role, (programme.rules.organiser,))
    return [Employer(name, _stable_uscc(name, kind=kind)) for name in names]


def _stable_uscc(name: str, *, kind: str) -> str:
    """A code that depends on the name alone, for one body has one code whoever works there."""
    return made_up_uscc(Random(name), kind=kind, region="130000")  # noqa: S311


def _home(homes: Sequence[Employer], number: int, given: int) -> Employer:
    return homes[number] if number < given else homes[given + (number - given) % (len(homes) - given)]


def _person(programme: Programme, rng: Random, role: RoleName, *, number: int, employer: Employer) -> SamplePerson:
    login = f"{role}-{number + 1:02d}"
    return SamplePerson(
        login=login,
        name=random_name(rng, male=rng.random() >= _WOMEN),
        email=f"{login}@example.org",
        role=role,
        unit=employer.unit,
        uscc=employer.uscc,
        disciplines=_disciplines(programme, number) if role in {"expert", "judge"} else (),
    )


def _disciplines(programme: Programme, number: int) -> tuple[str, ...]:
    """Two industries each, in turn, so that the experts together cover all."""
    codes = [industry.code for industry in programme.reference.industries]
    wanted = (codes[(number * _DISCIPLINES_EACH + step) % len(codes)] for step in range(_DISCIPLINES_EACH))
    return tuple(dict.fromkeys(wanted))

"""Code lists of one programme by name, and the map from what a reporter writes to the code."""

from collections.abc import Mapping

from craftsman.errors import Invalid
from craftsman.programme.programme import Programme


def code_list(programme: Programme, name: str) -> Mapping[str, str]:
    """Code -> Chinese name, in the order of the list; raises Invalid where the programme has no such list."""
    reference = programme.reference
    lists = {
        "regions": reference.regions,
        "channels": {channel.key: channel.title for channel in programme.rules.channels},
        "reporting_units": {unit.code: unit.name for unit in reference.reporting_units},
        "industries": {industry.code: industry.name for industry in reference.industries},
        "clusters": {cluster.code: cluster.name for cluster in reference.clusters},
        **reference.codes,
    }
    if name not in lists:
        raise Invalid(f"参考数据中没有代码表“{name}”，请在方案的参考数据中补充")
    return lists[name]


def choices(programme: Programme, name: str) -> tuple[str, ...]:
    """What the drop-down offers: the names; regions as "130102 长安区", for many counties share a name."""
    entries = code_list(programme, name).items()
    return tuple(f"{code} {title}" if name == "regions" else title for code, title in entries)


def spellings(programme: Programme, name: str) -> Mapping[str, str]:
    """Every accepted spelling -> code: the code, "code name", and the name where only one code bears it."""
    entries = code_list(programme, name)
    titles = list(entries.values())
    accepted = {title: code for code, title in entries.items() if titles.count(title) == 1}
    accepted.update({f"{code} {title}": code for code, title in entries.items()})
    accepted.update({code: code for code in entries})
    return accepted

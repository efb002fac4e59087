"""What the engine decided, reckoned again from what was given to it: judged stages, likes, periods of notice."""

from datetime import timedelta
from fractions import Fraction

from comparing import rank_points, shared_seats, z_scores


def mean_of(totals, terms):
    totals = sorted(totals)
    if terms["method"] == "trimmed_mean" and len(totals) >= terms["trim_from"]:
        totals = totals[1:-1]
    return sum(totals, Fraction(0)) / len(totals)


def settled(stage, inputs):
    """The sheets with what most of a panel ticked in place of each judge's own tick, where an item is 通过 or 未通过."""
    ticks = [one["key"] for one in stage["criteria"] if one["item"] and one["item"]["type"] == "pass"]
    found = {}
    for case, sheets in inputs.items():
        common = {key: 10000 * (2 * sum(one[key] == 10000 for one in sheets.values()) > len(sheets)) for key in ticks}
        found[case] = {judge: {**sheet, **common} for judge, sheet in sheets.items()}
    return found


def vetoed(stage, sheets):
    """Whether more than half of a panel marked a gate below its pass mark."""
    gates = [one for one in stage["criteria"] if one["gate"]]
    return any(
        2 * sum(sheet[gate["key"]] < gate["pass_mark"] * 100 for sheet in sheets.values()) > len(sheets)
        for gate in gates
    )


def own_values(stage, panels, groups):
    """Case -> its value in this stage, panels made comparable as the rules say."""
    totals = {
        case: {
            judge: sum(Fraction(one["weight"] * sheet[one["key"]], 100) for one in stage["criteria"])
            for judge, sheet in sheets.items()
        }
        for case, sheets in panels.items()
    }
    terms = stage["aggregation"]
    if terms["comparability"] == "z_score":
        totals = z_scores(totals)
    values = {case: mean_of(panel.values(), terms) for case, panel in totals.items()}
    if terms["comparability"] == "rank":
        values |= rank_points({case: values[case] for case in values if case in groups}, groups)
    return values


def groups_of(stage, panels, entries):
    """Case -> its group, where groups count; of those whom no gate excluded. By industry, it is as the result says."""
    terms = stage["aggregation"]
    if terms["comparability"] not in ("rank", "quota"):
        return {}
    standing = [case for case, sheets in panels.items() if not vetoed(stage, sheets)]
    if terms["compare_by"] == "industry":
        return {case: entries[case]["detail"]["group"] for case in standing}
    return {case: tuple(sorted(panels[case])) for case in standing}


def composites(stage, panels, groups, carried):
    """Case -> composite of this stage and what is carried from earlier ones."""
    own = stage["carry"].get(stage["key"], 100) if stage["carry"] else 100
    return {
        case: value * own / 100
        + sum(carried[key][case] * weight / 100 for key, weight in stage["carry"].items() if key != stage["key"])
        for case, value in own_values(stage, panels, groups).items()
    }


def ranking_differs(stage, inputs, carried, entries):
    """Lines for what of a judged stage's sealed outcome does not follow from its sheets."""
    panels = settled(stage, inputs)
    groups = groups_of(stage, panels, entries)
    values = composites(stage, panels, groups, carried)
    standing = [case for case in panels if not vetoed(stage, panels[case])]
    fields, seats = {"": standing}, {"": stage["advance"]}
    if stage["aggregation"]["comparability"] == "quota":
        fields = {group: [case for case in standing if groups[case] == group] for group in set(groups.values())}
        seats = shared_seats({group: len(cases) for group, cases in fields.items()}, stage["advance"])
    places, ahead = {}, set()
    for group, cases in fields.items():
        found = places_of(stage, cases, panels, values)
        places |= found
        ahead |= {case for case, place in found.items() if place <= seats[group]}
    lines = []
    for case, value in values.items():
        sealed = entries.get(case)
        if sealed is None:
            lines.append(f"{case} 有评分而无结果")
        elif Fraction(sealed["exact"]) != value:
            lines.append(f"{case} 复算得分 {value}，封存为 {sealed['exact']}")
        elif case in places and sealed["place"] != places[case]:
            lines.append(f"{case} 复算第 {places[case]} 名，封存为第 {sealed['place']} 名")
        elif (sealed["outcome"] == "advance") != (case in ahead):
            lines.append(f"{case} 的去向与名次不符")
    return lines


def places_of(stage, cases, panels, values):
    """Case -> place, counted 1, 2, 2, 4: by value, then by the mean of each criterion that the rules name."""
    keys = [key for key in stage["tie_break"] if key != "value"]

    def chain(case):
        sheets = panels[case].values()
        return [values[case], *(Fraction(sum(sheet[key] for sheet in sheets), len(sheets)) for key in keys)]

    chains = {case: chain(case) for case in cases}
    places, above = {}, None
    for number, case in enumerate(sorted(cases, key=chains.get, reverse=True), start=1):
        places[case] = places[above] if above and chains[case] == chains[above] else number
        above = case
    return places


def likes_differ(stage, inputs, entries):
    """Lines for what of a tally's sealed values does not follow from the likes."""
    counted = {case: cast - void for case, (cast, void) in inputs["likes"].items()}
    most, lines = max(counted.values(), default=0), []
    for case, likes in counted.items():
        value = Fraction(likes * 10000, most) if most else Fraction(0)
        if entries[case]["detail"]["counted"] != likes:
            lines.append(f"{case} 应计 {likes} 次，封存为 {entries[case]['detail']['counted']} 次")
        elif Fraction(stage["share"]) and Fraction(entries[case]["exact"]) != value:
            lines.append(f"{case} 复算得分 {value}，封存为 {entries[case]['exact']}")
    return lines


def period_ends(start, stage, workdays):
    """The last day of a period of notice."""
    off, work = set(workdays["off"]), set(workdays["work"])

    def works(day):
        if day.year not in workdays["years"]:
            raise KeyError(day.year)
        return str(day) not in off and (str(day) in work or day.weekday() < 5)

    day, count = start, 0
    if not stage["count_posting_day"]:
        day += timedelta(days=1)
    while True:
        count += 1 if stage["natural_days"] or works(day) else 0
        if count >= stage["days"] and works(day):
            return day
        day += timedelta(days=1)

"""What the engine decided, reckoned again from what was given to it: judged stages, ballots, periods of notice."""

from datetime import timedelta
from fractions import Fraction


def mean_of(totals, terms):
    totals = sorted(totals)
    if terms["method"] == "trimmed_mean" and len(totals) >= terms["trim_from"]:
        totals = totals[1:-1]
    return sum(totals, Fraction(0)) / len(totals)


def judged(stage, inputs, carried):
    """Case -> (composite, sheets, vetoed) of a judged stage."""
    found = {}
    own = stage["carry"].get(stage["key"], 100) if stage["carry"] else 100
    for case, sheets in inputs.items():
        totals = [
            sum(Fraction(one["weight"] * sheet[one["key"]], 100) for one in stage["criteria"])
            for sheet in sheets.values()
        ]
        value = mean_of(totals, stage["aggregation"]) * own / 100
        for key, weight in stage["carry"].items():
            if key != stage["key"]:
                value += carried[key][case] * weight / 100
        gates = [one for one in stage["criteria"] if one["gate"]]
        vetoed = any(
            2 * sum(sheet[g["key"]] < g["pass_mark"] * 100 for sheet in sheets.values()) > len(sheets) for g in gates
        )
        found[case] = value, sheets, vetoed
    return found


def ranking_differs(stage, inputs, carried, entries):
    """Lines for what of a judged stage's sealed outcome does not follow from its sheets."""
    found = judged(stage, inputs, carried)
    lines = []

    def chain(case):
        value, sheets, _ = found[case]
        keys = [key for key in stage["tie_break"] if key != "value"]
        return [value, *(Fraction(sum(sheet[key] for sheet in sheets.values()), len(sheets)) for key in keys)]

    ranked = sorted((case for case in found if not found[case][2]), key=chain, reverse=True)
    place, places = 0, {}
    for number, case in enumerate(ranked, start=1):
        place = place if number > 1 and chain(case) == chain(ranked[number - 2]) else number
        places[case] = place
    for case, (value, _, vetoed) in found.items():
        sealed = entries.get(case)
        if sealed is None:
            lines.append(f"{case} 有评分而无结果")
        elif Fraction(sealed["exact"]) != value:
            lines.append(f"{case} 复算得分 {value}，封存为 {sealed['exact']}")
        elif not vetoed and sealed["place"] != places[case]:
            lines.append(f"{case} 复算第 {places[case]} 名，封存为第 {sealed['place']} 名")
        elif (sealed["outcome"] == "advance") != (not vetoed and places[case] <= stage["advance"]):
            lines.append(f"{case} 的去向与名次不符")
    return lines


def votes_differ(stage, inputs, entries, seats):
    """Lines for what of a ballot's sealed votes does not follow from its papers (first round, or the only one)."""
    valid = [paper for paper in inputs["papers"] if len(paper) <= seats and len(set(paper)) == len(paper)]
    lines = []
    for case, sealed in entries.items():
        detail = sealed["detail"]
        if "votes" not in detail:
            continue
        first = detail["rounds"][0] if "rounds" in detail else detail
        votes = sum(case in paper for paper in valid)
        ratio = Fraction(stage["majority"])
        needed = max(1, -(-ratio.numerator * first["base"] // ratio.denominator))
        if votes != first["votes"] or needed != first["needed"]:
            lines.append(f"{case} 复算得票 {votes}（需 {needed}），封存为 {first['votes']}（需 {first['needed']}）")
        if "rounds" not in detail and sealed["outcome"] == "advance" and votes < needed:
            lines.append(f"{case} 未达到所需票数而列入")
    return lines


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

"""Ballots, reckoned again: whoever voted against the papers in the box, votes, bases, and who takes a place."""

from fractions import Fraction


def ballot_differs(bundle, stage, body, inputs, seq):
    """Lines for what of a ballot's sealed outcome does not follow from its papers and from who voted."""
    tiers = bundle.rules["rules"]["tiers"]
    entries = {one["case_no"]: one for one in body["entries"] if "votes" in one["detail"]}
    seats = {1: sum(tier["seats"] for tier in tiers)}
    # whom a correction of the stage before stopped stood on the papers too
    boxes, fields = {1: inputs}, {1: {one["case_no"] for one in body["entries"]}}
    told = {1: body["summary"]}
    if "second" in inputs:
        boxes[2], told[2] = inputs["second"], body["summary"]["second"]
        seats[2], fields[2] = inputs["second"]["seats"], set(inputs["second"]["candidates"])
    lines = []
    for number, box in boxes.items():
        called = members(bundle, stage, number, seq)
        lines += turnout_differs(bundle, stage, number, box, seq)
        valid = [one for one in box["papers"] if is_valid(one, fields[number], seats[number])]
        figures = figures_of(box["papers"], valid, called, box["turnout"])
        wrong = [what for what, count in figures.items() if told[number][what] != count]
        lines += [f"第 {number} 轮的 {what} 应为 {figures[what]}，封存为 {told[number][what]}" for what in wrong]
        for case in fields[number] & entries.keys():
            lines += votes_differ(stage, case, tally_of(entries[case], number), valid, figures)
    return lines + places_differ(tiers, entries.values(), inputs, rank_of(bundle, stage))


def members(bundle, stage, number, seq):
    """Who was given a ticket of one round."""
    act = "ballot.second_round" if number > 1 else "ballot.tickets"
    return {one for event in bundle.of_stage(act, stage["key"], seq) for one in event["facts"]["members"]}


def turnout_differs(bundle, stage, number, box, seq):
    """One paper for each member who voted, and each of them voted once."""
    cast = bundle.of_stage("ballot.cast", stage["key"], seq)
    voted = sorted(one["actor"] for one in cast if one["facts"].get("round", 1) == number)
    lines = []
    if voted != box["turnout"] or len(set(voted)) < len(voted):
        lines.append(f"第 {number} 轮投票的人与记录不同")
    if len(box["papers"]) != len(voted):
        lines.append(f"第 {number} 轮有 {len(voted)} 人投票，票箱中有 {len(box['papers'])} 张")
    return lines


def is_valid(paper, candidates, seats):
    return len(paper) <= seats and len(set(paper)) == len(paper) and candidates.issuperset(paper)


def figures_of(papers, valid, called, turnout):
    """The papers reconciled, by the names that the sealed summary has for them."""
    return {
        "entitled": len(called),
        "issued": len(turnout),
        "returned": len(papers),
        "valid": len(valid),
        "void": len(papers) - len(valid),
        "abstained": sum(not paper for paper in valid),
    }


def tally_of(entry, number):
    return entry["detail"]["rounds"][number - 1] if "rounds" in entry["detail"] else entry["detail"]


def votes_differ(stage, case, sealed, valid, figures):
    """One candidate's votes, and the votes needed of a base that recusals may have made smaller, never larger."""
    whole = {"应到": figures["entitled"], "实到": figures["issued"], "有效票": figures["valid"]}[stage["base"]]
    votes, ratio = sum(case in paper for paper in valid), Fraction(stage["majority"])
    needed = max(1, -(-ratio.numerator * sealed["base"] // ratio.denominator))
    lines = []
    if votes != sealed["votes"] or needed != sealed["needed"]:
        told = f"封存为 {sealed['votes']}（需 {sealed['needed']}）"
        lines.append(f"{case} 复算得票 {votes}（需 {needed}），{told}")
    if not votes <= sealed["base"] <= whole:
        lines.append(f"{case} 的计票基数 {sealed['base']} 不在 {votes} 与{stage['base']} {whole} 之间")
    return lines


def rank_of(bundle, stage):
    """What places are filled by: votes, or what the stage before came to; None where its places do not follow that."""
    if stage["order"] == "votes":
        return by_votes
    keys = list(bundle.stages)
    before = bundle.stages[keys[keys.index(stage["key"]) - 1]]
    follows = bundle.is_judged(before["key"]) and before["aggregation"]["comparability"] != "quota"
    return by_value if follows else None


def places_differ(tiers, entries, inputs, rank):
    """Only who has the votes takes a place, no tier takes more than its seats, and nobody with less passes another."""
    ahead = [one for one in entries if one["outcome"] == "advance"]
    lines = [f"{one['case_no']} 未达到所需票数而列入" for one in ahead if not has_passed(one)]
    for tier in tiers:
        count = sum(one["tier"] == tier["key"] for one in ahead)
        if count > tier["seats"]:
            lines.append(f"“{tier['title']}”有 {tier['seats']} 个名额，列入 {count} 人")
    lines += [
        f"{one['case_no']} 只能参评 {inputs['only'][one['case_no']]}"
        for one in ahead
        if inputs["only"].get(one["case_no"], one["tier"]) != one["tier"]
    ]
    if "second" in inputs or rank is None:
        return lines
    left = [one for one in entries if one["outcome"] != "advance" and has_passed(one)]
    left = [one for one in left if one["case_no"] not in inputs["only"]]
    return lines + [
        f"{one['case_no']} 在 {passed['case_no']} 之前而未列入"
        for one in left
        for passed in ahead
        if rank(one) > rank(passed)
    ]


def has_passed(entry):
    """In whichever round it took its place."""
    rounds = entry["detail"].get("rounds", [entry["detail"]])
    return any(one["votes"] >= one["needed"] for one in rounds)


def by_votes(entry):
    return entry["detail"]["votes"]


def by_value(entry):
    return Fraction(entry["exact"] or 0)

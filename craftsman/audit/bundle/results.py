"""Sealed results against what the history says of them: their bytes, sheets, signatures, and what they were reckoned from."""

import hashlib
import hmac
import json
from collections import defaultdict
from datetime import date
from fractions import Fraction

from recount import likes_differ, period_ends, ranking_differs, votes_differ
from signed import digest

SEALED = ("stage.sealed", "correction.sealed")


def check_results(bundle):
    """Every result and its inputs have the digests that were recorded when it was sealed, and none is missing."""
    sealed = bundle.of(*SEALED)
    known = {(one["facts"]["result"], one["facts"]["inputs"]) for one in sealed}
    names, problems = bundle.files.under("results"), []
    bundle.results = defaultdict(list)
    for name in names:
        raw, inputs = bundle.files.read(name), bundle.files.read(name.replace("results/", "inputs/"))
        body = json.loads(raw)
        if (digest(raw), body["inputs"]) not in known:
            problems.append(f"{name} 与封存时记录的指纹不符")
        if digest(inputs) != body["inputs"]:
            problems.append(f"{name} 的输入与其指纹不符")
        stage, number = name.removeprefix("results/").removesuffix(".json").rsplit("-", 1)
        bundle.results[stage].append((int(number), digest(raw), body, json.loads(inputs)))
    there = {found[1] for several in bundle.results.values() for found in several}
    problems += [f"缺少指纹为 {one} 的结果" for one in bundle.mine(sealed, "result") - there]
    bundle.told("封存的结果", problems, f"{len(names)} 份与记录的指纹相符")
    check_sheets(bundle)
    recompute(bundle)


def check_sheets(bundle):
    """Every sheet is one that its judge handed in, and each stage was reckoned from the last version of each."""
    sheets = bundle.files.json("sheets.json")
    # bundles of version 1 have none
    salts = dict(bundle.files.json("salts.json")) if "salts.json" in bundle.files.names else {}
    handed_in = defaultdict(list)
    for event in bundle.of("score.submitted"):
        facts = event["facts"]
        handed_in[event["actor"], event["subject"], facts["stage"], facts["version"]].append(event)
    problems, erased = [], 0
    for stage, case, login, version, text in sheets:
        events = handed_in[login, case, stage, version]
        found = next((one for one in events if is_told(one, text, salts)), None)
        if found is None:
            problems.append(f"{case} 的评分表不是 {login} 所提交")
        else:
            events.remove(found)
            erased += "committed" in found and not salts.get(found["seq"])
    last = {(stage, case, login): json.loads(text)["marks"] for stage, case, login, _, text in sheets}
    for stage, several in bundle.results.items():
        for case, panel in max(several)[3].items() if bundle.is_judged(stage) else ():
            for login, marks in panel.items():
                if last.get((stage, case, login)) != {key: mark for key, mark in marks.items() if key != "raw"}:
                    problems.append(f"{case} 计入的评分与 {login} 最后提交的不同")
    bundle.told("评分表", problems, f"{len(sheets)} 份都由评委本人提交，计入的是最后一版")
    if erased:
        bundle.open.append(f"{erased} 份评分表的盐已按规定销毁，内容不能再与记录核对")


def is_told(event, text, salts):
    """Whether a sheet is the one of an event: by its digest (version 1), or by the salted commitment to it."""
    if "sheet" in event["facts"]:
        return event["facts"]["sheet"] == digest(text.encode())
    salt = salts.get(event["seq"], "")
    kept = hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()
    return not salt or kept == event["committed"]["sheet"]


def recompute(bundle):
    """Reckon every result again, in the order in which they were sealed, from its inputs and what counted then."""
    times, carried = defaultdict(int), {}
    for event in bundle.of(*SEALED, "correction.approved"):
        stage = event["subject"].rpartition("/")[2]
        if event["subject"] != f"{bundle.round}/{stage}":
            continue
        if event["act"] == "correction.approved":
            found = [one for one in bundle.results[stage] if one[1] == event["facts"]["result"]]
        else:
            # results of a stage are numbered as they were sealed; that their digests fit was looked at before
            times[stage] += 1
            found = [one for one in bundle.results[stage] if one[0] == times[stage]]
            for one in found:
                recount(bundle, bundle.stages[stage], one, carried)
        # a correction counts from its approval on
        if found and event["act"] != "correction.sealed":
            entries = found[0][2]["entries"]
            carried[stage] = {one["case_no"]: Fraction(one["exact"]) for one in entries if one["exact"]}


def recount(bundle, stage, result, carried):
    """Reckon one result again."""
    number, _, body, inputs = result
    entries = {one["case_no"]: one for one in body["entries"]}
    name = f"{stage['title']}（第 {number} 次）"
    if bundle.is_judged(stage["key"]):
        terms = stage["aggregation"]
        if stage["carry"].keys() - {stage["key"]} - carried.keys():
            bundle.told(name, ["所承接环节的结果不在证据包中，无法复算"], "")
            return
        bundle.told(
            name, ranking_differs(stage, inputs, carried, entries), f"{len(inputs)} 人的得分、名次、去向复算相同"
        )
        if terms["comparability"] in ("rank", "quota") and terms["compare_by"] == "industry":
            bundle.open.append(f"{name}：各人属于哪个行业组，以结果所载为准，本程序不另作核对")
    elif stage["kind"] == "ballot":
        seats = sum(tier["seats"] for tier in bundle.rules["rules"]["tiers"])
        bundle.told(name, votes_differ(stage, inputs, entries, seats), f"{len(inputs['papers'])} 张票复算相同")
    elif stage["kind"] == "tally":
        bundle.told(name, likes_differ(stage, inputs, entries), f"{len(inputs['likes'])} 人的点赞复算相同")
    elif stage["kind"] == "notice":
        check_periods(bundle, stage, inputs)


def check_periods(bundle, stage, inputs):
    """Every notice stood as many days as the rules demand."""
    workdays, problems = bundle.files.json("workdays.json"), []
    for number, starts, ends, _ in inputs["lists"]:
        last = period_ends(date.fromisoformat(starts), stage, workdays)
        if str(last) > ends:
            problems.append(f"第 {number} 次公示应至 {last}，只到 {ends}")
    bundle.told(stage["title"], problems, f"{len(inputs['lists'])} 次公示的期限都已足额")


def check_signatures(bundle):
    """Every passed stage bears as many different signers in each role as the rules demand, under the digest it passed with."""
    problems, count = [], 0
    for key, stage in bundle.stages.items():
        subject = f"{bundle.round}/{key}"
        signatures = [one for one in bundle.of("gate.signed") if one["subject"] == subject]
        for event in bundle.of("stage.passed", "correction.approved"):
            if event["subject"] != subject:
                continue
            result = event["facts"].get("result")
            signed = [one for one in signatures if one["facts"]["digest"] == result and one["seq"] < event["seq"]]
            who = [one["facts"].get("for") or one["actor"] for one in signed]
            if len(set(who)) != len(who):
                problems.append(f"“{stage['title']}”有人签了两次")
            roles = [one["facts"]["as"] for one in signed]
            lacking = [one["role"] for one in stage["signoffs"] if roles.count(one["role"]) < one["count"]]
            problems += [f"“{stage['title']}”缺少 {role} 的签批" for role in lacking]
            count += len(signed)
    bundle.told("签批", problems, f"{count} 次，人数、身份、所签指纹都符合规则")


def check_papers(bundle):
    """Every document was recorded when it was issued."""
    papers = bundle.files.json("documents.json")
    issued = {(event["subject"], event["files"][0]) for event in bundle.of("document.issued")}
    problems = [f"{one['file']} 的指纹不在记录中" for one in papers if (one["subject"], one["sha256"]) not in issued]
    bundle.told("文件清单", problems, f"{len(papers)} 份文件的指纹都在记录中")

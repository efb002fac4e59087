"""Sealed results against what the history says of them: their bytes, sheets, signatures, and what they were reckoned from."""

import hashlib
import hmac
import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction

from ballots import ballot_differs
from recount import likes_differ, period_ends, ranking_differs
from signed import digest

SEALED = ("stage.sealed", "correction.sealed")
CHINA = timedelta(hours=8)


def check_results(bundle):
    """Every result and its inputs have the digests and the place that were recorded when sealed; none is missing."""
    names = {name.removeprefix("results/") for name in bundle.files.under("results")}
    problems, times = [], Counter()
    bundle.results = defaultdict(list)
    for event in bundle.of(*SEALED):
        subject, _, stage = event["subject"].rpartition("/")
        if subject != bundle.round:
            continue
        times[stage] += 1
        name = f"{stage}-{times[stage]}.json"
        if name not in names:
            problems.append(f"缺少 {name}")
            continue
        names.remove(name)
        raw, inputs = bundle.files.read(f"results/{name}"), bundle.files.read(f"inputs/{name}")
        if digest(raw) != event["facts"]["result"]:
            problems.append(f"{name} 与封存时记录的指纹不符")
        if digest(inputs) != event["facts"]["inputs"]:
            problems.append(f"{name} 的输入与其指纹不符")
        bundle.results[stage].append((event["seq"], times[stage], digest(raw), json.loads(raw), json.loads(inputs)))
    problems += [f"{name} 没有封存的记录" for name in sorted(names)]
    bundle.told("封存的结果", problems, f"{sum(times.values())} 份与记录的指纹相符")
    check_sheets(bundle)
    recompute(bundle)


def check_sheets(bundle):
    """Every sheet is one that its judge handed in, none is missing, and each result was reckoned from those in force."""
    sheets = bundle.files.json("sheets.json")
    # bundles of version 1 have none
    salts = dict(bundle.files.json("salts.json")) if "salts.json" in bundle.files.names else {}
    handed_in = defaultdict(list)
    for event in bundle.events["score.submitted"]:
        facts = event["facts"]
        handed_in[event["actor"], event["subject"], facts["stage"], facts["version"]].append(event)
    problems, erased, given = [], 0, []
    for stage, case, login, version, text in sheets:
        events = handed_in[login, case, stage, version]
        found = next((one for one in events if is_told(one, text, salts)), None)
        if found is None:
            problems.append(f"{case} 的评分表不是 {login} 所提交")
        else:
            events.remove(found)
            erased += "committed" in found and not salts.get(found["seq"])
            given.append((found["seq"], stage, case, login, json.loads(text)["marks"]))
    left = [one for events in handed_in.values() for one in events if one["round"] == bundle.number]
    problems += [f"{one['subject']} 缺少 {one['actor']} 提交的评分表（第 {one['seq']} 条）" for one in left]
    for stage, several in bundle.results.items():
        for seq, _, _, _, inputs in several if bundle.is_judged(stage) else ():
            problems += counted_differ(in_force(bundle, given, stage, seq), inputs)
    bundle.told("评分表", problems, f"{len(sheets)} 份都由评委本人提交，计入的是最后一版")
    if erased:
        bundle.open.append(f"{erased} 份评分表的盐已按规定销毁，内容不能再与记录核对")


def in_force(bundle, given, stage, before):
    """(case, judge) -> marks of the last sheet handed in before an event, less those that were made void since."""
    void = {}
    for one in bundle.of("review.voided"):
        if one["facts"]["stage"] == stage and one["seq"] < before:
            void[one["subject"], one["facts"]["judge"]] = one["seq"]
    found = {}
    for seq, where, case, login, marks in sorted(given, key=lambda one: one[0]):
        if where == stage and seq < before:
            found[case, login] = (seq, marks)
    return {who: marks for who, (seq, marks) in found.items() if seq > void.get(who, 0)}


def counted_differ(sheets, inputs):
    """Lines for what a judged stage counted that is not in force, and for what it left out of a case."""
    counted = {
        (case, login): {key: mark for key, mark in marks.items() if key != "raw"}
        for case, panel in inputs.items()
        for login, marks in panel.items()
    }
    wrong = [who for who, marks in counted.items() if sheets.get(who) != marks]
    lost = [(case, login) for case, login in sheets if case in inputs and (case, login) not in counted]
    return [f"{case} 计入的评分与 {login} 最后提交的不同" for case, login in wrong] + [
        f"{case} 没有计入 {login} 提交的评分" for case, login in lost
    ]


def is_told(event, text, salts):
    """Whether a sheet is the one of an event: by its digest (version 1), or by the salted commitment to it."""
    if "sheet" in event["facts"]:
        return event["facts"]["sheet"] == digest(text.encode())
    salt = salts.get(event["seq"], "")
    kept = hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()
    return not salt or kept == event["committed"]["sheet"]


def recompute(bundle):
    """Reckon every result again, in the order in which they were sealed, from its inputs and what counted then."""
    carried = {}
    for event in bundle.of(*SEALED, "correction.approved"):
        stage = event["subject"].rpartition("/")[2]
        if event["subject"] != f"{bundle.round}/{stage}":
            continue
        if event["act"] == "correction.approved":
            found = [one for one in bundle.results[stage] if one[2] == event["facts"]["result"]]
        else:
            found = [one for one in bundle.results[stage] if one[0] == event["seq"]]
            for one in found:
                recount(bundle, bundle.stages[stage], one, carried)
        # a correction counts from its approval on
        if found and event["act"] != "correction.sealed":
            entries = found[0][3]["entries"]
            carried[stage] = {one["case_no"]: Fraction(one["exact"]) for one in entries if one["exact"]}


def recount(bundle, stage, result, carried):
    """Reckon one result again."""
    seq, number, _, body, inputs = result
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
        bundle.told(name, ballot_differs(bundle, stage, body, inputs, seq), f"{len(inputs['papers'])} 张票复算相同")
    elif stage["kind"] == "tally":
        bundle.told(name, likes_differ(stage, inputs, entries), f"{len(inputs['likes'])} 人的点赞复算相同")
    elif stage["kind"] == "notice":
        check_periods(bundle, stage, inputs, seq)


def check_periods(bundle, stage, inputs, seq):
    """Every notice was posted on the day it says, stood as many days as the rules demand, and was over when sealed."""
    workdays, problems = bundle.files.json("workdays.json"), check_workdays(bundle)
    posted = {}
    for event in bundle.of_stage("notice.posted", stage["key"], seq):
        facts = event["facts"]
        posted[facts["number"]] = (facts["starts_on"], facts["ends_on"], facts["list"])
        if china_day(event) != facts["starts_on"]:
            problems.append(f"第 {facts['number']} 次公示记为 {facts['starts_on']} 起，发布于 {china_day(event)}")
    for event in bundle.of_stage("notice.prolonged", stage["key"], seq):
        starts, _, names = posted[event["facts"]["notice"]]
        posted[event["facts"]["notice"]] = (starts, event["facts"]["ends_on"], names)
    for number, starts, ends, names in inputs["lists"]:
        last = period_ends(date.fromisoformat(starts), stage, workdays)
        if str(last) > ends:
            problems.append(f"第 {number} 次公示应至 {last}，只到 {ends}")
        if posted.get(number) != (starts, ends, names):
            problems.append(f"第 {number} 次公示的名单或日期与发布时的记录不同")
    bundle.told(stage["title"], problems, f"{len(inputs['lists'])} 次公示的期限都已足额")


def check_workdays(bundle):
    """The table of working days is the one that the export names; earlier exports name none."""
    named = bundle.export.get("files", []) if bundle.export else []
    if not named:
        bundle.open.append("工作日表未列入记录；请与国务院办公厅的放假通知比对")
    return (
        ["工作日表与导出时记录的指纹不符"] if named and digest(bundle.files.read("workdays.json")) not in named else []
    )


def china_day(event):
    return str((datetime.fromisoformat(event["at"]) + CHINA).date())


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
            # a gate that was returned is signed anew, under the same digest where nothing changed
            returned = max((one["seq"] for one in bundle.of_stage("gate.returned", key, event["seq"])), default=0)
            signed = [one for one in signatures if one["facts"]["digest"] == result]
            signed = [one for one in signed if returned < one["seq"] < event["seq"]]
            who = [one["facts"].get("for") or one["actor"] for one in signed]
            if len(set(who)) != len(who):
                problems.append(f"“{stage['title']}”有人签了两次")
            roles = [one["facts"]["as"] for one in signed]
            lacking = [one["role"] for one in stage["signoffs"] if roles.count(one["role"]) < one["count"]]
            problems += [f"“{stage['title']}”缺少 {role} 的签批" for role in lacking]
            count += len(signed)
    bundle.told("签批", problems, f"{count} 次，人数、身份、所签指纹都符合规则")


def check_papers(bundle):
    """Every document was recorded when it was issued, and every one that was recorded is listed."""
    papers = bundle.files.json("documents.json")
    listed = Counter((one["subject"], one["kind"], one["version"], one["sha256"]) for one in papers)
    issued = Counter(
        (event["subject"], event["facts"]["kind"], event["facts"]["version"], event["files"][0])
        for event in bundle.events["document.issued"]
        if event["round"] == bundle.number
    )
    problems = [f"{one[0]} 的文件 {one[-1][:16]} 不在记录中" for one in listed - issued]
    problems += [f"缺少 {one[0]} 的文件 {one[-1][:16]}" for one in issued - listed]
    bundle.told("文件清单", problems, f"{len(papers)} 份文件的指纹都在记录中")

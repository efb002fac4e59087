"""Check an evidence bundle without the system that made it, with Python's standard library alone.

It checks signatures, the tree, the rules, every sealed result, its signatures of approval, and reckons again what can
be reckoned: scores and contests, ballots, periods of notice. It was written apart from the engine and shares no code.
"""

import base64
import json
import struct
import sys
import zipfile
from datetime import date
from fractions import Fraction
from pathlib import Path

from recount import likes_differ, period_ends, ranking_differs, votes_differ
from signed import digest, leaf_of, read_key, roots_of, signed_by

USAGE = "用法：python3 verify.py 证据包.zip（或解开后的文件夹） [--key 日志公钥]"


class Bundle:
    """One evidence bundle, and what was found in it: `good` and `bad` lines, and what could not be checked."""

    def __init__(self, path):
        self.folder = Path(path) if Path(path).is_dir() else None
        self.zip = None if self.folder else zipfile.ZipFile(path)
        self.names = set(self.zip.namelist() if self.zip else self._files())
        self.good, self.bad, self.open = [], [], []

    def read(self, name):
        return self.zip.read(name) if self.zip else (self.folder / name).read_bytes()

    def _files(self):
        return (str(one.relative_to(self.folder).as_posix()) for one in self.folder.rglob("*") if one.is_file())

    def told(self, what, problems, count):
        if problems:
            self.bad += [f"{what}：{line}" for line in problems[:20]]
        else:
            self.good.append(f"{what}：{count}")

    def tiles(self, level):
        """Names of the tiles of one level, in order: numbers beyond 999 stand in folders."""

        def place(name):
            parts = name.removeprefix(f"tile/{level}/").split(".p/")[0].split("/")
            return len(parts), [int(part.lstrip("x")) for part in parts]

        return sorted((name for name in self.names if name.startswith(f"tile/{level}/")), key=place)

    def entries(self):
        """All entries, in order, out of their bundles."""
        found = []
        for name in self.tiles("entries"):
            raw, at = self.read(name), 0
            while at < len(raw):
                size = struct.unpack(">H", raw[at : at + 2])[0]
                found.append(raw[at + 2 : at + 2 + size])
                at += 2 + size
        return found

    def check(self, key=None):
        bodies = self.entries()
        leaves = [leaf_of(body) for body in bodies]
        self.events = [json.loads(body) for body in bodies]
        gaps = [
            f"第 {number} 条的序号为 {event['seq']}"
            for number, event in enumerate(self.events, 1)
            if event["seq"] != number
        ]
        self.told("记录连号", gaps, f"共 {len(bodies)} 条")
        self.check_notes(leaves, key)
        self.check_tiles(leaves)
        self.check_rules()
        self.check_results()
        self.check_signatures()
        self.check_papers()

    def check_notes(self, leaves, key):
        policy = self.read("policy").decode().splitlines()
        log = read_key(next(line.split()[1] for line in policy if line.startswith("log ")))
        witnesses = [read_key(line.split()[2]) for line in policy if line.startswith("witness ")]
        if key is not None and read_key(key) != log:
            self.bad.append("公钥：证据包中的日志公钥与您给出的不同")
        elif key is None:
            self.open.append("公钥取自证据包本身；请用 --key 给出您另外取得的日志公钥")
        notes = sorted(
            (name for name in self.names if name.startswith("checkpoints/")), key=lambda one: int(one.split("/")[1])
        )
        roots = roots_of(leaves, [int(name.split("/")[1]) for name in notes])
        problems, cosigned, last = [], 0, 0
        for name in notes:
            note = self.read(name).decode()
            origin, size, root = note.split("\n")[:3]
            last = int(size)
            if origin != log[0] or not signed_by(note, log):
                problems.append(f"第 {size} 条处不是日志所签")
            if last not in roots or base64.b64encode(roots[last]).decode() != root:
                problems.append(f"第 {size} 条处的根哈希与记录不符，记录被改动或删除")
            cosigned += any(signed_by(note, one) for one in witnesses)
        self.told("检查点", problems, f"{len(notes)} 个都由日志所签，并与记录相符")
        if last < len(leaves):
            self.open.append(f"最后 {len(leaves) - last} 条尚未列入检查点")
        if witnesses:
            self.good.append(f"见证：{cosigned} 个检查点有见证方的签名")
        else:
            self.open.append("没有见证方：系统的主人若改写并重签全部历史，只凭本证据包不能发现")

    def check_tiles(self, leaves):
        names = self.tiles("0")
        joined = b"".join(self.read(name) for name in names)
        self.told("哈希瓦片", [] if joined == b"".join(leaves) else ["与记录不符"], f"{len(names)} 片与记录相符")

    def check_rules(self):
        raw = self.read("rules.json")
        self.rules = json.loads(raw)
        self.round = f"{self.rules['rules']['slug']}-{self.rules['plan']['year']}"
        said = [
            event["facts"]["rules"]
            for event in self.events
            if event["act"] == "round.opened" and event["subject"] == self.round
        ]
        self.told("规则", [] if said == [digest(raw)] else ["与开启轮次时记录的指纹不符"], "与开启轮次时记录的指纹相符")
        self.stages = {stage["key"]: stage for stage in self.rules["rules"]["stages"]}

    def check_results(self):
        sealed = [event["facts"] for event in self.events if event["act"] in ("stage.sealed", "correction.sealed")]
        known = {(one["result"], one["inputs"]) for one in sealed}
        names = sorted(name for name in self.names if name.startswith("results/"))
        problems, self.results = [], {}
        for name in names:
            raw = self.read(name)
            body = json.loads(raw)
            inputs = self.read(name.replace("results/", "inputs/"))
            if (digest(raw), body["inputs"]) not in known:
                problems.append(f"{name} 与封存时记录的指纹不符")
            if digest(inputs) != body["inputs"]:
                problems.append(f"{name} 的输入与其指纹不符")
            stage, number = name.removeprefix("results/").removesuffix(".json").rsplit("-", 1)
            self.results.setdefault(stage, []).append((int(number), digest(raw), body, json.loads(inputs)))
        lost = {one["result"] for one in sealed} - {found[1] for several in self.results.values() for found in several}
        mine = {
            event["facts"]["result"]
            for event in self.events
            if event["act"] in ("stage.sealed", "correction.sealed") and event["subject"].startswith(f"{self.round}/")
        }
        problems += [f"缺少指纹为 {one} 的结果" for one in lost & mine]
        self.told("封存的结果", problems, f"{len(names)} 份与记录的指纹相符")
        self.check_sheets()
        self.recompute()

    def check_sheets(self):
        """Every sheet is one that its judge handed in, and each stage was reckoned from the last version of each."""
        sheets = json.loads(self.read("sheets.json"))
        submitted = {
            (event["actor"], event["subject"], event["facts"]["stage"], event["facts"]["sheet"])
            for event in self.events
            if event["act"] == "score.submitted"
        }
        handed_in = {(login, case, stage, digest(text.encode())) for stage, case, login, _, text in sheets}
        problems = [f"{case} 的评分表不是 {login} 所提交" for login, case, _, _ in sorted(handed_in - submitted)]
        last = {(stage, case, login): json.loads(text)["marks"] for stage, case, login, _, text in sheets}
        for stage, several in self.results.items():
            for case, panel in max(several)[3].items() if self.stages[stage]["kind"] in ("score", "contest") else ():
                for login, marks in panel.items():
                    own = {key: mark for key, mark in marks.items() if key != "raw"}
                    if last.get((stage, case, login)) != own:
                        problems.append(f"{case} 计入的评分与 {login} 最后提交的不同")
        self.told("评分表", problems, f"{len(sheets)} 份都由评委本人提交，计入的是最后一版")

    def recompute(self):
        carried = {}
        for key, stage in self.stages.items():
            for number, _, body, inputs in sorted(self.results.get(key, [])):
                entries = {one["case_no"]: one for one in body["entries"]}
                if stage["kind"] in ("score", "contest"):
                    if stage["aggregation"]["comparability"] != "none":
                        self.open.append(
                            f"{stage['title']}：换算方式为 {stage['aggregation']['comparability']}，本程序不复算名次"
                        )
                    else:
                        problems = ranking_differs(stage, inputs, carried, entries)
                        self.told(
                            f"{stage['title']}（第 {number} 次）",
                            problems,
                            f"{len(inputs)} 人的得分、名次、去向复算相同",
                        )
                elif stage["kind"] == "ballot":
                    seats = sum(tier["seats"] for tier in self.rules["rules"]["tiers"])
                    problems = votes_differ(stage, inputs, entries, seats)
                    self.told(f"{stage['title']}（第 {number} 次）", problems, f"{len(inputs['papers'])} 张票复算相同")
                elif stage["kind"] == "tally":
                    problems = likes_differ(stage, inputs, entries)
                    self.told(
                        f"{stage['title']}（第 {number} 次）", problems, f"{len(inputs['likes'])} 人的点赞复算相同"
                    )
                elif stage["kind"] == "notice":
                    self.check_periods(stage, inputs)
                carried[key] = {case: Fraction(one["exact"]) for case, one in entries.items() if one["exact"]}

    def check_periods(self, stage, inputs):
        workdays = json.loads(self.read("workdays.json"))
        problems = []
        for number, starts, ends, _ in inputs["lists"]:
            last = period_ends(date.fromisoformat(starts), stage, workdays)
            if str(last) > ends:
                problems.append(f"第 {number} 次公示应至 {last}，只到 {ends}")
        self.told(stage["title"], problems, f"{len(inputs['lists'])} 次公示的期限都已足额")

    def check_signatures(self):
        """Every passed stage bears as many different signers in each role as the rules demand, under the digest it passed with."""
        problems, count = [], 0
        for key, stage in self.stages.items():
            subject = f"{self.round}/{key}"
            passed = [
                event
                for event in self.events
                if event["act"] in ("stage.passed", "correction.approved") and event["subject"] == subject
            ]
            for event in passed:
                result = event["facts"].get("result")
                signed = [
                    one
                    for one in self.events
                    if one["act"] == "gate.signed"
                    and one["subject"] == subject
                    and one["facts"]["digest"] == result
                    and one["seq"] < event["seq"]
                ]
                who = [one["facts"].get("for") or one["actor"] for one in signed]
                if len(set(who)) != len(who):
                    problems.append(f"“{stage['title']}”有人签了两次")
                roles = [one["facts"]["as"] for one in signed]
                lacking = [one["role"] for one in stage["signoffs"] if roles.count(one["role"]) < one["count"]]
                problems += [f"“{stage['title']}”缺少 {role} 的签批" for role in lacking]
                count += len(signed)
        self.told("签批", problems, f"{count} 次，人数、身份、所签指纹都符合规则")

    def check_papers(self):
        papers = json.loads(self.read("documents.json"))
        issued = {
            (event["subject"], event["facts"]["sha256"]) for event in self.events if event["act"] == "document.issued"
        }
        problems = [
            f"{one['file']} 的指纹不在记录中" for one in papers if (one["subject"], one["sha256"]) not in issued
        ]
        self.told("文件清单", problems, f"{len(papers)} 份文件的指纹都在记录中")


def main(arguments):
    if not arguments or arguments[0].startswith("-"):
        print(USAGE)
        return 2
    key = arguments[arguments.index("--key") + 1] if "--key" in arguments[:-1] else None
    try:
        bundle = Bundle(arguments[0])
        bundle.check(key)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, IndexError, struct.error) as fault:
        print(f"✗ 证据包不完整或格式不符：{type(fault).__name__} {fault}")
        return 1
    for line in bundle.good:
        print(f"✓ {line}")
    for line in bundle.open:
        print(f"· {line}")
    for line in bundle.bad:
        print(f"✗ {line}")
    print("结论：" + ("有不符之处，见上。" if bundle.bad else "全部成立。"))
    return 1 if bundle.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

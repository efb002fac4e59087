"""Check an evidence bundle without the system that made it, with Python's standard library alone.

It checks signatures, the tree, the rules, every sealed result, its signatures of approval, and reckons again what can
be reckoned: scores and contests, ballots, periods of notice. It was written apart from the engine and shares no code.
"""

import base64
import json
import struct
import sys
import zipfile
from collections import defaultdict

from entries import ACTS, Files, read_event
from results import check_papers, check_results, check_signatures
from signed import digest, leaf_of, read_key, roots_of, signed_by
from sm3 import check_sm3

USAGE = "用法：python3 verify.py 证据包.zip（或解开后的文件夹） [--key 日志公钥]"


class Bundle:
    """One evidence bundle, and what was found in it: `good` and `bad` lines, and what could not be checked."""

    def __init__(self, path):
        self.files = Files(path)
        self.good, self.bad, self.open = [], [], []
        self.events = defaultdict(list)

    def told(self, what, problems, count):
        if problems:
            self.bad += [f"{what}：{line}" for line in problems[:20]]
        else:
            self.good.append(f"{what}：{count}")

    def of(self, *acts):
        """The events of some acts, in order."""
        return sorted((event for act in acts for event in self.events[act]), key=lambda event: event["seq"])

    def mine(self, events, fact):
        """What some events of this round say under a name."""
        return {one["facts"][fact] for one in events if one["subject"].startswith(f"{self.round}/")}

    def is_judged(self, stage):
        return self.stages[stage]["kind"] in ("score", "contest")

    def check(self, key=None):
        raw = self.files.read("rules.json")
        self.rules = json.loads(raw)
        self.round = f"{self.rules['rules']['slug']}-{self.rules['plan']['year']}"
        self.stages = {stage["key"]: stage for stage in self.rules["rules"]["stages"]}
        leaves = self.check_entries()
        self.check_notes(leaves, key)
        self.check_tiles(leaves)
        check_sm3(self, self.origin)
        self.check_rules(digest(raw))
        check_results(self)
        check_signatures(self)
        check_papers(self)

    def check_entries(self):
        """Go through all entries once: hash each, and keep those that later checks look at."""
        leaves, gaps, self.in_force = [], [], defaultdict(set)
        for number, body in enumerate(self.files.bodies(), 1):
            leaves.append(leaf_of(body))
            event = read_event(body)
            if event["seq"] != number:
                gaps.append(f"第 {number} 条的序号为 {event['seq']}")
            if event["act"] in ACTS:
                self.events[event["act"]].append(event)
            if event.get("rules"):
                self.in_force[event["round"]].add(event["rules"])
        self.told("记录连号", gaps, f"共 {len(leaves)} 条")
        return leaves

    def check_notes(self, leaves, key):
        policy = self.files.read("policy").decode().splitlines()
        log = read_key(next(line.split()[1] for line in policy if line.startswith("log ")))
        witnesses = [read_key(line.split()[2]) for line in policy if line.startswith("witness ")]
        self.origin = log[0]
        if key is not None and read_key(key) != log:
            self.bad.append("公钥：证据包中的日志公钥与您给出的不同")
        elif key is None:
            self.open.append("公钥取自证据包本身；请用 --key 给出您另外取得的日志公钥")
        notes = sorted(self.files.under("checkpoints"), key=lambda one: int(one.split("/")[1]))
        roots = roots_of(leaves, [int(name.split("/")[1]) for name in notes])
        problems, cosigned, last = [], 0, 0
        for name in notes:
            note = self.files.read(name).decode()
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
        names = self.files.tiles("0")
        joined = b"".join(self.files.read(name) for name in names)
        self.told("哈希瓦片", [] if joined == b"".join(leaves) else ["与记录不符"], f"{len(names)} 片与记录相符")

    def check_rules(self, found):
        """The rules are those the round was opened with, and every act in it says that they were in force."""
        opened = [event for event in self.of("round.opened") if event["subject"] == self.round]
        problems = [] if [one["facts"]["rules"] for one in opened] == [found] else ["与开启轮次时记录的指纹不符"]
        others = {rules for one in opened for rules in self.in_force[one["round"]]} - {found}
        problems += [f"有的记录是在另一版规则（{rules}）下办理的" for rules in sorted(others)]
        self.told("规则", problems, "与开启轮次时记录的指纹相符")


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

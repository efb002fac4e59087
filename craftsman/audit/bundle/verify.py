"""Check an evidence bundle without the system that made it, with Python's standard library alone.

It checks signatures, the tree, the rules, every sealed result, its signatures of approval, and reckons again what can
be reckoned: scores and contests, ballots, periods of notice. It was written apart from the engine and shares no code.
"""

import base64
import json
import struct
import sys
import zipfile
import zlib
from collections import defaultdict

from entries import ACTS, Files, read_event
from results import check_papers, check_results, check_signatures
from signed import digest, leaf_of, read_key, roots_of, signed_by, tiles_of
from sm3 import check_sm3

USAGE = "用法：python3 verify.py 证据包.zip（或解开后的文件夹） [--key 日志公钥] [--witness 见证方公钥]"
# what a file that was made to deceive may lead to
FAULTS = (
    *(OSError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError, EOFError),
    *(StopIteration, struct.error, zipfile.BadZipFile, zlib.error),
)


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
        """The events of some acts, in order, as far as a checkpoint covers them: what comes after proves nothing."""
        found = (event for act in acts for event in self.events[act] if event["seq"] <= self.covered)
        return sorted(found, key=lambda event: event["seq"])

    def of_stage(self, act, stage, before):
        """The events of one act upon a stage, before another event."""
        subject = f"{self.round}/{stage}"
        return [one for one in self.of(act) if one["subject"] == subject and one["seq"] < before]

    def is_judged(self, stage):
        return self.stages[stage]["kind"] in ("score", "contest")

    def check(self, key=None, witness=None):
        self.told("文件", [f"{name} 有两份" for name in self.files.twice], f"{len(self.files.names)} 个，名称不重")
        raw = self.files.read("rules.json")
        self.rules = json.loads(raw)
        self.round = f"{self.rules['rules']['slug']}-{self.rules['plan']['year']}"
        self.stages = {stage["key"]: stage for stage in self.rules["rules"]["stages"]}
        leaves = self.check_entries()
        self.check_notes(leaves, key, witness)
        self.check_end(len(leaves))
        self.check_tiles(leaves)
        check_sm3(self, self.origin)
        self.check_rules(digest(raw))
        check_results(self)
        check_signatures(self)
        check_papers(self)

    def check_entries(self):
        """Go through all entries once: hash each, and keep those that later checks look at."""
        leaves, gaps, self.in_force = [], [], defaultdict(set)
        self.last_at = ""
        for number, body in enumerate(self.files.bodies(), 1):
            leaves.append(leaf_of(body))
            event = read_event(body)
            if event["seq"] != number:
                gaps.append(f"第 {number} 条的序号为 {event['seq']}")
            if event["act"] in ACTS:
                self.events[event["act"]].append(event)
            if event.get("rules"):
                self.in_force[event["round"]].add(event["rules"])
            self.last_at = event["at"]
        self.told("记录连号", gaps, f"共 {len(leaves)} 条")
        return leaves

    def check_notes(self, leaves, key, witness):
        """Every checkpoint is the log's and fits the entries; how far a witness saw them."""
        policy = self.files.read("policy").decode().splitlines()
        log = read_key(next(line.split()[1] for line in policy if line.startswith("log ")))
        watchers = [read_key(line.split()[2]) for line in policy if line.startswith("witness ")]
        self.origin = log[0]
        if key is not None and read_key(key) != log:
            self.bad.append("公钥：证据包中的日志公钥与您给出的不同")
        elif key is None:
            self.open.append("公钥取自证据包本身；请用 --key 给出您另外取得的日志公钥")
        notes = sorted(self.files.under("checkpoints"), key=lambda one: int(one.split("/")[1]))
        roots = roots_of(leaves, [int(name.split("/")[1]) for name in notes])
        problems, seen, self.covered = [], [], 0
        for name in notes:
            note = self.files.read(name).decode()
            origin, size, root = note.split("\n")[:3]
            self.covered = int(size)
            if origin != log[0] or not signed_by(note, log):
                problems.append(f"第 {size} 条处不是日志所签")
            if self.covered not in roots or base64.b64encode(roots[self.covered]).decode() != root:
                problems.append(f"第 {size} 条处的根哈希与记录不符，记录被改动或删除")
            cosigned = [signed_by(note, one) for one in watchers]
            problems += [f"第 {size} 条处见证方的签名不符"] * (False in cosigned)
            seen += [self.covered] * (True in cosigned)
        problems += ["一个也没有，记录未经签名"] * (not notes)
        self.told("检查点", problems, f"{len(notes)} 个都由日志所签，并与记录相符")
        self.check_witness(watchers, seen, witness)

    def check_witness(self, watchers, seen, given):
        """`seen` are the checkpoints that a witness cosigned, `given` the key that it is to have."""
        if given is not None and read_key(given) not in watchers:
            self.bad.append("见证：证据包中没有您给出的见证方")
        elif given is not None and not seen:
            self.bad.append("见证：没有一个检查点有见证方的签名")
        elif not seen:
            self.open.append("没有见证方：系统的主人若改写并重签全部历史，只凭本证据包不能发现")
        else:
            self.good.append(f"见证：{len(seen)} 个检查点有见证方的签名，到第 {seen[-1]} 条为止")
            if seen[-1] < self.covered:
                self.open.append(f"第 {seen[-1]} 条之后的记录，见证方尚未签名")
            if given is None:
                self.open.append("见证方的公钥取自证据包本身；请用 --witness 给出您另外取得的公钥")

    def check_end(self, size):
        """Where the history ends here: a bundle ends with its own export, so that a shortened one is told apart."""
        if self.covered < size:
            self.open.append(f"最后 {size - self.covered} 条尚未列入检查点，不作依据")
        exports = [one for one in self.of("audit.exported") if one["subject"] == self.round]
        self.export = exports[-1] if exports else None
        if self.export is None or self.export["seq"] < self.covered:
            self.open.append("记录不是以导出本证据包的一条结束；其后是否还有，请与系统最新的检查点比对")
        self.good.append(f"记录的最后一条办理于 {self.last_at[:16].replace('T', ' ')}（世界时）")

    def check_tiles(self, leaves):
        wanted = tiles_of(leaves)
        levels = {name.split("/")[1] for name in self.files.under("tile")} - {"entries"}
        found = [b"".join(map(self.files.read, self.files.tiles(level))) for level in sorted(levels, key=int)]
        self.told("哈希瓦片", [] if found == wanted else ["与记录不符"], f"{len(wanted)} 层与记录相符")

    def check_rules(self, found):
        """The rules are those the round was opened with, and every act in it says that they were in force."""
        opened = [event for event in self.of("round.opened") if event["subject"] == self.round]
        problems = [] if [one["facts"]["rules"] for one in opened] == [found] else ["与开启轮次时记录的指纹不符"]
        self.number = opened[0]["round"] if opened else None
        others = {rules for one in opened for rules in self.in_force[one["round"]]} - {found}
        problems += [f"有的记录是在另一版规则（{rules}）下办理的" for rules in sorted(others)]
        self.told("规则", problems, "与开启轮次时记录的指纹相符")


def main(arguments):
    options = dict(zip(arguments[1::2], arguments[2::2]))
    if len(arguments) % 2 == 0 or arguments[0].startswith("-") or options.keys() - {"--key", "--witness"}:
        print(USAGE)
        return 2
    good, bad, told = [], [], []
    try:
        bundle = Bundle(arguments[0])
        good, bad, told = bundle.good, bundle.bad, bundle.open
        bundle.check(options.get("--key"), options.get("--witness"))
    except FAULTS as fault:
        bad.append(f"证据包不完整或格式不符：{type(fault).__name__} {fault}")
    for sign, lines in (("✓", good), ("·", told), ("✗", bad)):
        for line in lines:
            print(f"{sign} {line}")
    print("结论：" + ("有不符之处，见上。" if bad else "全部成立。"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

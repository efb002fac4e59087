"""证据包核验程序：不依赖本系统，只用 Python 标准库。用法：python3 verify.py 证据包.zip [--key 公钥]

It checks signatures, the tree, the rules, every sealed result, its signatures of approval, and reckons again what can
be reckoned: scores and contests, ballots, periods of notice. It was written apart from the engine and shares no code.
"""

import base64
import hashlib
import json
import struct
import sys
import zipfile
from datetime import date, timedelta
from fractions import Fraction

# ── Ed25519 (RFC 8032), checking only; taken from the definition, slow and short ──
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)


def _add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _add(found, point)
        point, number = _add(point, point), number >> 1
    return found


def _point(raw):
    """A point from its 32 bytes, None when they are none."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * I % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(public, signature, message):
    """Whether `signature` (64 bytes) of `message` is by the key `public` (32 bytes)."""
    if len(signature) != 64 or len(public) != 32:
        return False
    a, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = _times(s, BASE), _add(r, _times(k, a))
    return not (left[0] * right[2] - right[0] * left[2]) % P and not (left[1] * right[2] - right[1] * left[2]) % P


# ── the tree (RFC 9162) and signed notes (C2SP) ──
def leaf_of(body):
    return hashlib.sha256(b"\0" + body).digest()


def root_of(leaves):
    """The root over leaf hashes, by the definition."""
    level = list(leaves)
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        joined = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2])]
        level = joined + level[len(joined) * 2 :]
    return level[0]


def read_key(line):
    """(name, kind, public key, key id) of a verifier key."""
    name, _, raw = line.split("+", 2)
    key = base64.b64decode(raw)
    return name, key[0], key[1:], hashlib.sha256(f"{name}\n".encode() + key).digest()[:4]


def signed_by(note, key):
    """Whether the key signed the note; of a witness, whether it cosigned it."""
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    name, kind, public, key_id = key
    for line in lines.splitlines():
        _, who, raw = line.split(" ")
        signature = base64.b64decode(raw)
        if who != name or signature[:4] != key_id:
            continue
        if kind == 1:
            return signature_holds(public, signature[4:], text.encode())
        at = struct.unpack(">Q", signature[4:12])[0]
        return signature_holds(public, signature[12:], f"cosignature/v1\ntime {at}\n{text}".encode())
    return False


def digest(raw):
    return hashlib.sha256(raw).hexdigest()


# ── what the engine decided, reckoned again ──
def mean_of(totals, terms):
    totals = sorted(totals)
    if terms["method"] == "trimmed_mean" and len(totals) >= terms["trim_from"]:
        totals = totals[1:-1]
    return sum(totals, Fraction(0)) / len(totals)


def judged(stage, inputs, carried):
    """case -> (composite, sheets, vetoed) of a judged stage."""
    found = {}
    own = stage["carry"].get(stage["key"], 100) if stage["carry"] else 100
    for case, sheets in inputs.items():
        totals = [sum(Fraction(one["weight"] * sheet[one["key"]], 100) for one in stage["criteria"]) for sheet in sheets.values()]
        value = mean_of(totals, stage["aggregation"]) * own / 100
        for key, weight in stage["carry"].items():
            if key != stage["key"]:
                value += carried[key][case] * weight / 100
        gates = [one for one in stage["criteria"] if one["gate"]]
        vetoed = any(2 * sum(sheet[g["key"]] < g["pass_mark"] * 100 for sheet in sheets.values()) > len(sheets) for g in gates)
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


class Bundle:
    """One evidence bundle, and what was found in it: `good` and `bad` lines, and what could not be checked."""

    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)
        self.names = set(self.zip.namelist())
        self.good, self.bad, self.open = [], [], []

    def read(self, name):
        return self.zip.read(name)

    def told(self, what, problems, count):
        if problems:
            self.bad += [f"{what}：{line}" for line in problems[:20]]
        else:
            self.good.append(f"{what}：{count}")

    def entries(self):
        """All entries, in order, out of their bundles."""
        def place(name):
            parts = name.removeprefix("tile/entries/").split(".p/")[0].split("/")
            return [int(part.lstrip("x")) for part in parts]

        names = [name for name in self.names if name.startswith("tile/entries/")]
        found = []
        for name in sorted(names, key=lambda one: (len(place(one)), place(one))):
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
        gaps = [f"第 {number} 条的序号为 {event['seq']}" for number, event in enumerate(self.events, 1) if event["seq"] != number]
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
        notes = sorted((name for name in self.names if name.startswith("checkpoints/")), key=lambda one: int(one.split("/")[1]))
        problems, cosigned, last = [], 0, 0
        for name in notes:
            note = self.read(name).decode()
            origin, size, root = note.split("\n")[:3]
            last = int(size)
            if origin != log[0] or not signed_by(note, log):
                problems.append(f"第 {size} 条处不是日志所签")
            if last > len(leaves) or base64.b64encode(root_of(leaves[:last])).decode() != root:
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
        names = {name for name in self.names if name.startswith("tile/0/")}
        joined = b"".join(self.read(name) for name in sorted(names, key=lambda one: [int(part.lstrip("x")) for part in one.removeprefix("tile/0/").split(".p/")[0].split("/")]))
        self.told("哈希瓦片", [] if joined == b"".join(leaves) else ["与记录不符"], f"{len(names)} 片与记录相符")

    def check_rules(self):
        raw = self.read("rules.json")
        self.rules = json.loads(raw)
        self.round = f"{self.rules['rules']['slug']}-{self.rules['plan']['year']}"
        said = [event["facts"]["rules"] for event in self.events if event["act"] == "round.opened" and event["subject"] == self.round]
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
        mine = {event["facts"]["result"] for event in self.events if event["act"] in ("stage.sealed", "correction.sealed") and event["subject"].startswith(f"{self.round}/")}
        problems += [f"缺少指纹为 {one} 的结果" for one in lost & mine]
        self.told("封存的结果", problems, f"{len(names)} 份与记录的指纹相符")
        self.recompute()

    def recompute(self):
        carried = {}
        for key, stage in self.stages.items():
            for number, _, body, inputs in sorted(self.results.get(key, [])):
                entries = {one["case_no"]: one for one in body["entries"]}
                if stage["kind"] in ("score", "contest"):
                    if stage["aggregation"]["comparability"] != "none":
                        self.open.append(f"{stage['title']}：换算方式为 {stage['aggregation']['comparability']}，本程序不复算名次")
                    else:
                        problems = ranking_differs(stage, inputs, carried, entries)
                        self.told(f"{stage['title']}（第 {number} 次）", problems, f"{len(inputs)} 人的得分、名次、去向复算相同")
                elif stage["kind"] == "ballot":
                    seats = sum(tier["seats"] for tier in self.rules["rules"]["tiers"])
                    problems = votes_differ(stage, inputs, entries, seats)
                    self.told(f"{stage['title']}（第 {number} 次）", problems, f"{len(inputs['papers'])} 张票复算相同")
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
            passed = [event for event in self.events if event["act"] in ("stage.passed", "correction.in_force") and event["subject"] == subject]
            for event in passed:
                result = event["facts"].get("result")
                signed = [one for one in self.events if one["act"] == "gate.signed" and one["subject"] == subject and one["facts"]["digest"] == result and one["seq"] < event["seq"]]
                who = [one["facts"].get("for") or one["actor"] for one in signed]
                if len(set(who)) != len(who):
                    problems.append(f"“{stage['title']}”有人签了两次")
                for demand in stage["signoffs"]:
                    if sum(one["facts"]["as"] == demand["role"] for one in signed) < demand["count"]:
                        problems.append(f"“{stage['title']}”缺少 {demand['role']} 的签批")
                count += len(signed)
        self.told("签批", problems, f"{count} 次，人数、身份、所签指纹都符合规则")

    def check_papers(self):
        papers = json.loads(self.read("documents.json"))
        issued = {(event["subject"], event["facts"]["sha256"]) for event in self.events if event["act"] == "document.issued"}
        problems = [f"{one['file']} 的指纹不在记录中" for one in papers if (one["subject"], one["sha256"]) not in issued]
        self.told("文件清单", problems, f"{len(papers)} 份文件的指纹都在记录中")


def main(arguments):
    if not arguments or arguments[0].startswith("-"):
        print(__doc__)
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

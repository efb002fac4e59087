"""How long documents take: `python benchmarks/documents.py [--certificates N] [--json]`.

A notice of ten pages in each form, and certificates with their codes as PDF/A, whose memory is looked at all the way.
All people are fictitious; nothing is asserted.
"""

import argparse
import io
import json
import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from pypdf import PdfReader

from benchmarks.meter import user_seconds
from craftsman.documents import render
from craftsman.documents.contexts import Notice
from tests.documents.make_documents import MADE_AT, make_certificate, make_notice, make_tiers

RUNS = 5
PEOPLE = 112  # ten pages
GOALS = {"notice_pdf": 0.5, "certificates": 12.0}


def seconds(act: Callable[[Notice], object]) -> float:
    """The median wall time of a few calls, each for another notice: Typst remembers what it set before."""
    taken: list[float] = []
    for run in range(RUNS):
        notice = make_notice(title=f"关于第{run}批人选的公示", tiers=make_tiers(PEOPLE + run % 3))
        started = time.perf_counter()
        act(notice)
        taken.append(time.perf_counter() - started)
    return median(taken)


def resident() -> int:
    """MiB of memory that this process holds now; its highest so far where the system does not say."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() // 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**10


def notices() -> dict[str, float]:
    """A notice of ten pages in each form."""
    first = render.notice_pdf(make_notice(tiers=make_tiers(PEOPLE)), MADE_AT)
    return {
        "notice_pages": len(PdfReader(io.BytesIO(first)).pages),
        "notice_html": seconds(render.notice_html),
        "notice_docx": seconds(render.notice_docx),
        "notice_pdf": seconds(partial(render.notice_pdf, timestamp=MADE_AT)),
    }


def certificates(count: int) -> dict[str, float]:
    """So many certificates one by one, with the memory held after each tenth of them."""
    held: list[int] = []
    started, cpu, size = time.perf_counter(), user_seconds(), 0
    for place, content in enumerate(render.certificates(map(make_certificate, range(count)), MADE_AT), start=1):
        size += len(content)
        if place % max(1, count // 10) == 0:
            held.append(resident())
    taken = time.perf_counter() - started
    return {
        "certificates": taken,
        "certificates_cpu": user_seconds() - cpu,
        "certificate_kib": size / count / 1024,
        "memory_after_a_tenth_mib": held[0],
        "memory_at_the_end_mib": held[-1],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certificates", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = {**notices(), **certificates(asked.certificates)}
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        goal = f"   (goal: at most {GOALS[name]:g})" if name in GOALS else ""
        print(f"{name:28}{value:10.2f}{goal}")


if __name__ == "__main__":
    main()

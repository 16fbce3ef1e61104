"""Tables: medians over the rounds, ratios as medians of each round's own ratio."""

import os
import platform
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import chart
from benchmarks.dataset import ROOT
from benchmarks.load import CONNECTIONS, Result
from benchmarks.run import Findings

PAGE, CHART = ROOT / "docs" / "speed.md", ROOT / "docs" / "speed.svg"
BEGIN, END = "<!-- written by ./scripts/bench: begin -->", "<!-- written by ./scripts/bench: end -->"
WORKLOADS = ("hello", "R1", "R2", "R3", "R4")
PEERS = ("ours", "usual", "drf", "fastify", "fastify-open")
MB = 1024 * 1024


@dataclass(frozen=True)
class Target:
    """`least` and `aim` as factors; `lower` where less is better."""

    what: str
    measured: float
    least: float
    aim: float
    lower: bool = False

    @property
    def verdict(self) -> str:
        sign = -1 if self.lower else 1
        if sign * self.measured >= sign * self.aim:
            return "aim reached"
        return "reached" if sign * self.measured >= sign * self.least else "**missed**"


def middle(findings: Findings, workload: str, peer: str, what: Callable[[Result], float]) -> float:
    return median(what(result) for result in findings.results[workload, peer])


def rate(findings: Findings, workload: str, peer: str) -> float:
    return middle(findings, workload, peer, lambda result: result.rate)


def ratio(findings: Findings, one: tuple[str, str], other: tuple[str, str]) -> float:
    """How many times the requests a second of the other; both of the same round."""
    pairs = zip(findings.results[one], findings.results[other], strict=True)
    return median(mine.rate / theirs.rate for mine, theirs in pairs)


def of_limit(findings: Findings, workload: str) -> float:
    pairs = zip(findings.results[workload, "ours"], findings.limits[workload], strict=True)
    return median(mine.rate / limit for mine, limit in pairs)


def targets(findings: Findings) -> list[Target]:
    def against(peer: str, title: str, workloads: str, least: float, aim: float) -> list[Target]:
        names = workloads.split(",")
        return [Target(f"{name} against {title}", ratio(findings, (name, "ours"), (name, peer)), least, aim) for name in names]

    return [
        *against("usual", "the usual FastAPI way", "R1,R2,R3", 6, 8),
        *against("usual", "the usual FastAPI way", "R4", 2.5, 6),
        *against("drf", "Django REST Framework", "R1,R2,R3", 6, 9),
        *against("drf", "Django REST Framework", "R4", 2.5, 5),
        *against("fastify", "Fastify with the same wall", "R1,R2,R3", 0.8, 1.2),
        *(
            Target(f"{name} against Fastify without a wall", ratio(findings, (name, "ours-kept"), (name, "fastify-open")), 1.5, 2.5)
            for name in ("R1 again", "R2 again")
        ),
        *(Target(f"{name} against PostgreSQL alone", of_limit(findings, name), 0.4, 0.6) for name in ("R1", "R3")),
        Target("price of the wall on R3 (with / without)", ratio(findings, ("R3", "ours"), ("R3", "ours-open")), 0.8, 0.9),
        Target("deep keyset page (time of the first page = 1)", ratio(findings, ("first", "ours"), ("deep", "ours")), 1.5, 1.1, lower=True),
    ]


def table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---", *["---:"] * (len(head) - 1)], *rows])


def _rates(findings: Findings) -> str:
    def cell(name: str, peer: str) -> str:
        if (name, peer) not in findings.results:
            return ""
        factor = f" ({ratio(findings, (name, peer), (name, 'usual')):.1f}×)" if (name, "usual") in findings.results else ""
        return f"{rate(findings, name, peer):,.0f}{factor}"

    names = (*WORKLOADS, "R1 again", "R2 again")
    rows = [
        [findings.titles[peer][0], *(cell(name, peer) for name in names), findings.titles[peer][1]]
        for peer in ("ours", "ours-kept", *PEERS[1:])
    ]
    alone = [f"{median(findings.limits[name]):,.0f}" if name in findings.limits else "" for name in names]
    rows.append(["PostgreSQL alone (pgbench, our statements)", *alone, "HTTP, tokens, everything but the statement"])
    return table(["requests/s (× the usual way)", *names, "does not do"], rows)


def _costs(findings: Findings) -> str:
    def cell(name: str, peer: str) -> str:
        cpu, p50, p99 = (middle(findings, name, peer, what) for what in (lambda r: r.cpu, lambda r: r.p50, lambda r: r.p99))
        return f"{cpu:,.0f} · {p50:.1f} / {p99:.1f}"

    rows = [[findings.titles[peer][0], *(cell(name, peer) for name in WORKLOADS), f"{findings.memory[peer] / MB:.0f}"] for peer in PEERS]
    return table(["server CPU µs per request · p50 / p99 ms", *WORKLOADS, "memory MB"], rows)


def _targets(findings: Findings) -> str:
    rows = [[one.what, f"{one.least:g}×", f"{one.aim:g}×", f"{one.measured:.2f}×", one.verdict] for one in targets(findings)]
    return table(["target", "at least", "aim", "measured", ""], rows)


def _circumstances(findings: Findings) -> str:
    sizes = ", ".join(f"{count:,} {name}" for name, count in findings.sizes.items())
    pace = f"{findings.pace.rounds} rounds of {findings.pace.seconds:g} s"
    return (
        f"SEED={findings.seed}: {sizes}. {pace}, {CONNECTIONS} connections, {findings.seconds / 60:.0f} minutes in all. {machine()}\n"
        f"Noise: {findings.meter} (at most a tenth, and {findings.meter.limit:.0%})."
    )


def _memory(findings: Findings) -> str:
    moments = (findings.at_start, findings.after_load)
    rows = [
        ["the process, resident MB", *(f"{moment.process / MB:.0f}" for moment in moments)],
        ["connections in its pools", *(f"{moment.connections}" for moment in moments)],
        ["PostgreSQL for them, private MB", *(f"{moment.in_postgresql / MB:.0f}" if moment.in_postgresql else "" for moment in moments)],
    ]
    said = table(["one process of this application, at rest", "after its start", "after the load"], rows)
    idle = f"Of the process, each idle connection is {findings.idle_connection / 1024:.0f} KB."
    return f"{said}\n\n{idle} `./scripts/run`, with environment and demo data there, was ready after {findings.ready_after:.1f} s."


def machine() -> str:
    cores = len(os.sched_getaffinity(0))
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count() or cores} × {model[1] if model else platform.machine()}, Python {platform.python_version()}."


def text(findings: Findings) -> str:
    parts = (_circumstances, _rates, _costs, _memory, _targets)
    return "\n\n".join(part(findings) for part in parts)


def write(findings: Findings) -> None:
    """Between the markers of the page, and the chart beside it."""
    picture = "![Requests per second of each, for the four requests](speed.svg)"
    PAGE.write_text(replaced(PAGE.read_text(), f"{picture}\n\n{text(findings)}"))
    bars = {name: [(findings.titles[peer][0].strip("*"), rate(findings, name, peer)) for peer in PEERS] for name in WORKLOADS[1:]}
    for name, values in bars.items():
        values += [("PostgreSQL alone", median(findings.limits[name]))] if name in findings.limits else []
    CHART.write_text(chart.svg(bars))


def replaced(page: str, said: str) -> str:
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    if not after and END not in rest:
        raise SystemExit(f"{PAGE.name} has lost its markers: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{said}\n\n{END}{after}"

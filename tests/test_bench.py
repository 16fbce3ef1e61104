"""What the benchmark writes and when it keeps silent. Nothing is measured here."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks import agreement, chart, life, limits, noise, report
from benchmarks.footprint import Moment
from benchmarks.load import Result
from benchmarks.report import BEGIN, END, PEERS, WORKLOADS, Target
from benchmarks.run import QUICK, Findings
from benchmarks.stopwatch import Stopwatch
from realestate.compiling import Query

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def findings() -> Findings:
    """Ours takes 100 µs, everybody else twice that, in two rounds of which the second is half as fast."""
    said = Findings("large", QUICK, {"units": 500_000})
    for peer in (*PEERS, "ours-kept", "ours-open"):
        said.titles[peer], said.memory[peer] = (f"<{peer}> & co", "nothing"), 100 * report.MB
        for workload in (*WORKLOADS, "R1 again", "R2 again", "first", "deep"):
            rate = 4000 if peer == "ours" else 2000
            said.results[workload, peer] = [Result(rate / slowness, 100, 1, 2) for slowness in (1, 2)]
    said.limits = {name: [8000, 4000] for name in ("R1", "R2", "R3")}
    for hello in (1000, 1100):
        said.meter.hear(hello)
    return said


def test_ratios_are_those_within_a_round(findings: Findings) -> None:
    findings.results["R1", "usual"] = [Result(500, 0, 0, 0), Result(1000, 0, 0, 0)]
    assert report.ratio(findings, ("R1", "ours"), ("R1", "usual")) == (8 + 2) / 2


def test_the_table_names_everybody_and_every_target(findings: Findings) -> None:
    said = report.text(findings)
    assert all(findings.titles[peer][0] in said for peer in PEERS)
    assert "3,000 (2.0×)" in said
    assert len(report.targets(findings)) == said.count("reached") + said.count("missed")
    assert "R1 against the usual FastAPI way | 6× | 8× | 2.00× | **missed**" in said
    assert "R1 against PostgreSQL alone | 0.4× | 0.6× | 0.50× | reached" in said


def test_every_row_of_a_table_has_as_many_cells_as_its_head(findings: Findings) -> None:
    for table in re.findall(r"(?:^\|.*\n?)+", report.text(findings), re.MULTILINE):
        assert len({row.count("|") for row in table.splitlines()}) == 1


def test_what_is_to_be_low_is_missed_when_it_is_high() -> None:
    verdicts = [Target("deep page", measured, 1.5, 1.1, lower=True).verdict for measured in (1.0, 1.3, 1.6)]
    assert verdicts == ["aim reached", "reached", "**missed**"]


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    page = f"before {BEGIN}\nold\n{END} after"
    once = report.replaced(page, "new")
    assert (once.startswith("before "), once.endswith(" after"), "old" in once, "new" in once) == (True, True, False, True)
    assert report.replaced(once, "new") == once


def test_a_page_without_markers_is_left_alone() -> None:
    with pytest.raises(SystemExit, match="has lost its markers"):
        report.replaced("nothing here", "new")


@pytest.mark.parametrize("path", [report.PAGE, life.PAGE])
def test_the_page_has_its_markers(path: Path) -> None:
    page = path.read_text()
    assert page.count(BEGIN) == page.count(END) == 1


def test_memory_is_told_at_the_start_and_after_the_load(findings: Findings) -> None:
    findings.at_start, findings.after_load = Moment(90 * report.MB, 5, 10 * report.MB), Moment(120 * report.MB, 19, 95 * report.MB)
    said = report.text(findings)
    assert "| the process, resident MB | 90 | 120 |" in said
    assert "| connections in its pools | 5 | 19 |" in said
    assert "| PostgreSQL for them, private MB | 10 | 95 |" in said


def test_each_step_lasts_until_the_next_mark_and_a_life_until_the_next_first_one() -> None:
    watch = Stopwatch([("b", 0, 0), ("a", 0, 0), ("b", 4_000_000, 1_000_000), ("z", 6_000_000, 2_000_000), ("a", 9_000_000, 2_000_000)])
    watch.marks += [("b", 10_000_000, 3_000_000), ("a", 12_000_000, 3_000_000), ("z", 13_000_000, 3_000_000)]
    lives = [{step: (round(spent.wall, -2), round(spent.cpu, -2)) for step, spent in life.items()} for life in watch.lives("a", "z")]
    assert lives == [{"a": (4000, 1000), "b": (2000, 1000), "z": (3000, 0)}, {"a": (2000, 1000), "b": (2000, 0)}]


async def _twice(number: int) -> int:
    return 2 * number


@pytest.mark.anyio
async def test_what_the_stopwatch_stands_at_does_what_it_did_before() -> None:
    watch = Stopwatch()
    assert await watch.at(_twice, "in", "out")(21) == 42
    assert watch.at(len, "in", "out")("four") == 4
    assert [step for step, _, _ in watch.marks] == ["in", "out", "in", "out"]


def test_every_step_that_a_door_begins_is_explained() -> None:
    assert {step for door in life.DOORS for step in door[2:]} == set(life.STEPS)


def test_the_chart_is_xml_with_a_bar_for_each_value() -> None:
    bars = [("ours & <co>", 4000.0), ("theirs", 1000.0), ("PostgreSQL alone", 8000.0)]
    tree = ET.fromstring(chart.svg({"R1": bars, "R4": bars[:2]}))
    widths = [int(bar.attrib["width"]) for bar in tree.iter("{http://www.w3.org/2000/svg}rect")]
    assert len(widths) == 5
    assert widths[2] == 2 * widths[0] == 8 * widths[1]


def test_a_spread_above_a_quarter_is_too_noisy() -> None:
    meter = noise.Meter()
    for rate in (100.0, 110.0, 125.0):
        meter.hear(rate)
    assert not meter.is_too_noisy
    meter.hear(140.0)
    assert meter.is_too_noisy
    assert "hello varied by 34%" in str(meter)


def test_too_many_disturbed_loads_are_too_noisy() -> None:
    meter = noise.Meter()
    meter.loads, meter.disturbed = 100, 10
    assert not meter.is_too_noisy
    meter.disturbed = 11
    assert meter.is_too_noisy


def test_a_core_that_is_slower_than_it_mostly_is_was_disturbed() -> None:
    meter = noise.Meter()
    for seen in meter.looks.values():
        seen += [1.0, 1.1, 0.9, 1.2]
    assert meter.is_steady
    next(iter(meter.looks.values())).append(1.5)
    assert not meter.is_steady


def test_times_agree_as_moments_and_numbers_as_numbers() -> None:
    one, other = (
        agreement.plain(json.loads(said))
        for said in ('{"a": "2026-11-20T04:00:00.000000Z", "b": 1}', '{"b": 1.0, "a": "2026-11-20T04:00:00Z"}')
    )
    assert agreement.difference(one, other) is None


@pytest.mark.parametrize(
    ("one", "other", "where"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, ".a[1].b: 2 and 3"),
        ({"a": 1}, {"a": 1, "b": None}, ": fields ['b']"),
        ([1, 2], [2, 1], "[0]: 1 and 2"),
        ([1], [1, 2], ": [1] and [1, 2]"),
        (True, 1, ": True and 1"),
        (None, "", ": None and ''"),
    ],
)
def test_the_first_difference_is_named(one: object, other: object, where: str) -> None:
    assert agreement.difference(one, other) == where


def test_statements_for_pgbench_have_their_values_and_no_variables() -> None:
    query = Query("SELECT to_char($2, 'HH24:MI')::TEXT, $1, ':'", (("name", None, None), ("at", None, None)))
    assert limits.inlined(query, {"name": "d'Arc", "at": "04:00"}) == r"SELECT to_char(E'04\x3a00', E'HH24\x3aMI')::TEXT, 'd''Arc', E'\x3a'"


def test_no_registry_is_named_in_what_peers_are_installed_from() -> None:
    for name in ("requirements.txt", "fastify/package.json", "fastify/package-lock.json"):
        text = (ROOT / "benchmarks" / name).read_text()
        assert "resolved" not in text
        assert "index-url" not in text

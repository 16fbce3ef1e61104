"""Is this machine quiet enough to be believed?

A fixed piece of Python is timed on both cores before every round and after the last; so is the application's cheapest answer. None of
this depends on what is compared. The noise is the widest spread, (highest - lowest) / median, of the three: above `LIMIT` there is no report.
"""

import os
import time
from collections.abc import Sequence
from statistics import median

from benchmarks.servers import LOAD_CORE, SERVER_CORE

LIMIT = 0.25
TRIES = 5
STEPS = 400_000


def spread(values: Sequence[float]) -> float:
    return (max(values) - min(values)) / median(values) if values else 0.0


def calibrate(core: int) -> float:
    """Seconds for the fixed work on a core: the middle one of some tries, so that a single hiccup does not count."""
    os.sched_setaffinity(0, {core})
    try:
        return median(_work() for _ in range(TRIES))
    finally:
        os.sched_setaffinity(0, {LOAD_CORE})


def _work() -> float:
    began, total = time.perf_counter(), 0
    for step in range(STEPS):
        total += step & 7
    return time.perf_counter() - began


class Meter:
    """What has been seen of the machine."""

    limit = LIMIT

    def __init__(self) -> None:
        self.seen: dict[str, list[float]] = {"server core": [], "load core": [], "hello": []}

    def look(self) -> None:
        self.seen["server core"].append(calibrate(SERVER_CORE))
        self.seen["load core"].append(calibrate(LOAD_CORE))

    def hear(self, hello: float) -> None:
        self.seen["hello"].append(hello)

    @property
    def noise(self) -> float:
        return max(spread(values) for values in self.seen.values())

    @property
    def is_too_noisy(self) -> bool:
        return self.noise > self.limit

    def __str__(self) -> str:
        return ", ".join(f"{name} {spread(values):.0%}" for name, values in self.seen.items())

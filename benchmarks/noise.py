"""Is this machine quiet enough to be believed?

A fixed piece of Python is timed on both cores between all loads; none of it depends on what is compared. A load counts when the look before
it and the one after it were both within `LIMIT` of the middle of all looks; otherwise it is measured again, at most three times in all.
There is no report when too many loads were disturbed all the same, or when our own cheapest answer (hello) varies by more than `LIMIT`.
"""

import os
import time
from collections.abc import Sequence
from statistics import median

from benchmarks.servers import LOAD_CORE, SERVER_CORE

LIMIT = 0.25
MOST_DISTURBED = 0.1
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
        self.looks: dict[int, list[float]] = {SERVER_CORE: [], LOAD_CORE: []}
        self.hello: list[float] = []
        self.loads = self.disturbed = 0

    def look(self) -> None:
        for core, seen in self.looks.items():
            seen.append(calibrate(core))

    def hear(self, hello: float) -> None:
        self.hello.append(hello)

    @property
    def is_steady(self) -> bool:
        """Whether the last look found both cores as fast as they mostly are."""
        return all(abs(seen[-1] / median(seen) - 1) <= LIMIT for seen in self.looks.values())

    @property
    def is_too_noisy(self) -> bool:
        return self.disturbed > MOST_DISTURBED * self.loads or spread(self.hello) > LIMIT

    def __str__(self) -> str:
        return f"{self.disturbed} of {self.loads} loads were disturbed, hello varied by {spread(self.hello):.0%}"

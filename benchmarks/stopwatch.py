"""Two clocks at the doors between the steps of a request: the CPU time of the thread, and the time on the wall."""

import asyncio
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from itertools import pairwise
from typing import Any

Door = tuple[Any, str, str, str]
"""Whose call begins which step, and which one begins when it comes back."""

TIMES = 20_000


@dataclass(frozen=True)
class Spent:
    """Microseconds."""

    wall: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.wall + other.wall, self.cpu + other.cpu)


@dataclass
class Stopwatch:
    """Requests must come one at a time: then what lies between two marks is one step, whatever task it ran in."""

    marks: list[tuple[str, int, int]] = field(default_factory=list)

    def begin(self, step: str) -> None:
        self.marks.append((step, time.perf_counter_ns(), time.thread_time_ns()))

    def at(self, function: Callable[..., Any], entered: str, left: str) -> Callable[..., Any]:
        """The same function, noted when it is entered and left."""

        @wraps(function)
        async def walked(*arguments: Any, **more: Any) -> Any:
            self.begin(entered)
            try:
                return await function(*arguments, **more)
            finally:
                self.begin(left)

        @wraps(function)
        def called(*arguments: Any, **more: Any) -> Any:
            self.begin(entered)
            try:
                return function(*arguments, **more)
            finally:
                self.begin(left)

        return walked if inspect.iscoroutinefunction(function) else called

    @contextmanager
    def standing(self, doors: list[Door]) -> Iterator[None]:
        with ExitStack() as stack:
            for owner, name, entered, left in doors:
                original = getattr(owner, name)
                stack.callback(setattr, owner, name, original)
                setattr(owner, name, self.at(original, entered, left))
            yield

    def lives(self, first: str, last: str) -> list[dict[str, Spent]]:
        """What each request spent in each step, without what the marks cost; a life begins with the first step after a last one."""
        cost, lives = cost_of_a_mark(), list[dict[str, Spent]]()
        for (step, wall, cpu), (_, next_wall, next_cpu) in pairwise(self.marks):
            if step == first and (not lives or last in lives[-1]):
                lives.append({})
            if lives:
                spent = Spent((next_wall - wall) / 1000, (next_cpu - cpu) / 1000) + cost
                lives[-1][step] = lives[-1].get(step, Spent()) + spent
        return lives


def cost_of_a_mark() -> Spent:
    """Of one mark with its half of the wrapping; negative, to be added."""

    async def nothing() -> None: ...

    async def repeat(function: Callable[[], Any]) -> Spent:
        wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
        for _ in range(TIMES):
            await function()
        return Spent((time.perf_counter_ns() - wall) / 1000, (time.thread_time_ns() - cpu) / 1000)

    plain, marked = asyncio.run(repeat(nothing)), asyncio.run(repeat(Stopwatch().at(nothing, "", "")))
    return Spent((plain.wall - marked.wall) / TIMES / 2, (plain.cpu - marked.cpu) / TIMES / 2)

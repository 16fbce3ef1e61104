"""Who listens, whatever carries the words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ear:
    """`heard` is given what was said on the channel; `hears` is told True once it listens, and False when it no longer does."""

    heard: Callable[[str], None]
    hears: Callable[[bool], None]


def tell_all(ears: Mapping[str, Ear], hears: bool) -> None:
    for ear in ears.values():
        ear.hears(hears)

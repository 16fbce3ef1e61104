"""Looking whether the chains of what was done still hold (see `services.sealing`)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from realestate import crud
from realestate.crud.audit import Head
from realestate.database import WORKER, transaction
from realestate.models.audit import BEGINNING, AuditSeal, link

BATCH = 5000


@dataclass
class Report:
    """What a walk along all chains has shown. `unsealed` acts came after the last sealed one: nothing is known of them yet."""

    sealed: int = 0
    unsealed: int = 0
    faults: list[str] = field(default_factory=list)


async def verify(known: Iterable[Head] = ()) -> Report:
    """From the beginnings to the ends, past those that are `known` from earlier."""
    async with transaction(WORKER) as session:
        await crud.audit.lock_chains(session)
        last, standing = await crud.audit.last_sealed(session), await crud.audit.heads(session)
    walk, behind = _Walk([*standing, *known]), -(2**63)
    while behind < last:
        behind = await _go_on(walk, behind, last)
    walk.conclude(standing)
    async with transaction(WORKER) as session:
        walk.report.unsealed = await crud.audit.count_behind(session, last)
    return walk.report


async def _go_on(walk: "_Walk", behind: int, last: int) -> int:
    """Some steps; the id of the last one."""
    async with transaction(WORKER) as session:
        acts = {act.id: act for act in await crud.audit.acts(session, behind, last, BATCH)}
        end = max(acts) if len(acts) == BATCH else last
        seals = {seal.audit_event_id: seal for seal in await crud.audit.seals(session, behind, end)}
    for id in sorted(acts.keys() | seals.keys()):
        walk.step(id, acts.get(id), seals.get(id))
    return end


class _Walk:
    """Along all chains at once, by the ids of acts."""

    def __init__(self, marks: Iterable[Head]) -> None:
        self.report, self.ends = Report(), dict[int | None, Head]()
        self.marks: dict[tuple[int | None, int], set[str]] = defaultdict(set)
        for mark in marks:
            self.marks[mark.builder_id, mark.position].add(mark.hash)

    def step(self, id: int, act: Row[Any] | None, seal: AuditSeal | None) -> None:
        """One act and its seal; after a fault, go on from what the seal says."""
        if seal is None:
            return self._fault(f"act {id} was put in between: later ones are sealed, it is not")
        before = self.ends.get(seal.builder_id, Head(seal.builder_id, 0, BEGINNING))
        if act is None:
            self._fault(f"act {id} is gone; its seal is there")
        elif seal.position != before.position + 1:
            self._fault(f"{_chain(seal.builder_id)}: act {id} follows position {before.position}, but is number {seal.position}")
        elif act.builder_id != seal.builder_id or link(before.hash, tuple(act)) != seal.hash:
            self._fault(f"act {id} is not what was sealed")
        self.ends[seal.builder_id] = Head(seal.builder_id, seal.position, seal.hash)
        if self.marks.pop((seal.builder_id, seal.position), {seal.hash}) != {seal.hash}:
            self._fault(f"{_chain(seal.builder_id)}: number {seal.position} had another hash")
        self.report.sealed += 1

    def conclude(self, standing: Iterable[Head]) -> None:
        """What was not met on the way."""
        for builder_id, position in self.marks:
            self._fault(f"{_chain(builder_id)} once had {position} acts; they are not there")
        for builder_id in self.ends.keys() - {head.builder_id for head in standing}:
            self._fault(f"{_chain(builder_id)} has no end on record")

    def _fault(self, said: str) -> None:
        self.report.faults.append(said)


def _chain(builder_id: int | None) -> str:
    return "the platform" if builder_id is None else f"builder {builder_id}"

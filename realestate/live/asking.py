"""What of a topic somebody may see, asked of the wall in their name. NotFound or Forbidden where there is nothing."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from realestate import crud, reading
from realestate.database import VISITOR, WORKER, Identity, transaction
from realestate.errors import Forbidden, NotFound
from realestate.models.accounts import Role
from realestate.views import live as views

EVERYTHING = "*"


async def _read(identity: Identity, view: Any, **values: Any) -> str:
    said = await reading.read(identity, view.query(identity.role), **values)
    if said is None:
        raise NotFound
    return said.decode()


async def units(identity: Identity, id: int, ids: str = "") -> str:
    return await _read(identity, views.UNITS, id=id, units=f"{{{ids}}}")


async def _booking(identity: Identity, id: int) -> str:
    return (await _read(identity, views.BOOKING, id=id)).partition(":")[2]


async def _conversation(identity: Identity, id: int) -> str:
    said = (await _read(identity, views.CONVERSATION, id=id)).partition(":")[2]
    if json.loads(said)["last_message_id"] is None:  # not the first message of one
        raise NotFound
    return said


async def _inbox(identity: Identity, id: int) -> str:
    if identity.role is not Role.builder or identity.builder_id != id:
        raise Forbidden("FORBIDDEN_TOPIC", "This inbox is of another company.")
    said = await reading.read(identity, views.INBOX.query)
    assert said is not None
    return json.dumps(json.loads(said)["inbox"])


READERS: dict[str, Callable[..., Awaitable[str]]] = {
    "project": units,
    "booking": _booking,
    "conversation": _conversation,
    "builder": _inbox,
}


class Units:
    """What has become of some units of a project, read once for all who see the same of it: the unlimited of a team, and the customers to
    whom none of these units says more than to anybody. `changed`: ids, with a `-` behind those that may be out of sight now."""

    def __init__(self, project_id: int, changed: set[str], listeners: Sequence[Identity]) -> None:
        self.project_id, self.changed = project_id, changed
        self.ids = sorted({int(id.rstrip("-")) for id in changed if id != EVERYTHING})
        self.as_visitors = sum(one.role is Role.customer for one in listeners) > 1
        self.claimants: set[int] | None = None
        self.found: dict[tuple[str, ...], list[str]] = {}

    async def seen_by(self, identity: Identity) -> list[str]:
        """A document for each."""
        if EVERYTHING in self.changed:
            return ['{"reload":true}']
        if self.as_visitors and identity.role is Role.customer and identity.me not in await self._claimants():
            try:
                return await self._once(VISITOR, VISITOR)
            except NotFound:  # it has been withdrawn, and is still shown to those who have bought something there
                self.as_visitors = False
        everybody = Identity(Role.builder, builder_id=identity.builder_id)
        return await self._once(identity, identity if identity.speaks_as != everybody.speaks_as else everybody)

    async def _claimants(self) -> set[int]:
        if self.claimants is None:
            async with transaction(WORKER) as session:
                self.claimants = await crud.units.claimants(session, self.ids)
        return self.claimants

    async def _once(self, identity: Identity, rights: Identity) -> list[str]:
        key = tuple(rights.context.values())
        if key not in self.found:
            self.found[key] = await self._read(identity)
        return self.found[key]

    async def _read(self, identity: Identity) -> list[str]:
        seen = json.loads(await units(identity, self.project_id, ",".join(map(str, self.ids))))
        found = {unit["unit_id"] for unit in seen}
        gone = [int(id[:-1]) for id in sorted(self.changed) if id.endswith("-") and int(id[:-1]) not in found]
        seen += [{"unit_id": id, "status": "not_available", "price": None, "version": None} for id in gone]
        return [json.dumps(unit, separators=(",", ":")) for unit in seen]

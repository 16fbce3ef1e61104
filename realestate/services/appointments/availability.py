"""When there are times: a company says, a project, a person of the team; everybody asks."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Invalid
from realestate.models.accounts import Role
from realestate.models.appointments import Agenda, Availability
from realestate.models.base import Base
from realestate.models.settings import SettingScope
from realestate.reading import read_back
from realestate.schemas.availability import AvailabilityOut, HeldRules, PlaceSearch, SaidRules, SlotList, SlotOut, SlotSearch
from realestate.schemas.settings.appointments import AVAILABILITY, AvailabilityRules
from realestate.services import audit
from realestate.views.appointments import AVAILABILITY as RULES


def slots(project_id: int, said: Mapping[str, Any], search: SlotSearch, role: Role) -> SlotList:
    """The times that the agenda offers to somebody in that role."""
    agenda = Agenda.of(said)
    minutes = search.duration_minutes or agenda.rules.visit_minutes
    first = search.since or agenda.now.astimezone(agenda.zone).date()
    earliest = agenda.earliest(is_customer=role is not Role.builder)
    found = agenda.slots(search.type, first, first + timedelta(days=search.days - 1), minutes, earliest)
    offered = [SlotOut(appointment_date=slot.starts_at, ends_at=slot.ends_at, seats=slot.seats) for slot in found]
    return SlotList(project_id=project_id, timezone=str(agenda.zone), duration_minutes=minutes, slots=offered)


async def set_rules(session: AsyncSession, by: Identity, place: PlaceSearch, said: AvailabilityRules) -> AvailabilityOut:
    """Instead of what was said at this place before. NotFound for a project or a person that is not the company's."""
    scope, about = await _place(session, place)
    ids = {"builder_id": by.builder_id, "project_id": place.project_id, "user_id": place.user_id}
    kept = {name: value for name, value in AVAILABILITY.keep(said).items() if value is not None}
    await crud.appointments.set_rules(session, scope, by.me, kept, **ids)
    audit.record(session, "availability.changed", about, rules=kept)
    now = await read_back(session, RULES.query, project_id=place.project_id, user_id=place.user_id)
    return described(place, json.loads(now or b"{}"))


def described(place: PlaceSearch, kept: Mapping[str, Any]) -> AvailabilityOut:
    """What was said there, and what holds."""
    rules = Availability.of(kept["rules"])
    held = HeldRules.model_validate({name: getattr(rules, name) for name in HeldRules.model_fields})
    said = SaidRules.model_validate(kept["said"][-1] if kept["said"] else {})
    return AvailabilityOut(project_id=place.project_id, user_id=place.user_id, said=said, rules=held)


async def _place(session: AsyncSession, place: PlaceSearch) -> tuple[SettingScope, Base]:
    if place.project_id and place.user_id:
        raise Invalid.field("user_id", "Name a project or a person, not both.")
    if place.project_id:
        return SettingScope.project, await crud.projects.get(session, place.project_id)
    if place.user_id:
        return SettingScope.user, await crud.appointments.get_member(session, place.user_id)
    return SettingScope.builder, await crud.projects.lock_own_builder(session)

"""When a builder receives visitors."""

from typing import Annotated

from fastapi import Depends

from realestate.database import Identity
from realestate.dependencies import BuilderReader, BuilderSession, CurrentBuilder, asked
from realestate.dependencies.guards import permit
from realestate.errors import NotFound
from realestate.models.accounts import Permission
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.availability import AvailabilityOut, PlaceSearch
from realestate.schemas.settings.appointments import AvailabilityRules
from realestate.services import appointments
from realestate.views.appointments import AVAILABILITY

router = Router(prefix="/api/builder/availability", tags=["appointments"])

Place = Annotated[PlaceSearch, asked(PlaceSearch)]


async def _planner(member: CurrentBuilder, place: Place) -> Identity:
    return permit(member, Permission.units_hold if place.user_id == member.user_id else Permission.inventory_write)


Planner = Annotated[Identity, Depends(_planner)]
"""Somebody who plans for the company, or who receives visitors and says when."""


@router.get("", response_model=AvailabilityOut, responses=problems(404))
async def get_availability(place: Place, read: BuilderReader) -> AvailabilityOut:
    """The company's rules, or those of a project (`project_id`) or of one of the team (`user_id`): what was `said` there, and what holds."""
    kept = await read.data(AVAILABILITY.query, project_id=place.project_id, user_id=place.user_id)
    if not kept["is_there"]:
        raise NotFound
    return appointments.described(place, kept)


@router.put("", response_model=AvailabilityOut, responses=problems(404))
async def set_availability(said: AvailabilityRules, place: Place, member: Planner, session: BuilderSession) -> AvailabilityOut:
    """Say them anew for that place; what is left out is as the next wider place says. Appointments that are made stay."""
    return await appointments.set_rules(session, member, place, said)

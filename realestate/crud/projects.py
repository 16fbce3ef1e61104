"""Projects in the database."""

from itertools import count
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.accounts import Builder
from realestate.models.appointments import Appointment
from realestate.models.base import Versions
from realestate.models.bookings import Booking
from realestate.models.messages import Message
from realestate.models.projects import Project
from realestate.models.units import Hold, Unit


async def lock(session: AsyncSession, project_id: int, version: Versions | None = None) -> Project:
    """The project, ours until commit; Stale when it is no longer the version that the caller has read."""
    project = await session.scalar(select(Project).where(Project.id == project_id).with_for_update())
    if project is None:
        raise NotFound(detail="There is no such project.")
    project.expect(version)
    return project


async def pin(session: AsyncSession, project_id: int) -> Project:
    """The project, locked as its price range will be: until commit it is not deleted, published, withdrawn, or changed by anybody else."""
    project = await session.scalar(select(Project).where(Project.id == project_id).with_for_update(key_share=True))
    if project is None:
        raise NotFound(detail="There is no such project.")
    return project


async def get(session: AsyncSession, project_id: int) -> Project:
    """The project, not locked."""
    project = await session.scalar(select(Project).where(Project.id == project_id))
    if project is None:
        raise NotFound(detail="There is no such project.")
    return project


async def pin_of_unit(session: AsyncSession, unit_id: int) -> None:
    """The same for the project of a unit, before the unit is locked: withdrawing a project also locks it first and its units after it."""
    of_unit = select(Project.id).join(Unit, Unit.project_id == Project.id).where(Unit.id == unit_id)
    await session.execute(of_unit.with_for_update(key_share=True, of=Project))


async def lock_own_builder(session: AsyncSession) -> Builder:
    """The caller's company: who names its projects, or asks whether it may publish, queues up here. The wall shows a team no other."""
    return (await session.scalars(select(Builder).with_for_update(key_share=True))).one()


async def find_free_slug(session: AsyncSession, builder_id: int, slug: str) -> str:
    """The slug, or the first of slug-2, slug-3, … that no project of the builder has (see `lock_own_builder`)."""
    taken = set(await session.scalars(select(Project.slug).where(Project.builder_id == builder_id, Project.slug.startswith(slug))))
    return next(free for n in count(1) if (free := slug if n == 1 else f"{slug}-{n}") not in taken)


async def has_units(session: AsyncSession, project_id: int) -> bool:
    """Whether it has any; bookings have theirs, so that without units there are no bookings either."""
    return bool(await session.scalar(select(exists().where(Unit.project_id == project_id))))


async def count_claims(session: AsyncSession, project_id: int) -> dict[str, int]:
    """How many bookings and holds its units have ever had, how many appointments were made, and how many conversations begun. Change
    requests have a booking; documents go with the project."""
    ids: dict[str, Any] = {
        "bookings": Booking.id,
        "holds": Hold.id,
        "appointments": Appointment.id,
        "conversations": Message.conversation_id,
    }
    counts = (
        select(func.count(id.distinct())).where(id.class_.project_id == project_id).scalar_subquery().label(name)
        for name, id in ids.items()
    )
    return dict((await session.execute(select(*counts))).one()._mapping)


async def delete_with_units(session: AsyncSession, project: Project) -> None:
    """A hold or booking that comes in between is stopped by its foreign key, or stops this."""
    await session.execute(delete(Unit).where(Unit.project_id == project.id), execution_options={"synchronize_session": False})
    await session.delete(project)
    await session.flush()

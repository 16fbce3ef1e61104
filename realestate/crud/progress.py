"""Phases and updates in the database. The project is locked before them: its overall progress and its forecast follow."""

from decimal import Decimal
from typing import TypeVar

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer_group

from realestate.errors import NotFound
from realestate.models.progress import ConstructionUpdate, ProjectProgress
from realestate.models.projects import Project
from realestate.models.units import Unit

Row = TypeVar("Row", ProjectProgress, ConstructionUpdate)


async def lock(session: AsyncSession, model: type[Row], id: int) -> tuple[Row, Project]:
    """A phase or an update, and its project, ours until commit."""
    of_row = select(Project).join(model, model.project_id == Project.id).where(model.id == id)
    project = await session.scalar(of_row.with_for_update(key_share=True, of=Project))
    whole = select(model).where(model.id == id).options(undefer_group("private")).with_for_update()
    row = await session.scalar(whole.execution_options(populate_existing=True))
    if project is None or row is None:
        raise NotFound
    return row, project


async def has_tower(session: AsyncSession, project: Project, tower: str) -> bool:
    """Whether it is one of the project's towers, or a unit of the project stands in it."""
    if tower in {one["code"] for one in project.towers}:
        return True
    return bool(await session.scalar(select(exists().where(Unit.project_id == project.id, Unit.tower == tower))))


async def has_unit(session: AsyncSession, project_id: int, unit_id: int) -> bool:
    return bool(await session.scalar(select(exists().where(Unit.project_id == project_id, Unit.id == unit_id))))


async def has_phase(session: AsyncSession, project_id: int, progress_id: int) -> bool:
    return bool(await session.scalar(select(exists().where(ProjectProgress.project_id == project_id, ProjectProgress.id == progress_id))))


async def next_seq(session: AsyncSession, project_id: int) -> int:
    """The number of the next update that the project publishes. Lock the project first."""
    highest = select(func.max(ConstructionUpdate.seq)).where(ConstructionUpdate.project_id == project_id)
    return (await session.scalar(highest) or 0) + 1


async def total_weight(session: AsyncSession, project_id: int) -> Decimal | None:
    """Of the phases that count (see the trigger `overall_progress_follows`); None when there are none."""
    widest = (ProjectProgress.unit_id.is_not(None), ProjectProgress.tower.is_not(None))
    place = func.rank().over(partition_by=ProjectProgress.phase_key, order_by=widest).label("place")
    defined = select(ProjectProgress.phase_key, ProjectProgress.weight, place).where(ProjectProgress.project_id == project_id).subquery()
    phases = select(func.avg(defined.c.weight).label("weight")).where(defined.c.place == 1).group_by(defined.c.phase_key).subquery()
    return await session.scalar(select(func.round(func.sum(phases.c.weight), 2)))

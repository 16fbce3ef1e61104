"""What a builder does with its projects. Each verb: fetch (locked), change, keep book of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Forbidden
from realestate.models.accounts import BuilderStatus, Permission
from realestate.models.base import Versions, slugify
from realestate.models.notifications import Event
from realestate.models.projects import Project, PublishState
from realestate.models.rules import OF_MONEY
from realestate.models.units import UnitStatus
from realestate.schemas.projects import ProjectCreate, ProjectUpdate
from realestate.services import audit, vacancies
from realestate.services.notifications import notify

DERIVED = ("price_range_min", "price_range_max")


async def create(session: AsyncSession, member: Identity, said: ProjectCreate) -> Project:
    """Of the caller's company, published at once if it may and does not say otherwise. Forbidden NOT_YOUR_COMPANY."""
    if said.builder_id not in (None, member.builder_id):
        raise Forbidden("NOT_YOUR_COMPANY", "Projects can only be created for your own company: leave builder_id out.")
    builder = await crud.projects.lock_own_builder(session)
    slug = await crud.projects.find_free_slug(session, builder.id, slugify(said.project_name))
    project = Project(builder_id=builder.id, slug=slug, currency=builder.default_currency)
    project.revise(said.model_dump(exclude_unset=True, exclude={"builder_id", "available_units", "publish_state"}))
    _check_rules(member, {}, project.rules or {})
    if said.publish_state == PublishState.published or (said.publish_state is None and builder.status is BuilderStatus.active):
        project.publish(builder)
    session.add(project)
    await session.flush()
    audit.record(session, "project.created", project, project_name=project.project_name)
    return project


async def change(session: AsyncSession, member: Identity, project_id: int, version: Versions | None, said: ProjectUpdate) -> Project:
    """What was said. Once there are units, the currency is fixed (Conflict CURRENCY_FIXED) and their prices make the range. Forbidden
    NOT_PERMITTED to change rules of money without `settings:write`."""
    project = await crud.projects.lock(session, project_id, version)
    rules = dict(project.rules)
    changes = said.model_dump(exclude_unset=True)
    if await crud.projects.has_units(session, project_id):
        if changes.get("currency", project.currency) != project.currency:
            raise Conflict("CURRENCY_FIXED", "The currency of a project that has units cannot change.")
        changes = {name: value for name, value in changes.items() if name not in DERIVED}
    expected = project.expected_possession
    project.revise(changes)
    _check_rules(member, rules, project.rules)
    audit.record(session, "project.changed", project, fields=sorted(changes))
    await tell_of_shift(session, project, expected)
    return project


def _check_rules(member: Identity, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """What is sent again as it was changes nothing."""
    changed = [name for name in OF_MONEY if before.get(name) != after.get(name)]
    if changed and not member.may(Permission.settings_write):
        said = f"Only those who write the company's settings change {', '.join(changed)}."
        raise Forbidden("NOT_PERMITTED", said)


async def tell_of_shift(session: AsyncSession, project: Project, before: date | None) -> None:
    """Tell its buyers that they may expect their keys on another day than `before`."""
    after = project.expected_possession
    if before and after and after != before:
        await session.flush()
        said = {"date": f"{after:%d %b %Y}", "before": f"{before:%d %b %Y}"}
        notify(session, Event.possession_date_shifted, project, part=project.version, project=project.project_name, **said)


async def publish(session: AsyncSession, project_id: int) -> Project:
    """Show it to everybody; what became free while it was hidden goes to who waits. Conflict BUILDER_NOT_ACTIVE for a company that has not been verified, WEIGHTS_INCOMPLETE with an unfinished plan."""
    builder = await crud.projects.lock_own_builder(session)
    project = await crud.projects.lock(session, project_id)
    weights = await crud.progress.total_weight(session, project_id)
    if weights not in (None, 100):
        raise Conflict("WEIGHTS_INCOMPLETE", f"The weights of its phases total {weights}, not 100.", total=weights)
    project.publish(builder)
    audit.record(session, "project.published", project)
    async with as_system(session):  # to whom its units are published now
        for unit_id in await crud.claims.waited_for(session, project_id):
            unit, _, now = await crud.units.lock(session, unit_id)
            if unit.status is UnitStatus.available:
                await vacancies.offer(session, unit, now)
    return project


async def unpublish(session: AsyncSession, project_id: int, version: Versions | None) -> Project:
    """Hide it from all but those who hold or have one of its units."""
    project = await crud.projects.lock(session, project_id, version)
    project.unpublish()
    audit.record(session, "project.unpublished", project)
    return project


async def delete(session: AsyncSession, project_id: int, version: Versions | None) -> None:
    """With its units. Conflict PROJECT_IN_USE once anybody has held or booked one, come to see it or written about it."""
    project = await crud.projects.lock(session, project_id, version)
    blocked_by = await crud.projects.count_claims(session, project_id)
    if any(blocked_by.values()):
        detail = "This project has bookings, holds, appointments or conversations and cannot be deleted; unpublish it instead."
        raise Conflict("PROJECT_IN_USE", detail, blocked_by=blocked_by)
    audit.record(session, "project.deleted", project, project_name=project.project_name)
    await crud.projects.delete_with_units(session, project)

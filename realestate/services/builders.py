"""What the platform's administrators do to companies. Each verb: fetch (locked), change, tell or keep book."""

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.models.accounts import Builder
from realestate.models.base import Versions
from realestate.models.notifications import Event
from realestate.services import audit
from realestate.services.notifications import notify


async def verify(session: AsyncSession, builder_id: int, version: Versions | None) -> Builder:
    """Let it publish, and say so to those who manage it."""
    builder = await crud.builders.lock(session, builder_id, version)
    builder.verify()
    notify(session, Event.builder_verified, builder, company=builder.company_name)
    return builder


async def suspend(session: AsyncSession, builder_id: int, reason: str, version: Versions | None) -> Builder:
    """Withdraw its projects and end its people's sessions, which every process learns within seconds. Bookings and holds go on."""
    builder = await crud.builders.lock(session, builder_id, version)
    builder.suspend()
    account = await crud.builders.get_account(session, builder_id)
    account.suspended_at, account.suspension_reason = func.now(), reason
    withdrawn = await crud.builders.lock_published(session, builder_id)
    for project in withdrawn:
        project.unpublish()
    ended = await crud.builders.end_sessions(session, builder_id)
    projects = [project.id for project in withdrawn]
    audit.record(session, "builder.suspended", builder, reason=reason, projects=projects, sessions=len(ended))
    return builder


async def reinstate(session: AsyncSession, builder_id: int, version: Versions | None) -> Builder:
    """Let its people sign in again. What was withdrawn stays a draft until they publish it."""
    builder = await crud.builders.lock(session, builder_id, version)
    builder.reinstate()
    account = await crud.builders.get_account(session, builder_id)
    account.suspended_at = account.suspension_reason = None
    audit.record(session, "builder.reinstated", builder)
    return builder

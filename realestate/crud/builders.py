"""Companies in the database, as the platform's administrators change them."""

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.accounts import Builder, BuilderAccount, RefreshToken, User
from realestate.models.base import Versions
from realestate.models.projects import Project, PublishState


async def lock(session: AsyncSession, builder_id: int, version: Versions | None) -> Builder:
    """The company, ours until commit: whoever publishes one of its projects waits. Stale when it is not the version that was read."""
    builder = await session.scalar(select(Builder).where(Builder.id == builder_id).with_for_update(key_share=True))
    if builder is None:
        raise NotFound(detail="There is no such company.")
    builder.expect(version)
    return builder


async def get_account(session: AsyncSession, builder_id: int) -> BuilderAccount:
    """What only the company and the platform know of it."""
    return (await session.scalars(select(BuilderAccount).where(BuilderAccount.builder_id == builder_id))).one()


async def lock_published(session: AsyncSession, builder_id: int) -> list[Project]:
    """Its projects on show, in the order in which everybody locks them."""
    on_show = select(Project).where(Project.builder_id == builder_id, Project.publish_state == PublishState.published)
    return list(await session.scalars(on_show.order_by(Project.id).with_for_update()))


async def end_sessions(session: AsyncSession, builder_id: int) -> set[int]:
    """Those of its people that were not over yet."""
    people = select(User.id).where(User.builder_id == builder_id)
    running = (RefreshToken.ended_at.is_(None), RefreshToken.user_id.in_(people))
    ended = update(RefreshToken).where(*running).values(ended_at=func.now()).returning(RefreshToken.family_id)
    return set(await session.scalars(ended, execution_options={"synchronize_session": False}))

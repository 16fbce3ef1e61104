"""Which figures of the law and the house hold for a project (`models.policies`)."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.models.policies import SETTING, Policy
from realestate.models.projects import Project


async def of(session: AsyncSession, project: Project) -> Policy:
    """The pack of its jurisdiction, changed by what the platform, its company and itself have set, in that order."""
    return Policy.of(project.jurisdiction, await crud.settings.find_values(session, SETTING, project.builder_id, project.id))

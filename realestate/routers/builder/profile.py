"""What a company says of itself, and what it keeps for itself."""

from typing import Annotated

from fastapi import Depends, Response

from realestate.database import Identity
from realestate.dependencies import BuilderReader, BuilderSession, CurrentBuilder, ExpectedVersion, answer
from realestate.dependencies.guards import may
from realestate.models.accounts import Permission
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.profiles import BuilderAccountOut, BuilderAccountUpdate, BuilderProfileUpdate, OwnBuilderProfile
from realestate.services import profiles
from realestate.views.profiles import OWN_ACCOUNT, OWN_BUILDER

router = Router(prefix="/api/builder/profile", tags=["builder"])


async def _company(member: CurrentBuilder) -> int:
    assert member.builder_id is not None, "a member of a team has a company"
    return member.builder_id


CompanyId = Annotated[int, Depends(_company)]
Director = Annotated[Identity, may(Permission.settings_write)]


@router.get("", response_model=OwnBuilderProfile, responses=CONDITIONAL)
async def get_builder_profile(company_id: CompanyId, read: BuilderReader) -> Response:
    """The company's public profile, and how it stands with the platform."""
    return await read.one(OWN_BUILDER, company_id)


@router.patch("", response_model=OwnBuilderProfile, responses=problems(412))
async def change_builder_profile(
    said: BuilderProfileUpdate, version: ExpectedVersion, company_id: CompanyId, _: Director, session: BuilderSession
) -> Response:
    """Change what is sent and leave the rest. Everybody sees it."""
    await profiles.change_builder(session, version, said)
    return await answer(session, OWN_BUILDER, company_id)


@router.get("/account", response_model=BuilderAccountOut, responses=CONDITIONAL)
async def get_builder_account(company_id: CompanyId, _: Director, read: BuilderReader) -> Response:
    """What only the owners and admins see of it."""
    return await read.one(OWN_ACCOUNT, company_id)


@router.patch("/account", response_model=BuilderAccountOut, responses=problems(412))
async def change_builder_account(
    said: BuilderAccountUpdate, version: ExpectedVersion, company_id: CompanyId, _: Director, session: BuilderSession
) -> Response:
    """Change what is sent and leave the rest."""
    await profiles.change_account(session, version, said)
    return await answer(session, OWN_ACCOUNT, company_id)

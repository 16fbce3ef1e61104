"""The companies: who they are, verified or suspended."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import AdminReader, AdminSession, ExpectedVersion, answer, asked
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.admin import AdminBuilder, AdminBuilderPage, AdminBuilderSearch, SuspensionCreate
from realestate.schemas.base import Id
from realestate.services import builders
from realestate.views.admin import ADMIN_BUILDER, ADMIN_BUILDERS

router = Router(prefix="/api/admin/builders", tags=["admin"])


@router.get("", response_model=AdminBuilderPage)
async def list_companies(search: Annotated[AdminBuilderSearch, asked(AdminBuilderSearch)], read: AdminReader) -> Response:
    """All companies, the newest first; `status=pending` are those that wait to be verified."""
    return await read.page(ADMIN_BUILDERS, search)


@router.get("/{builder_id}", response_model=AdminBuilder, responses=CONDITIONAL)
async def get_company(builder_id: Id, read: AdminReader) -> Response:
    """One company with its owner, and why it is suspended if it is."""
    return await read.one(ADMIN_BUILDER, builder_id)


@router.post("/{builder_id}/verification", response_model=AdminBuilder, responses=problems(409, 412))
async def verify_company(builder_id: Id, version: ExpectedVersion, session: AdminSession) -> Response:
    """It is who it says it is: from now on it may publish; its managers are told. 409 `INVALID_TRANSITION` unless it is pending."""
    await builders.verify(session, builder_id, version)
    return await answer(session, ADMIN_BUILDER, builder_id)


@router.post("/{builder_id}/suspension", response_model=AdminBuilder, responses=problems(409, 412))
async def suspend_company(builder_id: Id, why: SuspensionCreate, version: ExpectedVersion, session: AdminSession) -> Response:
    """Withdraw its projects and end its people's sessions within five seconds. Bookings and holds go on. 409 when it is suspended."""
    await builders.suspend(session, builder_id, why.reason, version)
    return await answer(session, ADMIN_BUILDER, builder_id)


@router.delete("/{builder_id}/suspension", response_model=AdminBuilder, responses=problems(409, 412))
async def reinstate_company(builder_id: Id, version: ExpectedVersion, session: AdminSession) -> Response:
    """Let its people sign in again. Its projects stay drafts until they publish them. 409 when it is not suspended."""
    await builders.reinstate(session, builder_id, version)
    return await answer(session, ADMIN_BUILDER, builder_id)

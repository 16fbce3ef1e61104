"""What a team's portal shows first."""

from fastapi import Response

from realestate.dependencies import BuilderReader, CurrentBuilder
from realestate.models.accounts import Permission
from realestate.routing import Router
from realestate.schemas.dashboards import BuilderDashboard
from realestate.views.dashboards import BUILDER_DASHBOARD, WITHOUT_MONEY

router = Router(prefix="/api/builder/dashboard", tags=["dashboards"])


@router.get("", response_model=BuilderDashboard)
async def get_builder_dashboard(member: CurrentBuilder, read: BuilderReader) -> Response:
    """Units, bookings, revenue by currency, visits, conversations, changes and projects, as far as you see them, and what you were told last.

    `revenue` is null unless your role in the team includes `reports:read`.
    """
    return await read.summary(BUILDER_DASHBOARD if member.may(Permission.reports_read) else WITHOUT_MONEY)

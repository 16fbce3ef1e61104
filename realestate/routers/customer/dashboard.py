"""What a customer's portal shows first."""

from fastapi import Response

from realestate.dependencies import CustomerReader
from realestate.routing import Router
from realestate.schemas.dashboards import CustomerDashboard
from realestate.views.dashboards import CUSTOMER_DASHBOARD

router = Router(prefix="/api/customer/dashboard", tags=["dashboards"])


@router.get("", response_model=CustomerDashboard)
async def get_customer_dashboard(read: CustomerReader) -> Response:
    """Your bookings with what is due next, coming visits, prices to be answered, news from your sites, and how much is unread."""
    return await read.summary(CUSTOMER_DASHBOARD)

"""What has happened to a booking, as said."""

from datetime import datetime

from pydantic import Field

from realestate.models.accounts import Role
from realestate.models.base import Kind
from realestate.models.bookings import BookingStatus
from realestate.schemas.base import Amount, Wire


class Happening(Kind):
    step = "step"
    receipt_cleared = "receipt_cleared"
    receipt_bounced = "receipt_bounced"
    refund_paid = "refund_paid"
    demand_issued = "demand_issued"


class MomentOut(Wire):
    """One thing that happened. A `step` says from which state to which, and by which side (`worker` where the clock or money did); what is of
    money says its amount, and the number of the receipt or demand."""

    kind: Happening
    id: int = Field(description="of the step, the payment, or the line")
    from_status: BookingStatus | None
    to_status: BookingStatus | None
    by_role: Role | None
    reason: str | None
    amount: Amount | None
    number: str | None
    at: datetime

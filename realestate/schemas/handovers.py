"""What the record of a handover is made of."""

from datetime import datetime

from realestate.models.bookings import SnagStatus
from realestate.schemas.base import Amount, Wire
from realestate.schemas.papers import PaperBooking


class SnagOnPaper(Wire):
    title: str
    is_blocking: bool
    status: SnagStatus
    response: str | None


class HandoverBasis(PaperBooking):
    possession_offered_at: datetime | None
    acknowledged_at: datetime | None
    handed_over_at: datetime | None
    handover_checklist: dict[str, bool]
    total_amount: Amount
    paid_amount: Amount
    pending_amount: Amount
    snags: list[SnagOnPaper]

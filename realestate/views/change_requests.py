"""Change requests, as both sides see them."""

from sqlalchemy import bindparam

from realestate.models.change_requests import OPEN, ChangeRequest
from realestate.reading import Collection, Detail, Listing
from realestate.schemas.change_requests import ChangeRequestOut, ChangeRequestPage

CHANGE_REQUEST = Detail(ChangeRequest, ChangeRequestOut, path="/api/change-requests")

_NEWEST_FIRST = (ChangeRequest.id.desc(),)
OF_BOOKING = Collection(ChangeRequest, ChangeRequestOut, where=ChangeRequest.booking_id == bindparam("booking_id"), order=_NEWEST_FIRST)
OPEN_ONES = Collection(
    ChangeRequest, ChangeRequestOut, where=ChangeRequest.current_status.in_([state.value for state in OPEN]), order=_NEWEST_FIRST
)

CHANGE_REQUESTS = Listing(
    ChangeRequest,
    ChangeRequestPage,
    sorts={
        "created_at": ChangeRequest.created_at,
        "updated_at": ChangeRequest.updated_at,
        "estimated_cost": ChangeRequest.estimated_cost,
    },
    filters={
        "status": ChangeRequest.current_status == bindparam("status"),
        "request_type": ChangeRequest.request_type == bindparam("request_type"),
        "project_id": ChangeRequest.project_id == bindparam("project_id"),
    },
)

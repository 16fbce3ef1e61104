"""What can go wrong, in words of the business. Each error knows its HTTP status; nobody below the routers speaks HTTP.

`code` is a stable upper-case word that clients may branch on, `detail` a plain sentence that portals show to people.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any


class RealEstateError(Exception):
    """Something the caller can understand and act on."""

    status_code = 400
    title = "Bad request"
    code = "BAD_REQUEST"

    def __init__(self, code: str | None = None, detail: str = "", *, headers: Mapping[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.code = code or self.code
        self.detail = detail or f"{self.title}."
        self.headers = dict(headers or {})
        self.extra = extra


class Malformed(RealEstateError):
    """400: the request cannot be read at all."""


class Unauthenticated(RealEstateError):
    """401: we do not know who is asking."""

    status_code, title, code = 401, "Not signed in", "UNAUTHENTICATED"


class Forbidden(RealEstateError):
    """403: we know who is asking, and this is not theirs to do."""

    status_code, title, code = 403, "Not allowed", "FORBIDDEN"


class NotFound(RealEstateError):
    """404: it does not exist, or it is not yours to see; the answer is the same."""

    status_code, title, code = 404, "Not found", "NOT_FOUND"


class Conflict(RealEstateError):
    """409: the request is well formed but the world is in the wrong state."""

    status_code, title, code = 409, "Conflict", "CONFLICT"


class Stale(RealEstateError):
    """412: the caller's If-Match names a version that is no longer the current one."""

    status_code, title, code = 412, "Changed meanwhile", "STALE_VERSION"


class Invalid(RealEstateError):
    """422: a value is not acceptable. `errors` names the fields: `[{"field", "message", "code"}]`."""

    status_code, title, code = 422, "Invalid input", "INVALID"

    def __init__(self, detail: str = "", errors: Sequence[Mapping[str, str]] = (), code: str | None = None) -> None:
        super().__init__(code, detail, errors=list(errors))

    @classmethod
    def field(cls, name: str, message: str, code: str = "INVALID") -> "Invalid":
        """One wrong field."""
        return cls(f"{name}: {message}", [{"field": name, "message": message, "code": code}])


class TooMany(RealEstateError):
    """429: asked too often; `retry_after` is in seconds."""

    status_code, title, code = 429, "Too many requests", "TOO_MANY_REQUESTS"

    def __init__(self, detail: str, retry_after: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(None, detail, headers={"Retry-After": str(max(1, retry_after)), **(headers or {})})


class Unavailable(RealEstateError):
    """503: the database is away or too busy; the same request may be sent again later."""

    status_code, title, code = 503, "Temporarily unavailable", "UNAVAILABLE"

    def __init__(self, detail: str = "The service is busy or restarting. Please try again.", code: str | None = None) -> None:
        super().__init__(code, detail, headers={"Retry-After": "2"})


class Transient(Exception):
    """A unit of work that left nothing behind and may simply be done again: a deadlock, a serialisation failure, a connection lost
    before its commit. Never reaches a client: `routing` repeats the request, then says Unavailable.

    `first` is done before: in a transaction of its own, for what has to last even if the request is refused.
    """

    def __init__(self, first: Callable[[], Awaitable[object]] | None = None) -> None:
        super().__init__()
        self.first = first


class Undeliverable(Exception):
    """A message that was not taken: for ever, or this time. Never reaches a client: a delivery keeps the sentence, which names no secret."""

    def __init__(self, why: str, is_final: bool) -> None:
        super().__init__(why)
        self.is_final = is_final


class Away(Undeliverable):
    """Nobody there who could take any message."""

    def __init__(self, why: str) -> None:
        super().__init__(why, is_final=False)


class Replayed(Exception):
    """A request that was answered before, and the answer. `routing` gives it again."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status, self.headers, self.body = status, headers, body


CONSTRAINTS: dict[str, tuple[str, str]] = {
    "last_owner": ("LAST_OWNER", "A company has at least one owner: make somebody else one first."),
    "uq_users_email": ("EMAIL_TAKEN", "There is already an account with this e-mail address."),
    "uq_builders_license_number": ("LICENSE_TAKEN", "There is already a company with this licence number."),
    "uq_projects_builder_id_slug": ("SLUG_TAKEN", "Another of your projects has this slug."),
    "uq_units_project_id_tower_unit_number": ("UNIT_NUMBER_TAKEN", "This project already has a unit of this number in this tower."),
    "uq_holds_open_unit": ("UNIT_NOT_AVAILABLE", "This unit is not available."),
    "uq_bookings_active_unit": ("UNIT_NOT_AVAILABLE", "This unit is not available."),
    "uq_bookings_inquiry": ("ALREADY_ENQUIRED", "You already have an open enquiry for this unit."),
    "uq_bookings_waitlist": ("ALREADY_WAITING", "You are already on the waiting list for this unit."),
    "uq_payments_transaction_id": ("TRANSACTION_ALREADY_RECORDED", "Money with this method and transaction id is already recorded."),
    "uq_payments_gateway_gateway_payment_id": ("TRANSACTION_ALREADY_RECORDED", "This payment of the gateway is already recorded."),
    "ck_payments_allocated_within_amount": ("ALREADY_ALLOCATED", "This money has already been allocated."),
    "ck_installments_allocated_within_amount": ("ALREADY_ALLOCATED", "This line has already been paid."),
    "ck_payments_going_back_within_amount": ("EXCEEDS_RECEIPT", "This is more than is left of the receipt."),
    "refund_of_a_cleared_receipt": ("NOT_REFUNDABLE", "Only a receipt whose money has come can be given back."),
    "ck_payments_maker_is_not_checker": ("MAKER_IS_CHECKER", "Somebody else has to approve what you have asked for."),
    "ck_waivers_maker_is_not_checker": ("MAKER_IS_CHECKER", "Somebody else has to approve what you have asked for."),
    "ck_escrow_withdrawals_maker_is_not_checker": ("MAKER_IS_CHECKER", "Somebody else has to approve what you have asked for."),
    "escrow_within_completion": ("EXCEEDS_ESCROW", "This is more than the certified work allows to withdraw."),
    **dict.fromkeys(
        (f"fk_escrow_withdrawals_{expert}" for expert in ("engineer", "architect", "accountant")),
        ("DOCUMENT_ATTACHED", "This document is a certificate of a withdrawal, and stays."),
    ),
    "credited_while_unpaid": ("NOT_CREDITABLE", "Something of this demand has been paid meanwhile."),
    "uq_credit_notes_builder_id_demand_no": ("NOT_CREDITABLE", "This demand has been taken back already."),
    "uq_waivers_pending": ("WAIVER_PENDING", "Somebody has asked for this already."),
    "ck_payments_bounced_pays_nothing": ("REFUND_UNDER_WAY", "A refund of this receipt has been asked for: refuse that first."),
    "uq_system_settings_scope_scope_id_setting_key": ("CHANGED_MEANWHILE", "Somebody else has just changed this. Please look again."),
    "ex_appointments_host": ("SLOT_TAKEN", "Somebody has just taken this time. Please choose another."),
    "ex_appointments_customer": ("SLOT_TAKEN", "There is another appointment of this customer at that time."),
    "uq_appointments_rescheduled_from_id": ("CHANGED_MEANWHILE", "Somebody else has just moved this. Please look again."),
    "fk_appointments_project": ("PROJECT_IN_USE", "This project has appointments and cannot be deleted; unpublish it instead."),
    "fk_appointments_unit": ("UNIT_HAS_APPOINTMENTS", "There are appointments about this unit; it cannot be deleted."),
    "uq_project_progress_phase": ("PHASE_EXISTS", "This phase is there already, in the same scope."),
    "weights_within_100": ("WEIGHTS_EXCEEDED", "The weights of the phases of a project total at most 100."),
    "uq_construction_updates_project_id_seq": ("CHANGED_MEANWHILE", "Another update was published in the same moment. Please try again."),
    "fk_construction_updates_progress": ("PHASE_HAS_UPDATES", "There are updates about this phase: hide it instead of deleting it."),
    "uq_canned_replies_builder_id_title": ("TITLE_TAKEN", "There is already a canned reply of this title."),
    "ck_messages_begins_openly": ("NO_CONVERSATION", "There is no conversation yet: begin it with a message that the customer can read."),
    "uq_agreements_builder_id_booking_id_edition": ("CHANGED_MEANWHILE", "Somebody else has just made this version. Please look again."),
    "uq_documents_agreement": ("CHANGED_MEANWHILE", "Somebody else has just made this version. Please look again."),
    "fk_messages_project": ("PROJECT_IN_USE", "There are conversations about this project."),
    "fk_units_project": ("PROJECT_HAS_UNITS", "This project still has units."),
    "fk_holds_unit": ("UNIT_HAS_HOLDS", "This unit has been held; archive it instead of deleting it."),
    "fk_bookings_currency": ("CURRENCY_FIXED", "The currency of a project that has bookings cannot change."),
    "fk_bookings_unit": ("UNIT_HAS_BOOKINGS", "This unit has bookings; archive it instead of deleting it."),
    "ck_storage_uses_used_within_allowed": ("QUOTA_EXCEEDED", "There is no room left for this file: delete what is not needed any more."),
}
"""A constraint settles a race; this is what each says: the code and the sentence of a 409."""

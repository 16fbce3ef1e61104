"""The steps of a booking (domain.md §2): from which states, to which, and who takes each."""

from dataclasses import dataclass

from realestate.models.accounts import PERMISSIONS, Permission, Role, TeamRole
from realestate.models.bookings.words import OPEN, BookingStatus

S, P = BookingStatus, Permission
Who = Role | TeamRole
"""Who takes a step: the customer of record, a member of the builder's team, the system (`worker`)."""
CUSTOMER, SYSTEM = Role.customer, Role.worker

ALLOTTED = (S.booking_confirmed, S.agreement_signed, S.registered)
CANCELLABLE = (S.token_paid, *ALLOTTED, S.possession_offered)
"""Where a booking has money in it, and its end takes a settlement."""


@dataclass(frozen=True, slots=True)
class Step:
    """`target` None: back to where it came from."""

    sources: tuple[BookingStatus, ...]
    target: BookingStatus | None
    by: tuple[Role | Permission, ...]

    def is_for(self, who: Who) -> bool:
        return any(who in PERMISSIONS[one] if isinstance(one, Permission) else who is one for one in self.by)


STEPS: dict[str, Step] = {
    "visit_booked": Step((S.inquiry,), S.site_visit_scheduled, (SYSTEM,)),
    "reserve": Step(OPEN, S.reserved, (CUSTOMER, P.units_hold)),
    "accept_offer": Step((S.waitlisted,), S.reserved, (CUSTOMER,)),
    "miss_offer": Step((S.waitlisted,), S.expired, (SYSTEM,)),
    "expire": Step((S.reserved,), S.expired, (SYSTEM,)),
    "reclaim": Step((S.expired,), S.reserved, (SYSTEM,)),
    "cancel": Step((S.reserved,), S.cancelled, (CUSTOMER, P.units_hold)),
    "token_cleared": Step((S.reserved,), S.token_paid, (SYSTEM, P.payments_record)),
    "token_lost": Step((S.token_paid,), S.reserved, (SYSTEM,)),
    "approve": Step((S.token_paid,), S.booking_confirmed, (P.bookings_approve,)),
    "reject": Step((S.reserved, S.token_paid), S.rejected, (P.bookings_approve,)),
    "sign_agreement": Step((S.booking_confirmed,), S.agreement_signed, (CUSTOMER, P.agreements_sign)),
    "register": Step((S.agreement_signed,), S.registered, (P.agreements_sign,)),
    "offer_possession": Step((S.agreement_signed, S.registered), S.possession_offered, (P.bookings_settle,)),
    "handover": Step((S.possession_offered,), S.handed_over, (P.handovers_write,)),
    "request_cancel": Step(CANCELLABLE, S.cancellation_requested, (CUSTOMER, P.units_hold)),
    "withdraw_cancel": Step((S.cancellation_requested,), None, (CUSTOMER,)),
    "decline_cancel": Step((S.cancellation_requested,), None, (P.bookings_settle,)),
    "approve_cancel": Step((S.cancellation_requested,), S.cancelled, (P.bookings_settle,)),
    "terminate": Step(ALLOTTED, S.cancelled, (P.bookings_settle,)),
    "transfer": Step(ALLOTTED, S.transferred, (P.bookings_settle,)),
    "swap": Step((S.token_paid, S.booking_confirmed), S.swapped, (P.bookings_settle,)),
}
"""Entering it (an enquiry, a wait, a reserve out of nothing) is no step. `miss_offer` and `token_lost` are ours: see
docs/decisions/an-offer-comes-once.md and token-and-first-line.md."""

TOGETHER = frozenset(
    (
        "approve",
        "sign_agreement",
        "register",
        "offer_possession",
        "handover",
        "request_cancel",
        "withdraw_cancel",
        "decline_cancel",
        "approve_cancel",
        "terminate",
        "transfer",
        "swap",
    )
)
"""What binds both sides, though one of them says it: the system writes it down (`services.bookings.finding.together`), nobody's own hand."""


def moves_of(*kinds: type | Role) -> tuple[tuple[str, str], ...]:
    """The pairs of states that these take by their own hand: roles, or `Permission` for a team."""
    mine = [
        step
        for event, step in STEPS.items()
        if event not in TOGETHER
        and any(isinstance(one, kind) if isinstance(kind, type) else one is kind for one in step.by for kind in kinds)
    ]
    pairs = {(source.value, step.target.value) for step in mine for source in step.sources if step.target}
    return tuple(sorted(pairs))

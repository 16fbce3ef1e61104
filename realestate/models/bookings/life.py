"""What may happen to a booking: its steps with the guards that need nothing but the booking itself."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from realestate.errors import Conflict, Forbidden, Invalid
from realestate.models.base import Stateful, as_said, no_such_step
from realestate.models.bookings.steps import STEPS, Who
from realestate.models.bookings.words import BookingStatus, CancellationCause

S = BookingStatus


class Life(Stateful):
    """The verbs of `Booking`. Each is one step of `STEPS`, or a note beside one."""

    EDGES: ClassVar[Any] = {event: (step.sources, step.target) for event, step in STEPS.items()}

    if TYPE_CHECKING:
        id: Any
        status: Any
        previous_status: Any
        status_reason: Any
        reserve_expires_at: Any
        offered_until: Any
        confirmed_at: Any
        cooling_off_until: Any
        allotment_no: Any
        agreement_no: Any
        agreement_url: Any
        agreement_date: Any
        agreement_hash: Any
        registration_no: Any
        actual_registration_date: Any
        possession_offered_at: Any
        acknowledged_at: Any
        handed_over_at: Any
        default_notice_at: Any
        cancellation: Any
        cancellation_cause: Any

    def open_to(self, who: Who | None) -> list[str]:
        """The events that may happen next; of somebody, those that they may bring about."""
        return [event for event in self.allowed if who is None or STEPS[event].is_for(who)]

    def check(self, event: str, who: Who | None = None) -> None:
        """Conflict INVALID_TRANSITION, with what is allowed to `who`, unless the event may happen now and by them."""
        if event not in self.open_to(who):
            raise no_such_step("booking", self.status, event, self.open_to(who))

    def take(self, event: str, who: Who | None = None) -> None:
        """Move along an edge, remembering where from when there may be a way back."""
        self.check(event, who)
        before, target = self.status, STEPS[event].target
        self.status = target or self.previous_status
        self.previous_status = before if target is S.cancellation_requested else None

    def has_lapsed(self, now: datetime) -> bool:
        """Whether it is expired although nobody has written that down yet (see `services.claims`)."""
        return self.status is S.reserved and self.reserve_expires_at is not None and self.reserve_expires_at <= now

    def accept_offer(self) -> None:
        """Who has waited takes the unit that was kept for them."""
        self.take("accept_offer")
        self.offered_until = None

    def miss_offer(self) -> None:
        """It was offered, and they have let it pass."""
        self.take("miss_offer")
        self.offered_until = None

    # ── Until the allotment ─────────────────────────────────────────────────────────────────────────────────────────────────

    def expire(self) -> None:
        """The token never came; a part of it goes back."""
        self._refuse_with_money()
        self.take("expire")

    def reclaim(self, until: datetime) -> None:
        """The token has come after all, and the unit is still free."""
        self.take("reclaim")
        self.reserve_expires_at = until

    def cancel(self, reason: str | None, has_money: bool) -> None:
        """Let go of it before any money has come: nothing is owed by either side (domain.md §2)."""
        self._refuse_with_money(has_money)
        self.take("cancel")
        self.status_reason = reason

    def _refuse_with_money(self, has_money: bool = False) -> None:
        if self.status == S.reserved and (has_money or self.reserve_expires_at is None):
            raise Conflict(
                "PAYMENT_PENDING", "Money for this booking has come; its builder can reject it with a refund.", allowed=["reject"]
            )

    def firm(self) -> None:
        """Money is on its way: the claim no longer ends by the clock."""
        self.reserve_expires_at = None

    def token_cleared(self) -> None:
        """The token is there. Money alone takes this step."""
        self.take("token_cleared")

    def token_lost(self) -> None:
        """It has bounced, or has been given back."""
        self.take("token_lost")

    def approve(self, at: datetime, allotment_no: str, cooling_off: timedelta) -> None:
        """Allot the unit. For a while, where one is agreed, the buyer may still leave without loss."""
        self.take("approve")
        self.confirmed_at, self.allotment_no = at, allotment_no
        self.cooling_off_until = at + cooling_off if cooling_off else None

    def reject(self, reason: str) -> None:
        """Turn the buyer down; cleared money goes back in full."""
        self.take("reject")
        self.status_reason = reason

    # ── Until the keys ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def put_on_paper(self, agreement_no: str) -> None:
        """There is an agreement of it now."""
        self.agreement_no, self.agreement_url = agreement_no, f"/api/bookings/{self.id}/agreement.pdf"

    def sign(self, content_hash: str, on: date) -> None:
        """Everybody has signed the terms that have this hash."""
        self.take("sign_agreement")
        self.agreement_hash, self.agreement_date = content_hash, on

    def register(self, number: str, on: date, today: date) -> None:
        """Entered in the register, not before the agreement and not in the future."""
        self.check("register")
        if on > today:
            raise Invalid.field("registration_date", "This date has not come yet.", "IN_THE_FUTURE")
        if self.agreement_date and on < self.agreement_date:
            raise Invalid.field("registration_date", f"The agreement is of {self.agreement_date}.", "OUT_OF_ORDER")
        self.take("register")
        self.registration_no, self.actual_registration_date = number, on

    def offer_possession(self, at: datetime, *, may_be_unregistered: bool) -> None:
        """The home can be taken over; as a rule only once the sale is registered."""
        if self.status is S.agreement_signed and not may_be_unregistered:
            raise no_such_step("booking", self.status, "offer_possession", [event for event in self.allowed if event != "offer_possession"])
        self.take("offer_possession")
        self.possession_offered_at = at

    def acknowledge(self, at: datetime) -> None:
        """The customer has looked at the home and takes it. Repeatable."""
        self.check("handover")
        self.acknowledged_at = self.acknowledged_at or at

    def hand_over(self, at: datetime) -> None:
        """The keys."""
        self.take("handover")
        self.handed_over_at = at

    # ── Ends ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def request_cancel(self, cause: CancellationCause, reason: str | None, at: datetime, by: Who, **proposed: Decimal) -> None:
        """Ask to be let out, or propose it, on which terms; where it stood is remembered."""
        self.take("request_cancel")
        self.cancellation_cause = cause
        self.cancellation = {"cause": cause.value, "reason": reason, "requested_at": as_said(at), "requested_by": by.value}
        self.cancellation |= {name: str(amount) for name, amount in proposed.items()}

    def consent(self, at: datetime, **amounts: Decimal) -> None:
        """The customer agrees to what has been proposed."""
        self.check("approve_cancel")
        said = {"cause": self.cancellation_cause.value, "at": as_said(at)} | {name: str(amount) for name, amount in amounts.items()}
        self.cancellation = {**self.cancellation, "consent": said}

    def agree_to_cancel(self, member_id: int, at: datetime) -> None:
        """Finance has looked at it. Repeatable."""
        self.check("approve_cancel")
        self.cancellation = {"finance_agreed_by": member_id, "finance_agreed_at": as_said(at)} | (self.cancellation or {})

    def check_agreed(self, member_id: int) -> None:
        """Conflict FINANCE_MISSING until finance has agreed; Forbidden MAKER_IS_CHECKER for whoever has done so."""
        agreed_by = (self.cancellation or {}).get("finance_agreed_by")
        if agreed_by is None:
            raise Conflict("FINANCE_MISSING", "Finance has to agree to this cancellation first.")
        if agreed_by == member_id:
            raise Forbidden("MAKER_IS_CHECKER", "You have agreed to it for finance: somebody else has to settle it.")

    def resume(self, event: str) -> None:
        """Withdrawn by the customer or declined by the builder: as if it had not been asked."""
        self.take(event)
        self.cancellation = self.cancellation_cause = None

    def end(self, event: str, cause: CancellationCause, settlement: dict[str, Any]) -> None:
        """Over: by agreement or for default, with the settlement that stands from now on."""
        self.take(event)
        self.cancellation_cause = cause
        self.cancellation = {**(self.cancellation or {}), "cause": cause.value, "settlement": settlement}
        self.status_reason = self.cancellation.get("reason") or self.status_reason

    def hasten_refund(self, sold_on: date) -> date | None:
        """The unit is somebody else's since: the day on which the refund is due for that, unless it was due before. Of one that is settled."""
        settled = self.cancellation["settlement"]
        due = sold_on + timedelta(days=settled["refund_due_after_resale_days"])
        if str(due) >= settled["refund_due_by"]:
            return None
        self.cancellation = {**self.cancellation, "settlement": {**settled, "refund_due_by": str(due)}}
        return due

    def settle_anew(self, settlement: dict[str, Any]) -> None:
        """Money that it was made of has failed since."""
        self.cancellation = {**self.cancellation, "settlement": settlement}

    def give_notice(self, at: datetime) -> None:
        """Say that the booking ends unless what is late is paid. Conflict NOTICE_RUNNING while an earlier one counts."""
        self.check("terminate")
        if self.default_notice_at:
            raise Conflict("NOTICE_RUNNING", f"Notice was given on {self.default_notice_at:%d %b %Y} and still counts.")
        self.default_notice_at = at

    def check_notice(self, now: datetime, days: int) -> None:
        """Conflict unless notice was given so many days ago."""
        self.check("terminate")
        if self.default_notice_at is None:
            raise Conflict("NO_NOTICE", "Give notice first: the buyer must have time to pay.")
        until = self.default_notice_at + timedelta(days=days)
        if now < until:
            raise Conflict("NOTICE_RUNNING", f"The buyer has until {until:%d %b %Y} to pay.", until=as_said(until))

"""What a booking costs, and when which part of it is due: fixed by the server at the reserve."""

from datetime import date, datetime
from decimal import Decimal

from realestate.models.bookings import Booking, PaymentPlan
from realestate.models.money import CENT, PlanLine, PlanTrigger, round_cents, split
from realestate.models.payments import Installment, InstallmentStatus
from realestate.models.plans import plan_of
from realestate.models.rules import Rules
from realestate.models.units import CostSheet, Unit


def price(booking: Booking, unit: Unit, amount: Decimal, plan: PaymentPlan) -> None:
    """Totals and plan as they are today; later edits of project and unit never touch a booking."""
    offered = plan_of(unit.project.payment_plans or {}, plan)
    first = split(amount, [line.weight for line in offered.lines])[0]
    rules = Rules.of(unit.project.rules)
    booking.total_amount, booking.payment_plan = amount, plan
    booking.token_amount = max(CENT, min(first, round_cents(amount * rules.token_percent / 100)))
    booking.currency, booking.promised_possession_date = unit.project.currency, unit.project.promised_possession_date
    booking.cost_sheet = CostSheet.of(amount, unit.price_lines or []).snapshot
    booking.plan_snapshot = offered.as_json


def schedule(booking: Booking, now: datetime, today: date) -> list[Installment]:
    """Every line of the plan, summing exactly to the total. What the booking itself triggers is owed at once, without a demand notice."""
    lines = [PlanLine.of(line) for line in booking.plan_snapshot["lines"]]
    amounts = split(booking.total_amount, [line.weight for line in lines])
    return [_installment(booking, seq, line, amount, now, today) for seq, (line, amount) in enumerate(zip(lines, amounts, strict=True), 1)]


def _installment(booking: Booking, seq: int, line: PlanLine, amount: Decimal, now: datetime, today: date) -> Installment:
    is_owed = line.trigger is PlanTrigger.on_booking
    return Installment(
        builder_id=booking.builder_id,
        project_id=booking.project_id,
        booking_id=booking.id,
        customer_id=booking.customer_id,
        seq=seq,
        name=line.name,
        amount=amount,
        trigger=line.as_json,
        due_date=line.date_from(today),
        status=InstallmentStatus.demanded if is_owed else InstallmentStatus.scheduled,
        demanded_at=now if is_owed else None,
    )

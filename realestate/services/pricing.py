"""What a booking costs, and when which part of it is due: fixed by the server at the reserve."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from realestate.models.bookings import Booking, PaymentPlan
from realestate.models.money import CENT, PlanLine, PlanTrigger, round_cents, split, split_tax
from realestate.models.payments import Installment, InstallmentStatus
from realestate.models.plans import plan_of
from realestate.models.projects import Project
from realestate.models.rules import Rules
from realestate.models.units import CostSheet, Unit, taxes_of


def price(booking: Booking, unit: Unit, amount: Decimal, plan: PaymentPlan, lines: Sequence[Mapping[str, Any]]) -> None:
    """Totals and plan as they are today, of an amount that consists of these lines; later edits of project and unit never touch a booking."""
    offered = plan_of(unit.project.payment_plans or {}, plan)
    first = split(amount, [line.weight for line in offered.lines])[0]
    rules = Rules.of(unit.project.rules)
    booking.total_amount, booking.payment_plan = amount, plan
    booking.token_amount = max(CENT, min(first, round_cents(amount * rules.token_percent / 100)))
    booking.currency, booking.promised_possession_date = unit.project.currency, unit.project.promised_possession_date
    booking.cost_sheet = CostSheet.of(amount, lines).snapshot
    booking.plan_snapshot = offered.as_json


def room_before_agreement(booking: Booking, project: Project) -> Decimal | None:
    """What may be asked for before the agreement is signed; None: all of it."""
    cap = project.pre_agreement_cap
    return None if cap is None else round_cents(booking.total_amount * cap / 100)


def schedule(booking: Booking, project: Project, now: datetime) -> list[Installment]:
    """Every line of the plan, summing exactly to the total, and the taxes within them to those of the cost sheet. What the booking itself
    triggers is owed at once, without a demand notice, as far as it may be asked for before the agreement."""
    lines = [PlanLine.of(line) for line in booking.plan_snapshot["lines"]]
    amounts = split(booking.total_amount, [line.weight for line in lines])
    taxes = split_tax(taxes_of(booking.cost_sheet), amounts)
    room, made = room_before_agreement(booking, project), []
    for seq, (line, amount, tax) in enumerate(zip(lines, amounts, taxes, strict=True), 1):
        is_owed = line.trigger is PlanTrigger.on_booking
        if is_owed and room is not None:
            room -= amount
            is_owed = room >= 0
        made.append(_installment(booking, seq, line, amount, tax, now if is_owed else None, project.date_at(now)))
    return made


def _installment(
    booking: Booking, seq: int, line: PlanLine, amount: Decimal, tax: Decimal, demanded_at: datetime | None, today: date
) -> Installment:
    waits = line.trigger is PlanTrigger.on_booking and demanded_at is None
    return Installment(
        builder_id=booking.builder_id,
        project_id=booking.project_id,
        booking_id=booking.id,
        customer_id=booking.customer_id,
        seq=seq,
        name=line.name,
        amount=amount,
        tax_amount=tax,
        trigger=line.as_json,
        due_date=None if waits else line.date_from(today),
        status=InstallmentStatus.demanded if demanded_at else InstallmentStatus.scheduled,
        demanded_at=demanded_at,
    )

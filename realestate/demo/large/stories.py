"""How sales have gone: a hundred stories, repeated for every ten projects, priced and told by the product's own plans, rules and words."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from realestate.demo.large.ground import TEAM
from realestate.models.accounts import PERMISSIONS
from realestate.models.bookings import BookingStatus, PaymentPlan
from realestate.models.money import PlanLine, PlanTrigger, round_cents, split
from realestate.models.notifications import Event
from realestate.models.plans import STANDARD_PLANS, plan_of
from realestate.models.rules import Rules
from realestate.models.tellings import TELLINGS, Telling
from realestate.models.units import CostSheet, UnitStatus

B, P, U = BookingStatus, PaymentPlan, UnitStatus


@dataclass(frozen=True, slots=True)
class Story:
    """`youngest` and `oldest` are days since the booking. `token`: the first payment has been made, by paper that waits or for good."""

    times: int
    status: BookingStatus
    plan: PaymentPlan
    youngest: int
    oldest: int
    unit: UnitStatus | None = None
    token: str | None = None
    is_unpaid: bool = False
    """Ends by the clock."""
    is_late: bool = False
    """The line that fell due last has not been paid."""


def _allotted(times: int, plan: PaymentPlan, youngest: int = 20, *, is_late: bool = False) -> Story:
    return Story(times, B.booking_confirmed, plan, youngest, 900, U.booked, "cleared", is_late=is_late)


MIXED = (  # 80 in eight projects that are being built
    Story(3, B.inquiry, P.construction_linked, 1, 40),
    Story(2, B.waitlisted, P.construction_linked, 1, 10),
    Story(2, B.reserved, P.hybrid, 1, 2, U.reserved, is_unpaid=True),
    Story(1, B.reserved, P.down_payment, 5, 8, U.reserved, is_unpaid=True),
    Story(2, B.reserved, P.down_payment, 3, 6, U.reserved, "cheque"),
    Story(5, B.token_paid, P.time_linked, 2, 12, U.reserved, "cleared"),
    _allotted(12, P.time_linked),
    _allotted(6, P.time_linked, is_late=True),
    _allotted(14, P.construction_linked),
    _allotted(5, P.construction_linked, is_late=True),
    _allotted(6, P.hybrid),
    _allotted(3, P.hybrid, is_late=True),
    _allotted(4, P.possession_linked),
    _allotted(2, P.possession_linked, is_late=True),
    _allotted(7, P.down_payment),
    _allotted(2, P.down_payment, 60, is_late=True),
    Story(1, B.rejected, P.hybrid, 10, 90),
    Story(2, B.cancelled, P.construction_linked, 15, 120),
    Story(1, B.expired, P.hybrid, 20, 150),
)
READY = (  # 10 in a project that is complete
    Story(8, B.registered, P.down_payment, 150, 900, U.sold, "cleared"),
    _allotted(2, P.down_payment, 60),
)
DELIVERED = (  # 10 in one whose keys are given out
    Story(8, B.handed_over, P.full_payment, 400, 900, U.handed_over, "cleared"),
    _allotted(2, P.full_payment, 40),
)
STORY_COLUMNS = (
    "position int, place int, status text, plan text, youngest int, oldest int, unit_status text, token text, is_unpaid bool, is_late bool"
)


def stories() -> list[tuple[object, ...]]:
    """One for each of a hundred places. Who waits does so for a home that somebody else has."""
    deck = [story for story in MIXED for _ in range(story.times)]
    deck = [deck[(position * 37 + 10) % len(deck)] for position in range(len(deck))]  # mixed, and the same on every run
    deck += [story for story in READY + DELIVERED for _ in range(story.times)]
    gone = (place for place, story in enumerate(deck) if story.unit is U.booked)
    places = [next(gone) if story.status is B.waitlisted else position for position, story in enumerate(deck)]
    return [_row(position, place, story) for position, (place, story) in enumerate(zip(places, deck, strict=True))]


def _row(position: int, place: int, story: Story) -> tuple[object, ...]:
    days = story.youngest, story.oldest
    return position, place, story.status.value, story.plan.value, *days, story.unit, story.token, story.is_unpaid, story.is_late


# ── Plans ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

QUARTER = 92
"""Days: three months are never more. By these, not by the calendar, is decided what has fallen due: the same on whatever day this runs."""
LINE_COLUMNS = "plan text, seq int, name text, trigger jsonb, is_owed_at_once bool, waits interval, falls_in int"
PRICE_COLUMNS = "plan text, price bigint, token_amount bigint, amounts bigint[], cost_sheet jsonb, snapshot jsonb"


def plan_lines() -> Iterator[tuple[object, ...]]:
    """Each line of each plan; where that is known, how long after the booking it is dated, and after how many days we take it as due."""
    for plan, lines in STANDARD_PLANS.items():
        for seq, line in enumerate(lines, 1):
            is_owed = line.trigger is PlanTrigger.on_booking
            yield plan.value, seq, line.name, json.dumps(line.as_json), is_owed, *_when(line)


def _when(line: PlanLine) -> tuple[str | None, int | None]:
    match line.trigger:
        case PlanTrigger.on_booking:
            return f"{line.due_in_days} days", line.due_in_days
        case PlanTrigger.on_date:
            return f"{line.offset_months} months {line.offset_days} days", line.offset_months // 3 * QUARTER + line.offset_days
    return None, None


def prices(sold: Sequence[Any]) -> Iterator[tuple[object, ...]]:
    """For each plan and price, in minor units: the token and the lines, as `services.bookings` makes them."""
    for plan, minor in sold:
        price, offered = Decimal(minor).scaleb(-2), plan_of({}, PaymentPlan(plan))
        amounts = split(price, [line.weight for line in offered.lines])
        token = min(amounts[0], round_cents(price * Rules().token_percent / 100))
        yield (
            plan,
            minor,
            _minor(token),
            [_minor(amount) for amount in amounts],
            json.dumps(CostSheet.of(price, []).snapshot),
            json.dumps(offered.as_json),
        )


def _minor(amount: Decimal) -> int:
    return int(amount.scaleb(2))


# ── Tellings ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

TELLING_COLUMNS = "event text, recipient text, category text, priority text, title text, message text, parameters text[]"
E = Event
ACTORS = {
    "customer": (E.booking_inquired, E.booking_waitlisted, E.booking_reserved, E.booking_cancelled),
    "finance": (E.booking_token_paid, E.receipt_cleared),
    "owner": (E.booking_confirmed, E.booking_rejected),
    "nobody": (E.booking_expired, E.demand_issued),
}
"""Whose act it is, and who therefore is not told."""
PARAMETERS = {
    E.booking_inquired: ("unit", "project"),
    E.booking_waitlisted: ("unit", "project"),
    E.booking_reserved: ("number", "unit", "project", "token", "until"),
    E.booking_rejected: ("number", "unit", "project", "reason"),
    E.receipt_cleared: ("number", "amount", "receipt"),
    E.demand_issued: ("number", "amount", "line", "demand", "due", "why"),
}
OF_A_SALE = ("number", "unit", "project")


def tellings() -> Iterator[tuple[object, ...]]:
    """Who is told of what, with the text as PostgreSQL's `format` fills it."""
    for actor, events in ACTORS.items():
        for event in events:
            telling, names = TELLINGS[event], PARAMETERS.get(event, OF_A_SALE)
            message = telling.message.format(**{name: f"%{position}$s" for position, name in enumerate(names, 1)})
            words = telling.category.value, telling.priority.value, telling.title, message, list(names)
            yield from ((event.value, recipient, *words) for recipient in _told(telling) if recipient != actor)


def _told(telling: Telling) -> list[str]:
    return ["customer", *(role for role in TEAM if any(role in PERMISSIONS[permission] for permission in telling.permissions))]

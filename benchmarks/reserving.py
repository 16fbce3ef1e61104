"""What a reserve writes down, for the two Python peers: amounts in hundredths, lines of the plan, texts. RULES come from the application."""

import json
import os
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

RULES = json.loads(os.environ["RULES"])
PLAN = RULES["plan"]
TOLD = RULES["told"]
"""Roles of a builder's team that hear of a reserve."""


def most_unpaid(project: Any) -> int:
    """How many units of the project one customer may have reserved without a token."""
    return int(project.rules.get("unpaid_reserves", RULES["unpaid_reserves"]))


def split(total: int) -> list[int]:
    """Parts that sum to the total: each the difference of two rounded running totals."""
    running, cut, parts = 0, 0, list[int]()
    for line in PLAN:
        running += int(line["weight"])
        next_cut = (total * running + 50) // 100
        parts.append(next_cut - cut)
        cut = next_cut
    return parts


def due_date(line: Any, today: date) -> date | None:
    if line["trigger"] == "on_booking":
        return today + timedelta(days=line["due_in_days"])
    if line["trigger"] != "on_date":
        return None
    year, month = divmod(today.year * 12 + today.month - 1 + line["offset_months"], 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])) + timedelta(days=line["offset_days"])


def price(unit: Any, project: Any) -> dict[str, Any]:
    """The booking's own columns, from today's price and the project's rules."""
    now = datetime.now(UTC)
    parts = split(unit.price)
    percent = round(float(project.rules.get("token_percent", 2)) * 100)
    said = f"{unit.price / 100:.2f}"
    return {
        "status": "reserved",
        "payment_plan": "hybrid",
        "plan_snapshot": {"plan": "hybrid", "lines": PLAN},
        "cost_sheet": {"lines": [{"code": "base", "name": "Base price", "amount": said}], "total": said},
        "total_amount": unit.price,
        "token_amount": min(parts[0], (unit.price * percent + 5000) // 10000),
        "currency": project.currency,
        "promised_possession_date": project.promised_possession_date,
        "reserve_expires_at": now + timedelta(hours=project.rules.get("reserve_hours", 72)),
        "needs_loan": False,
    }


def installments(booking: Any, project: Any) -> Iterator[dict[str, Any]]:
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo(project.timezone)).date()
    owned = {name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id")} | {"booking_id": booking.id}
    for seq, (line, amount) in enumerate(zip(PLAN, split(booking.total_amount), strict=True), 1):
        is_owed = line["trigger"] == "on_booking"
        yield owned | {
            "seq": seq,
            "name": line["name"],
            "amount": amount,
            "trigger": line,
            "status": "demanded" if is_owed else "scheduled",
            "due_date": due_date(line, today),
            "demanded_at": now if is_owed else None,
        }


def notification(booking: Any, unit: Any, project: Any) -> dict[str, Any]:
    """What the builder's team is told."""
    params = {
        "number": booking.booking_number,
        "unit": f"{unit.tower}-{unit.unit_number}" if unit.tower else unit.unit_number,
        "project": project.project_name,
        "token": f"{booking.currency} {booking.token_amount / 100:,.2f}",
        "until": f"{booking.reserve_expires_at:%d %b %Y, %H:%M} UTC",
    }
    return {
        "builder_id": booking.builder_id,
        "type": "booking_reserved",
        "category": "booking",
        "title": "Unit reserved",
        "message": "{number}: unit {unit} in {project} is reserved. The token of {token} is due by {until}.".format(**params),
        "params": params,
        "related_entity_type": "booking",
        "related_entity_id": booking.id,
        "priority": "medium",
        "action_url": f"/bookings/{booking.id}",
        "dedupe_key": f"booking_reserved:booking:{booking.id}",
    }

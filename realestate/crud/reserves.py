"""A reserve written down: booking, owner of record, schedule and unit in one statement."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Insert,
    Integer,
    Numeric,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import Conflict
from realestate.models.bookings import OPEN, WHOLE_SHARE, Booking, BookingParty, BookingStatus, PartyRole
from realestate.models.payments import Installment
from realestate.models.units import Unit
from realestate.writing import Command

_OWNERS = ("builder_id", "project_id", "unit_id", "customer_id")
_TERMS = (
    *("status", "token_amount", "total_amount", "currency", "cost_sheet", "payment_plan", "plan_snapshot"),
    *("needs_loan", "special_requests", "booking_date", "reserve_expires_at", "promised_possession_date"),
)
_LINE: dict[str, Any] = {
    "seq": Integer(),
    "name": Text(),
    "amount": Numeric(),
    "tax_amount": Numeric(),
    "trigger": JSONB(),
    "status": Text(),
    "due_date": Date(),
    "demanded_at": DateTime(timezone=True),
}


def _bound(*names: str) -> dict[str, Any]:
    return {name: bindparam(name, type_=Booking.__table__.c[name].type) for name in names}


def _reserving(write: Insert | Update, *, is_new: bool) -> Command:
    """`write` makes the row of the booking; the rest follows from that row."""
    booking = write.returning(Booking.id, Booking.booking_number, Booking.builder_id, Booking.project_id, Booking.customer_id).cte(
        "booking"
    )
    unit = update(Unit).where(Unit.id == bindparam("unit_id"), Unit.version == bindparam("unit_version"))
    taken = unit.values(_claim()).returning(Unit.id).cte("taken")
    whole = select(booking.c.id, booking.c.booking_number).join_from(booking, taken, literal(True)).add_cte(_lines(booking))
    return Command(whole.add_cte(_party(booking)) if is_new else whole)


def _claim() -> dict[str, Any]:
    table = Unit.__table__.c
    said = {"status": "unit_status", "customer_id": "customer_id", "hold_expires_at": "reserve_expires_at"}
    return {name: bindparam(bind, type_=table[name].type) for name, bind in said.items()} | {"version": Unit.version + 1}


def _lines(booking: Any) -> Any:
    said = func.jsonb_to_recordset(cast(bindparam("lines", type_=Text), JSONB)).table_valued(
        *(column(name, type_) for name, type_ in _LINE.items())
    )
    line = said.render_derived(name="line", with_types=True)
    money = {name: cast(line.c[name] * 100, BigInteger) for name in ("amount", "tax_amount")}  # in minor units
    values = {name: line.c[name] for name in _LINE} | money
    rows = select(booking.c.builder_id, booking.c.project_id, booking.c.id, booking.c.customer_id, *values.values()).join_from(
        booking, line, literal(True)
    )
    return (
        insert(Installment)
        .from_select(["builder_id", "project_id", "booking_id", "customer_id", *values], rows, include_defaults=False)
        .cte("lines")
    )


def _party(booking: Any) -> Any:
    owner = {
        "builder_id": booking.c.builder_id,
        "project_id": booking.c.project_id,
        "booking_id": booking.c.id,
        "owner_id": booking.c.customer_id,
    }
    owner |= {"customer_id": booking.c.customer_id, "role": literal(PartyRole.owner.value), "share": literal(WHOLE_SHARE)}
    return insert(BookingParty).from_select([*owner], select(*owner.values()), include_defaults=False).cte("party")


_ENTER = _reserving(insert(Booking).values(_bound(*_OWNERS, *_TERMS)), is_new=True)
_GO_ON = _reserving(
    update(Booking)
    .where(Booking.id == bindparam("inquiry_id"), Booking.status.in_([*OPEN, BookingStatus.waitlisted]))
    .values(_bound(*_TERMS) | {"offered_until": None, "version": Booking.version + 1}),
    is_new=False,
)


async def create(session: AsyncSession, booking: Booking, unit: Unit, lines: Sequence[Installment]) -> None:
    """Write down what the models have decided: a new booking or, where it has an id, the enquiry that goes on as one.

    Conflict UNIT_NOT_AVAILABLE when somebody was faster: to be rolled back, for a part may be written. The locks that the verb has
    taken before (unit, lead) keep that from happening.
    """
    said = {name: getattr(booking, name) for name in (*_OWNERS, *_TERMS)}
    said |= {"inquiry_id": booking.id, "unit_status": unit.status, "unit_version": unit.version}
    said["lines"] = json.dumps([{name: getattr(line, name) for name in _LINE} for line in lines], default=str)
    row = await (_ENTER if booking.id is None else _GO_ON)(session, **said)
    if row is None:
        raise Conflict("UNIT_NOT_AVAILABLE", "This unit is not available.")
    booking.id, booking.booking_number = row

"""Two companies and two customers with business between them, and the INSERTs that they try against each other."""

from types import SimpleNamespace

from realestate.database import Identity, transaction
from realestate.models.accounts import Role
from realestate.models.bookings import PaymentPlan
from realestate.schemas.bookings import BookingCreate
from realestate.schemas.payments import PaymentCreate
from realestate.services import bookings, payments, units
from tests.factories import make_admin, make_builder, make_customer, make_project, make_units
from tests.speaking import speaking


def identity(person):
    return Identity(Role(person.role), person.user_id, person.builder_id, person.team_role, person.project_scope)


async def sell(builder, customer, unit_id):
    """A reserve with its token paid: the ids of booking, payment, allocation and first line."""
    async with transaction(identity(customer)) as session:
        order = BookingCreate(unit_id=unit_id, payment_plan=PaymentPlan.construction_linked)
        booking = await bookings.create(session, session.info["identity"], customer.user_id, order)
    said = PaymentCreate.model_validate(
        {"booking_id": booking.id, "payment_type": "token", "amount": "150000", "payment_method": "upi", "payment_date": "2026-01-15"}
    )
    async with transaction(identity(builder)) as session:
        payment = await payments.record(session, identity(builder), said)
    async with speaking(builder) as connection:
        query = "SELECT id, installment_id FROM allocations WHERE payment_id = %s"
        allocation, line = await (await connection.execute(query, [payment.id])).fetchone()
    return SimpleNamespace(project=booking.project_id, booking=booking.id, payment=payment.id, allocation=allocation, line=line)


async def make_world():
    ashoka, bharat = await make_builder(), await make_builder("Bharat Builders")
    asha, ravi = await make_customer(), await make_customer("Ravi Menon")
    project, other_project = await make_project(ashoka), await make_project(bharat)
    sold, free, held = await make_units(ashoka, project, 3)
    other_sold, other_free = await make_units(bharat, other_project, 2)
    ashas, ravis = await sell(ashoka, asha, sold), await sell(bharat, ravi, other_sold)
    async with transaction(identity(ravi)) as session:
        await units.hold(session, identity(ravi), held, None)
    names = {"me": asha.user_id, "ravi": ravi.user_id, "ashoka": ashoka.builder_id, "bharat": bharat.builder_id, "project": project}
    names |= {"other_project": other_project, "sold": sold, "free": free, "held": held, "other_free": other_free}
    names |= {"staff": ashoka.user_id, "other_staff": bharat.user_id, "admin": (await make_admin()).user_id}
    names |= {f"my_{name}": id for name, id in vars(ashas).items()} | {f"other_{name}": id for name, id in vars(ravis).items()}
    return SimpleNamespace(ashoka=ashoka, bharat=bharat, asha=asha, ravi=ravi, names=names)


BOOKING = "INSERT INTO bookings (builder_id, project_id, unit_id, customer_id, status, token_amount, total_amount, currency, cost_sheet, plan_snapshot"
PAYMENT = "INSERT INTO payments (builder_id, project_id, booking_id, customer_id, payment_type, amount, currency, payment_method, payment_date, created_by, allocated)"
UNIT = "INSERT INTO units (builder_id, project_id, is_published, unit_number, unit_type, area_sqft, price)"
PARTY = "INSERT INTO booking_parties (builder_id, project_id, booking_id, owner_id, customer_id, role, share)"
LINE = "INSERT INTO installments (builder_id, project_id, booking_id, customer_id, seq, name, amount, trigger, allocated)"
ALLOCATION = "INSERT INTO allocations (builder_id, project_id, booking_id, customer_id, payment_id, installment_id, principal)"
HOLD = "INSERT INTO holds (builder_id, project_id, unit_id, customer_id, created_by, price, expires_at)"
NOTE = (
    "INSERT INTO notifications (user_id, seq, type, category, title, message, related_entity_type, related_entity_id, dedupe_key)"
    " VALUES ({ravi}, 99, 'hold_created', 'booking', 'x', 'x', 'hold', 1, 'x')"
)
AUDIT = "INSERT INTO audit_events (actor_role, action, entity_type, entity_id) VALUES ('builder', 'x', 'unit', 1)"


def reprice(price):
    """A new price in minor units, entered into the history as the database wants it."""
    entry = f"jsonb_build_object('at', now(), 'by', current_setting('app.user_id')::bigint, 'old', price * 0.01, 'new', ({price}) * 0.01)"
    return f"UPDATE units SET price = {price}, price_history = price_history || {entry}"

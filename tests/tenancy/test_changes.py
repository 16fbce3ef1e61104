"""What the parties of a change may not do below the application: name each other's word, alter a price, or agree without owing."""

from types import SimpleNamespace

import psycopg
import pytest

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking, BookingParty, BookingStatus, PartyRole
from realestate.models.change_requests import ChangeRequest
from realestate.schemas.change_requests import ChangeRequestCreate, QuoteCreate
from realestate.services import change_requests
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.speaking import attempt, speaking
from tests.tenancy.world import identity, sell

pytestmark = pytest.mark.anyio
REFUSED, NOT_ACCEPTED = "42501", "23514"
CHANGE = "INSERT INTO change_requests (builder_id, project_id, booking_id, customer_id, request_type, request_title, request_description, currency"
CHARGE = """INSERT INTO installments (builder_id, project_id, booking_id, customer_id, seq, name, amount, trigger, allocated, kind, change_request_id)
    VALUES ({ashoka}, {project}, {booking}, {me}, 99, 'x', 1, '{{}}', 0, 'charge', """
NEXT_PRICE = """UPDATE change_requests SET status = 'quoted', quote_version = quote_version + 1, estimated_cost = 7, quoted_by = {by},
    quoted_at = {at} WHERE id = {{priced}}"""
PRICE = QuoteCreate.model_validate({"lines": [{"name": "Sockets", "amount": 100}], "days": 3})


async def ask(customer, booking_id):
    said = {"booking_id": booking_id, "request_type": "other", "request_title": "x", "request_description": "x"}
    async with transaction(identity(customer)) as session:
        return (await change_requests.create(session, ChangeRequestCreate.model_validate(said))).id


async def price(builder, request_id):
    async with transaction(identity(builder)) as session:
        await change_requests.take(session, request_id, "review", None)
        await change_requests.quote(session, identity(builder), request_id, PRICE)


@pytest.fixture(scope="module")
async def home(house):
    """Asha's home with four wishes: new, priced, agreed to, its price run out. Ravi is her co-applicant; Zoya has a home of her own."""
    ashoka, bharat = await make_builder(), await make_builder("Bharat Builders")
    asha, ravi, zoya = [await make_customer(name) for name in ("Asha Rao", "Ravi Menon", "Zoya Khan")]
    project = await make_project(ashoka)
    mine, hers = await make_units(ashoka, project, 2)
    sales = [(await sell(ashoka, person, unit)).booking for person, unit in ((asha, mine), (zoya, hers))]
    async with transaction(WORKER) as session:
        for booking_id in sales:
            (await session.get_one(Booking, booking_id)).status = BookingStatus.booking_confirmed
        key = {"builder_id": ashoka.builder_id, "project_id": project, "booking_id": sales[0], "owner_id": asha.user_id}
        session.add(BookingParty(**key, customer_id=ravi.user_id, role=PartyRole.co_applicant, share=0))
    new, priced, agreed = [await ask(asha, sales[0]) for _ in range(3)]
    for request_id in (priced, agreed):
        await price(ashoka, request_id)
    async with transaction(identity(asha)) as session:
        await change_requests.accept(session, agreed, (1, None))
    names = {"me": asha.user_id, "ravi": ravi.user_id, "ashoka": ashoka.builder_id, "staff": ashoka.user_id, "project": project}
    names |= {"seller": (await make_member(ashoka, TeamRole.sales)).user_id}
    names |= {"booking": sales[0], "hers": sales[1], "new": new, "priced": priced, "agreed": agreed, "bharat": bharat.builder_id}
    return SimpleNamespace(ashoka=ashoka, bharat=bharat, asha=asha, ravi=ravi, zoya=zoya, system=WORKER, names=names)


KEY = "{ashoka}, {project}, {booking}, {me}, 'other', 'x', 'x', 'INR'"


@pytest.mark.parametrize(
    ("who", "statement"),
    [
        # a customer says only what is a customer's to say
        ("asha", f"{CHANGE}, status) VALUES ({KEY}, 'quoted')"),
        ("asha", f"{CHANGE}, estimated_cost) VALUES ({KEY}, 0)"),
        ("asha", f"{CHANGE}, builder_response) VALUES ({KEY}, 'Yes')"),
        ("asha", CHANGE + ") VALUES ({ashoka}, {project}, {booking}, {ravi}, 'other', 'x', 'x', 'INR')"),
        ("asha", "UPDATE change_requests SET estimated_cost = 1 WHERE id = {priced}"),
        ("asha", "UPDATE change_requests SET quote_valid_until = now() + interval '1 year' WHERE id = {priced}"),
        ("asha", "UPDATE change_requests SET status = 'quoted' WHERE id = {new}"),
        ("asha", "UPDATE change_requests SET status = 'completed' WHERE id = {priced}"),
        ("asha", "UPDATE change_requests SET addendum = '{{}}' WHERE id = {priced}"),
        ("asha", "UPDATE change_requests SET customer_id = {ravi} WHERE id = {new}"),
        ("asha", "DELETE FROM change_requests WHERE id = {new}"),
        # and writes no charges, nor out of existence
        ("asha", CHARGE + "{priced})"),
        ("asha", CHARGE + "NULL)"),
        ("asha", "UPDATE installments SET status = 'cancelled' WHERE change_request_id = {agreed}"),
        # a builder never says yes for the customer, nor asks in its name
        ("ashoka", "UPDATE change_requests SET status = 'approved' WHERE id = {priced}"),
        ("ashoka", "UPDATE change_requests SET status = 'declined' WHERE id = {priced}"),
        ("ashoka", "UPDATE change_requests SET accepted_at = now() WHERE id = {priced}"),
        ("ashoka", "UPDATE change_requests SET addendum = '{{}}' WHERE id = {agreed}"),
        ("ashoka", "UPDATE change_requests SET final_cost = 999 WHERE id = {agreed}"),
        ("ashoka", "UPDATE change_requests SET request_description = 'x' WHERE id = {new}"),
        ("ashoka", CHANGE + ") VALUES ({ashoka}, {project}, {booking}, {me}, 'other', 'x', 'x', 'INR')"),
        ("ashoka", "DELETE FROM change_requests WHERE id = {new}"),
    ],
)
async def test_what_is_not_theirs_to_say_is_refused(home, who, statement):
    assert await attempt(getattr(home, who), statement.format(**home.names)) == REFUSED


@pytest.mark.parametrize(
    ("who", "statement"),
    [
        ("asha", "UPDATE change_requests SET status = 'approved' WHERE id = {new}"),
        ("asha", "UPDATE change_requests SET status = 'declined' WHERE id = {new}"),
        ("ashoka", "UPDATE change_requests SET status = 'in_progress' WHERE id = {priced}"),
        ("ashoka", "UPDATE change_requests SET status = 'completed' WHERE id = {agreed}"),
        ("ashoka", "UPDATE change_requests SET status = 'quoted', quote_version = 2 WHERE id = {agreed}"),
        ("ashoka", "UPDATE change_requests SET estimated_cost = 1 WHERE id = {priced}"),
        ("ashoka", "UPDATE change_requests SET quote_valid_until = now() + interval '1 year' WHERE id = {priced}"),
        ("ashoka", "UPDATE change_requests SET quote_version = 5 WHERE id = {priced}"),
        ("ashoka", "UPDATE installments SET status = 'waived' WHERE change_request_id = {agreed}"),
        ("ashoka", "UPDATE installments SET status = 'cancelled' WHERE change_request_id = {agreed}"),
        # nor are they named by a colleague, or agreed to at another time
        ("ashoka", NEXT_PRICE.format(by="{seller}", at="now()")),
        ("ashoka", NEXT_PRICE.format(by="{staff}", at="now() - interval '1 day'")),
        ("ashoka", "UPDATE change_requests SET quoted_by = {seller} WHERE id = {priced}"),
        ("asha", "UPDATE change_requests SET status = 'approved', accepted_at = now() - interval '1 year' WHERE id = {priced}"),
    ],
)
async def test_steps_go_along_their_edges_and_prices_stand(home, who, statement):
    assert await attempt(getattr(home, who), statement.format(**home.names)) == NOT_ACCEPTED


async def test_a_member_names_the_next_price_in_its_own_name(home):
    statement = NEXT_PRICE.format(by="{staff}", at="now()")
    assert await attempt(home.ashoka, statement.format(**home.names)) == 1


@pytest.mark.parametrize(
    ("who", "statement"),
    [
        ("zoya", "SELECT FROM change_requests WHERE booking_id = {booking}"),
        ("zoya", "UPDATE change_requests SET status = 'withdrawn' WHERE booking_id = {booking}"),
        ("bharat", "SELECT FROM change_requests WHERE booking_id = {booking}"),
        ("bharat", "UPDATE change_requests SET status = 'rejected' WHERE booking_id = {booking}"),
        ("ravi", "UPDATE change_requests SET status = 'approved', accepted_at = now() WHERE id = {priced}"),
        ("asha", "UPDATE change_requests SET status = 'withdrawn' WHERE id = {agreed}"),
    ],
)
async def test_what_is_not_theirs_is_not_found(home, who, statement):
    assert await attempt(getattr(home, who), statement.format(**home.names)) == 0


async def test_a_co_applicant_sees_the_wishes(home):
    assert await attempt(home.ravi, "SELECT FROM change_requests WHERE booking_id = {booking}".format(**home.names)) == 3


@pytest.mark.parametrize(
    ("who", "statement"),
    [
        ("asha", "UPDATE change_requests SET status = 'approved' WHERE id = {priced}"),
        ("asha", "UPDATE change_requests SET status = 'approved', accepted_at = now() WHERE id = {priced}"),
        ("ashoka", CHARGE + "{priced})"),
        ("ashoka", CHARGE + "{agreed})"),
        ("system", "UPDATE installments SET status = 'cancelled' WHERE change_request_id = {agreed}"),
        ("asha", "UPDATE change_requests SET status = 'declined', accepted_at = now() WHERE id = {priced}"),
    ],
)
async def test_nothing_is_agreed_to_or_charged_but_both_to_the_last_hundredth(home, who, statement):
    """The statement passes; the commit does not."""
    async with speaking(getattr(home, who)) as connection:
        await connection.execute(statement.format(**home.names))
        with pytest.raises(psycopg.errors.CheckViolation) as refusal:
            await connection.commit()
    assert refusal.value.diag.constraint_name == "changes_are_charged"


async def test_a_price_that_has_run_out_is_not_accepted_below_the_application_either(home):
    async with transaction(WORKER) as session:
        booking = await session.get_one(Booking, home.names["booking"])
        whose = {name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id", "currency")}
        request = ChangeRequest(**whose, booking_id=booking.id, request_type="other", request_title="x", request_description="x")
        session.add(request)
        await session.flush()
    over = """UPDATE change_requests SET status = 'quoted', quote_version = 1, estimated_cost = 0, estimated_timeline_days = 0, quoted_by = {staff},
        quoted_at = now(), quote_valid_until = now() - interval '1 second' WHERE id = {id}"""
    async with speaking(WORKER) as connection:
        await connection.execute("UPDATE change_requests SET status = 'under_review' WHERE id = %s", [request.id])
        await connection.execute(over.format(staff=home.names["staff"], id=request.id))
        await connection.commit()
    assert await attempt(home.asha, f"UPDATE change_requests SET status = 'approved', accepted_at = now() WHERE id = {request.id}") == 0

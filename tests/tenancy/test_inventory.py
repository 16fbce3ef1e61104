"""Prices, holds and favourites: what raw SQL can and cannot do."""

from types import SimpleNamespace

import psycopg
import pytest

from realestate.database import VISITOR, transaction
from realestate.models.units import UnitStatus
from realestate.services import units
from tests.factories import make_builder, make_customer, make_project, make_units
from tests.speaking import attempt, speaking
from tests.tenancy.world import HOLD, identity, reprice

pytestmark = pytest.mark.anyio
NOT_ACCEPTED, REFUSED = "23514", "42501"
FOLLOW = "INSERT INTO favourites (customer_id, unit_id) VALUES "
TOMORROW = "now() + interval '1 day'"


@pytest.fixture(scope="module")
async def town(house):
    """Asha holds one unit of Ashoka's and follows another; Ravi follows that one too."""
    ashoka, bharat, asha, ravi = await make_builder(), await make_builder(), await make_customer(), await make_customer()
    project = await make_project(ashoka)
    held, free = await make_units(ashoka, project, 2)
    (hidden,) = await make_units(ashoka, project, status=UnitStatus.unreleased)
    async with transaction(identity(asha)) as session:
        await units.hold(session, identity(asha), held, None)
    names = {"me": asha.user_id, "ravi": ravi.user_id, "held": held, "free": free, "hidden": hidden, "staff": ashoka.user_id}
    names |= {"ashoka": ashoka.builder_id, "project": project}
    for person in (asha, ravi):
        async with speaking(person) as connection:
            await connection.execute(FOLLOW + "(%s, %s)", [person.user_id, free])
            await connection.commit()
    return SimpleNamespace(ashoka=ashoka, bharat=bharat, asha=asha, ravi=ravi, names=names)


@pytest.mark.parametrize(
    ("who", "statement", "outcome"),
    [
        # a price leaves the old one in the history, with the name of who changed it
        ("ashoka", "UPDATE units SET price = 5 WHERE id = {free}", NOT_ACCEPTED),
        ("ashoka", "UPDATE units SET price_history = '[]' WHERE id = {free}", 1),
        ("ashoka", "UPDATE units SET price_history = '[{{}}]' WHERE id = {free}", NOT_ACCEPTED),
        ("ashoka", reprice(5).replace("current_setting('app.user_id')::bigint", "7") + " WHERE id = {free}", NOT_ACCEPTED),
        ("ashoka", reprice(5).replace("price * 0.01", "1") + " WHERE id = {free}", NOT_ACCEPTED),
        ("ashoka", reprice(5) + " WHERE id = {free}", 1),
        ("bharat", reprice(5) + " WHERE id = {free}", 0),
        ("asha", "UPDATE units SET price_lines = '[]' WHERE id = {held}", REFUSED),
        ("ashoka", """UPDATE units SET price_lines = '[{{"amount": 1, "in_plan": true}}]' WHERE id = {free}""", NOT_ACCEPTED),
        # holds
        ("asha", "UPDATE holds SET expires_at = " + TOMORROW, REFUSED),
        ("asha", "UPDATE holds SET extensions = 0", REFUSED),
        (
            "asha",
            HOLD.replace("price,", "terms, price,") + " VALUES ({ashoka}, {project}, {free}, {me}, {me}, 'x', 750000001, now())",
            REFUSED,
        ),
        (
            "asha",
            HOLD.replace("price,", "price_lines, price,") + " VALUES ({ashoka}, {project}, {free}, {me}, {me}, '[7]', 750000001, now())",
            NOT_ACCEPTED,
        ),
        ("ravi", "SELECT FROM holds WHERE unit_id = {held}", 0),
        ("bharat", "SELECT FROM holds WHERE unit_id = {held}", 0),
        ("ashoka", "UPDATE holds SET expires_at = " + TOMORROW + " WHERE unit_id = {held}", NOT_ACCEPTED),
        ("ashoka", "UPDATE holds SET expires_at = " + TOMORROW + ", extensions = extensions + 2 WHERE unit_id = {held}", NOT_ACCEPTED),
        ("ashoka", "UPDATE holds SET expires_at = " + TOMORROW + ", extensions = extensions + 1 WHERE unit_id = {held}", 1),
        ("ashoka", "UPDATE holds SET terms = 'x' WHERE unit_id = {held}", REFUSED),
        # favourites are nobody else's business
        ("asha", "SELECT FROM favourites", 1),
        ("asha", "DELETE FROM favourites", 1),
        ("asha", "UPDATE favourites SET unit_id = {held}", REFUSED),
        ("asha", FOLLOW + "({ravi}, {held})", REFUSED),
        ("asha", FOLLOW + "({me}, {hidden})", REFUSED),
        ("asha", FOLLOW + "({me}, 9000000000)", REFUSED),
        ("asha", FOLLOW + "({me}, {held})", 1),
        ("ashoka", "SELECT FROM favourites", REFUSED),
        ("ashoka", FOLLOW + "({me}, {held})", REFUSED),
    ],
)
async def test_what_somebody_does_to_prices_holds_and_favourites(town, who, statement, outcome):
    assert await attempt(getattr(town, who), statement.format(**town.names)) == outcome


@pytest.mark.parametrize("statement", ["SELECT FROM favourites", "SELECT FROM holds"])
async def test_a_visitor_sees_none_of_it(town, statement):
    assert await attempt(VISITOR, statement) == REFUSED


async def test_followers_are_told_by_the_company_of_the_unit_alone(town):
    """A customer cannot make others believe in a new price, nor does it go out for a unit that is not on show."""
    said = """SELECT tell(jsonb_build_array(jsonb_build_object('type', 'unit_price_changed', 'subject', 'unit', 'id', {}, 'part', '{}',
        'params', '{{"unit": "x", "project": "x", "price": "x", "before": "x"}}'::jsonb, 'action_url', '/units/1')))"""

    async def inbox(person, unit, part):
        async with speaking(person) as connection:
            await connection.execute(said.format(town.names[unit], part))
            await connection.commit()
        async with speaking(town.ravi) as connection:
            return (await connection.execute("SELECT FROM notifications")).rowcount

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await inbox(town.asha, "free", 1)
    assert await inbox(town.bharat, "free", 2) == await inbox(town.ashoka, "hidden", 3) == 0
    assert await inbox(town.ashoka, "free", 4) == 1

"""From nothing to a lived-in house: in one transaction, but for what people have set."""

import json
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.config import settings
from realestate.database import WORKER, execute, transaction
from realestate.demo.clock import turned_back
from realestate.demo.escrow import draw_all
from realestate.demo.notices import put_up
from realestate.demo.offers import offer_all
from realestate.demo.people import COMPANIES, CUSTOMERS, SITE
from realestate.demo.places import PLACES
from realestate.demo.questions import ask_all
from realestate.demo.sales import Diary
from realestate.demo.shelf import fill_shelf
from realestate.demo.sites import Site, open_site
from realestate.demo.tales import tell_all
from realestate.demo.talks import talk_all
from realestate.demo.teams import LOGINS, found, staff, welcome
from realestate.demo.visits import visit_all
from realestate.demo.wishes import wish_all
from realestate.demo.works import build_all
from realestate.errors import Forbidden
from realestate.models.accounts import Builder, User
from realestate.security import passwords

PASSWORD = "password123"
SEED = 2009
FOUNDED = timedelta(days=1500)

# The audit keeps the time of the seeding: nobody may change it, and it is true.
DATE_NOTIFICATIONS = """
    UPDATE notifications n SET created_at = told.moment, updated_at = told.moment
    FROM unnest(CAST(:keys AS text[]), CAST(:moments AS timestamptz[])) AS told (key, moment) WHERE n.dedupe_key = told.key"""
READ_NOTIFICATIONS = """
    UPDATE notifications SET is_read = true, read_at = created_at + interval '5 hours', is_routed = true  -- what is unread is mailed
    WHERE builder_id = ANY (:builders)
        AND (created_at < now() - interval '8 days' OR created_at < now() - interval '1 day' AND seq % 3 = 0)"""
DATE_LEADS = """
    UPDATE leads l SET created_at = f.first, updated_at = f.first,
        stage = CASE WHEN f.has_bought THEN 'booked' ELSE 'contacted' END,
        assigned_to = (SELECT sellers[1 + l.customer_id % cardinality(sellers)] FROM (SELECT array_agg(u.id ORDER BY u.id) AS sellers
            FROM users u WHERE u.builder_id = l.builder_id AND u.team_role = 'sales') AS team)
    FROM (
        SELECT builder_id, customer_id, min(created_at) AS first, bool_or(confirmed) AS has_bought FROM (
            SELECT builder_id, customer_id, created_at, confirmed_at IS NOT NULL AS confirmed FROM bookings
            UNION ALL SELECT builder_id, customer_id, created_at, false FROM holds
            UNION ALL SELECT builder_id, customer_id, created_at, false FROM appointments
            UNION ALL SELECT builder_id, customer_id, created_at, false FROM messages
        ) AS met GROUP BY 1, 2
    ) AS f WHERE (f.builder_id, f.customer_id) = (l.builder_id, l.customer_id) AND l.builder_id = ANY (:builders)"""
DATE_DEMANDS = """
    UPDATE installments SET demanded_at = greatest(created_at, due_date - interval '15 days')
    WHERE trigger ->> 'trigger' = 'on_date' AND demanded_at IS NOT NULL AND builder_id = ANY (:builders)"""
COUNT = """
    SELECT (SELECT count(*) FROM projects WHERE builder_id = ANY (:builders)),
        (SELECT count(*) FROM units WHERE builder_id = ANY (:builders)),
        (SELECT count(*) FROM bookings WHERE builder_id = ANY (:builders))"""


async def seed() -> str:
    """Fill the database, and say with what. A second time, or a second process at the same time, finds it done and changes nothing.

    Forbidden in production: everybody knows the password of these accounts.
    """
    if settings.is_production:
        raise Forbidden("DEVELOPMENT_ONLY", "Demo accounts have a known password: demo data are for ENVIRONMENT=development only.")
    async with transaction(WORKER) as session:
        await _queue_up(session)
        if await session.scalar(select(Builder.id).where(Builder.slug == COMPANIES[0].slug)):
            return "The demo data are there already."
        if taken := await _taken_address(session):
            return f"No demo data were added: {taken} is somebody's account already."
        said = await fill(session, (await session.scalars(select(func.now()))).one())
    await put_up()
    return said


async def _queue_up(session: AsyncSession) -> None:
    """One at a time; and this takes longer than any request may."""
    await session.execute(text("SELECT set_config('lock_timeout', '300s', true), set_config('statement_timeout', '300s', true)"))
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('realestate.demo'))"))


async def _taken_address(session: AsyncSession) -> str | None:
    addresses = [address for company in COMPANIES for _, address, _ in company.team] + list(LOGINS)
    return await session.scalar(select(User.email).where(func.lower(User.email).in_(addresses)).order_by(User.id).limit(1))


async def fill(session: AsyncSession, now: datetime) -> str:
    """As it would be at some moment."""
    random, now = Random(SEED), now.astimezone(UTC)
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    with turned_back(session, noon - FOUNDED) as clock:
        password_hash = await passwords.hash(PASSWORD)
        teams = {company.slug: await found(session, company, password_hash) for company in COMPANIES}
        customers = await welcome(session, random, password_hash)
        sites: dict[str, Site] = {}
        for place in PLACES:
            clock.moment = noon - timedelta(days=30 * place.launched)
            sites[place.name] = await open_site(session, place, teams[place.company], random, noon.date())
        await staff(session, sites[SITE].team, sites[SITE].project.id)
        diary = Diary(session, clock, random, noon, now - noon)
        tell_all(diary, sites, customers)
        build_all(diary, sites)
        visit_all(diary, sites, customers)
        fill_shelf(diary, sites, customers[:2])
        talk_all(diary, sites, customers)
        wish_all(diary, sites, customers[0])
        offer_all(diary, sites, customers)
        draw_all(diary, sites)
        ask_all(diary, sites)
        await diary.live()
    await _tell(session, diary)
    return await _finish(session, [team.builder.id for team in teams.values()])


async def _tell(session: AsyncSession, diary: Diary) -> None:
    """What the transaction would do before its commit, done now, so that notifications can be given the time of what they tell."""
    acts, events = session.info["acts"], session.info["events"]
    await execute(session.info["driver"], "SELECT record($1::jsonb), tell($2::jsonb)", [json.dumps(acts), json.dumps(events)])
    session.info.update(acts=[], events=[])
    keys, moments = zip(*diary.told, strict=True)
    await session.execute(text(DATE_NOTIFICATIONS), {"keys": list(keys), "moments": list(moments)})


async def _finish(session: AsyncSession, builders: list[int]) -> str:
    """Give what the database has dated by its own clock the time that it belongs to, and count."""
    for statement in (READ_NOTIFICATIONS, DATE_LEADS, DATE_DEMANDS):
        await session.execute(text(statement), {"builders": builders})
    projects, units, bookings = (await session.execute(text(COUNT), {"builders": builders})).one()
    people = f"{len(builders)} builders and {len(CUSTOMERS)} customers"
    return f"Demo data: {people}, {projects} projects with {units:,} units, {bookings} bookings."

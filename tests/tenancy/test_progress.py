"""What raw SQL of each role can not do with phases, updates, and what follows from them."""

import asyncio
import json
from types import SimpleNamespace

import psycopg
import pytest

from realestate.database import VISITOR, WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.notifications import Event
from realestate.models.tellings import TELLINGS
from realestate.schemas.progress import Certification, PhaseCreate
from realestate.schemas.updates import UpdateCreate
from realestate.services import progress, updates
from tests.factories import make_builder, make_customer, make_member, make_project, make_units, unique
from tests.speaking import attempt, speaking, until_waiting
from tests.tenancy.world import identity, sell

pytestmark = pytest.mark.anyio
REFUSED, NOT_ACCEPTED, NO_SUCH_KEY = "42501", "23514", "23503"
PHASE = "INSERT INTO project_progress (builder_id, project_id, is_published, phase_key, phase_name, weight, certified_percentage)"
UPDATE = "INSERT INTO construction_updates (builder_id, project_id, project_is_published, update_title, update_content, posted_by)"


async def write(member, project_id, **said):
    async with transaction(identity(member)) as session:
        said = UpdateCreate.model_validate({"update_title": "News", "update_content": "x"} | said)
        return (await updates.post(session, identity(member), project_id, said)).id


async def build(member, project_id, **said):
    async with transaction(identity(member)) as session:
        said = PhaseCreate.model_validate({"phase_name": "Foundation", "weight": 40, "progress_percentage": 60} | said)
        phase = await progress.add(session, identity(member), project_id, said)
    async with transaction(identity(member)) as session:
        await progress.certify(session, identity(member), phase.id, None, Certification())
    return phase.id


@pytest.fixture(scope="module")
async def town(house):
    """Asha has bought of Ashoka, which has phases and updates of every kind; Ravi has bought of Bharat; Nila of nobody."""
    ashoka, bharat = await make_builder(), await make_builder("Bharat Builders")
    asha, ravi, nila = [await make_customer(name) for name in ("Asha Rao", "Ravi Menon", "Nila Das")]
    project, other_project = await make_project(ashoka), await make_project(bharat)
    [sold], [free], [other] = (
        await make_units(ashoka, project),
        await make_units(ashoka, project),
        await make_units(bharat, other_project),
    )
    await sell(ashoka, asha, sold)
    await sell(bharat, ravi, other)
    names = {"ashoka": ashoka.builder_id, "bharat": bharat.builder_id, "project": project, "other_project": other_project}
    names |= {"colleague": (await make_member(ashoka, TeamRole.engineer)).user_id}
    names |= {"staff": ashoka.user_id, "other_staff": bharat.user_id, "free": free}
    names |= {"phase": await build(ashoka, project), "other_phase": await build(bharat, other_project)}
    names |= {"hidden": await build(ashoka, project, phase_name="Secret", weight=10, customer_visible=False)}
    names |= {"mine": await build(ashoka, project, phase_name="Floor", weight=10, unit_id=sold)}
    names |= {"next_door": await build(ashoka, project, phase_name="Floor", weight=10, unit_id=free)}
    for audience in ("public", "booked", "internal"):
        names[audience] = await write(ashoka, project, audience=audience)
    names["draft"] = await write(ashoka, project, is_published=False)
    names["retracted"] = await write(ashoka, project)
    async with transaction(identity(ashoka)) as session:
        await updates.remove(session, names["retracted"], None)
    return SimpleNamespace(ashoka=ashoka, bharat=bharat, asha=asha, ravi=ravi, nila=nila, names=names)


async def seen(person, table, town):
    async with speaking(person) as connection:
        ids = {row[0] for row in await (await connection.execute(f"SELECT id FROM {table}")).fetchall()}
    return {name for name, id in town.names.items() if id in ids and (table == "construction_updates") == (name in UPDATES)}


UPDATES = {"public", "booked", "internal", "draft", "retracted"}
PHASES = {"phase", "hidden", "mine", "next_door"}


async def test_who_sees_which_update(town):
    table = "construction_updates"
    assert await seen(town.asha, table, town) == {"public", "booked"}
    for person in (town.ravi, town.nila, VISITOR):
        assert await seen(person, table, town) == {"public"}
    assert await seen(town.ashoka, table, town) == UPDATES
    assert await seen(town.bharat, table, town) == set()


async def test_who_sees_which_phase(town):
    async def rows(person):
        async with speaking(person) as connection:
            query = "SELECT id FROM project_progress WHERE project_id = %s"
            ids = {row[0] for row in await (await connection.execute(query, [town.names["project"]])).fetchall()}
        return {name for name in PHASES if town.names[name] in ids}

    assert await rows(town.asha) == {"phase", "mine"}
    for person in (town.ravi, town.nila, VISITOR):
        assert await rows(person) == {"phase"}
    assert await rows(town.ashoka) == PHASES and await rows(town.bharat) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT contractor_notes FROM project_progress",
        "SELECT history FROM project_progress",
        "SELECT certified_by FROM project_progress",
        "SELECT * FROM construction_updates",
        "SELECT posted_by FROM construction_updates",
        "SELECT retracted_at FROM construction_updates",
        "UPDATE project_progress SET progress_percentage = 100",
        "UPDATE construction_updates SET audience = 'public'",
        "DELETE FROM project_progress",
        "DELETE FROM construction_updates",
        PHASE + " VALUES ({ashoka}, {project}, true, 'x', 'x', 0, 0)",
        UPDATE + " VALUES ({ashoka}, {project}, true, 'x', 'x', {staff})",
    ],
)
async def test_what_is_the_teams_is_refused_to_all_others(town, statement):
    for person in (town.asha, VISITOR):
        assert await attempt(person, statement.format(**town.names)) == REFUSED


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("UPDATE project_progress SET certified_by = {colleague} WHERE id = {phase}", NOT_ACCEPTED),
        ("UPDATE project_progress SET certified_percentage = 30 WHERE id = {phase}", 1),
        ("UPDATE project_progress SET certified_by = NULL, certified_at = NULL, certified_percentage = 0 WHERE id = {phase}", 1),
        ("UPDATE projects SET overall_progress = 100 WHERE id = {project}", NOT_ACCEPTED),
        (
            (
                "INSERT INTO projects (builder_id, project_name, slug, project_type, location_city, overall_progress)"
                " VALUES ({ashoka}, 'x', 'x', 'mixed', 'x', 5)"
            ),
            REFUSED,
        ),
        (PHASE + " VALUES ({ashoka}, {project}, true, 'x', 'x', 99, 0)", NOT_ACCEPTED),
        (PHASE + " VALUES ({ashoka}, {project}, true, 'x', 'x', 0, 50)", REFUSED),
        (PHASE + " VALUES ({ashoka}, {project}, false, 'x', 'x', 0, 0)", NO_SUCH_KEY),
        (PHASE + " VALUES ({ashoka}, {other_project}, true, 'x', 'x', 0, 0)", NO_SUCH_KEY),
        (PHASE + " VALUES ({bharat}, {other_project}, true, 'x', 'x', 0, 0)", REFUSED),
        ("UPDATE project_progress SET weight = 99 WHERE id = {phase}", NOT_ACCEPTED),
        ("UPDATE project_progress SET project_id = {other_project} WHERE id = {phase}", REFUSED),
        ("UPDATE project_progress SET certified_by = {other_staff} WHERE id = {phase}", NO_SUCH_KEY),
        ("UPDATE project_progress SET certified_percentage = 61 WHERE id = {phase}", NOT_ACCEPTED),
        ("UPDATE project_progress SET progress_percentage = 59, certified_percentage = 59 WHERE id = {phase}", NOT_ACCEPTED),
        ("UPDATE project_progress SET history = '[]' WHERE id = {phase}", NOT_ACCEPTED),
        ("UPDATE project_progress SET history = '[1, 2, 3, 4]' WHERE id = {phase}", NOT_ACCEPTED),
        ("DELETE FROM project_progress WHERE id = {phase}", 0),
        ("UPDATE project_progress SET weight = 1 WHERE id = {other_phase}", 0),
        (UPDATE + " VALUES ({ashoka}, {project}, true, 'x', 'x', {other_staff})", REFUSED),
        (UPDATE + " VALUES ({ashoka}, {other_project}, true, 'x', 'x', {staff})", NO_SUCH_KEY),
        (
            UPDATE.replace("posted_by", "posted_by, progress_id") + " VALUES ({ashoka}, {project}, true, 'x', 'x', {staff}, {other_phase})",
            NO_SUCH_KEY,
        ),
        ("UPDATE construction_updates SET posted_by = {other_staff} WHERE id = {public}", REFUSED),
        ("UPDATE construction_updates SET published_at = now() WHERE id = {public}", NOT_ACCEPTED),
        ("UPDATE construction_updates SET published_at = NULL, seq = NULL WHERE id = {public}", NOT_ACCEPTED),
        ("UPDATE construction_updates SET seq = 99 WHERE id = {public}", NOT_ACCEPTED),
        ("UPDATE construction_updates SET retracted_at = NULL WHERE id = {retracted}", NOT_ACCEPTED),
        ("UPDATE construction_updates SET update_content = 'x' WHERE id = {retracted}", NOT_ACCEPTED),
        ("DELETE FROM construction_updates WHERE id = {public}", 0),
    ],
)
async def test_what_a_team_does_not_rewrite(town, statement, answer):
    assert await attempt(town.ashoka, statement.format(**town.names)) == answer


async def test_what_a_team_may_do_with_its_own(town):
    """What the refusals above are worth."""
    for statement in (
        PHASE + " VALUES ({ashoka}, {project}, true, 'x', 'x', 1, 0)",
        "UPDATE project_progress SET progress_percentage = 61 WHERE id = {phase}",
        "UPDATE project_progress SET history = history || '[{{}}]', progress_percentage = 60 WHERE id = {phase}",
        UPDATE + " VALUES ({ashoka}, {project}, true, 'x', 'x', {staff})",
        "UPDATE construction_updates SET published_at = now(), seq = 99 WHERE id = {draft}",
        "UPDATE construction_updates SET retracted_at = now() WHERE id = {public}",
        "DELETE FROM construction_updates WHERE id = {draft}",
        "UPDATE projects SET publish_state = 'draft' WHERE id = {project}",
    ):
        assert await attempt(town.ashoka, statement.format(**town.names)) == 1, statement


def said_of(subject, id):
    """An event that customers may speak of, too, and that is told to customers and sales: who hears it shall depend on the subject alone."""
    params = dict.fromkeys(TELLINGS[Event.booking_reserved].names, "x")
    return {"subject": subject, "id": id, "type": Event.booking_reserved, "part": unique("part"), "params": params}


async def inbox(person):
    async with speaking(WORKER) as connection:
        found = await connection.execute("SELECT count(*) FROM notifications WHERE user_id = %s", [person.user_id])
        return (await found.fetchone())[0]


async def told(town, speaker, subject, id):
    """Who is told when somebody speaks of something."""
    people = {name: getattr(town, name) for name in ("ashoka", "bharat", "asha", "ravi", "nila")}
    before = {name: await inbox(person) for name, person in people.items()}
    async with speaking(speaker) as connection:
        await connection.execute("SELECT tell(%s::jsonb)", [json.dumps([said_of(subject, id)])])
        await connection.commit()
    return {name for name, person in people.items() if await inbox(person) > before[name]}


@pytest.mark.parametrize(
    ("subject", "name", "audience"),
    [
        ("update", "public", {"asha"}),
        ("update", "booked", {"asha"}),
        ("update", "internal", set()),
        ("update", "draft", set()),
        ("update", "retracted", set()),
        ("progress", "phase", {"asha"}),
        ("progress", "hidden", set()),
        ("progress", "mine", {"asha"}),
        ("progress", "next_door", set()),
        ("project", "project", {"asha"}),
    ],
)
async def test_buyers_hear_of_what_they_may_read_and_only_from_their_builder(town, subject, name, audience):
    id = town.names[name]
    assert await told(town, town.ashoka, subject, id) == audience
    assert await told(town, WORKER, subject, id) == audience | {"ashoka"}
    for other in (town.bharat, town.asha, town.nila):
        assert await told(town, other, subject, id) == set()


async def test_two_reports_at_once_are_both_in_the_mean(house):
    builder = await make_builder()
    project = await make_project(builder)
    one, other = [await build(builder, project, phase_name=name, weight=50, progress_percentage=10) for name in ("One", "Other")]
    change = "UPDATE project_progress SET progress_percentage = 50 WHERE id = %s"
    async with speaking(builder) as first, speaking(builder) as second:
        await first.execute(change, [one])
        late = asyncio.create_task(second.execute(change, [other]))
        await until_waiting(second)
        await first.commit()
        await late
        await second.commit()
    async with speaking(builder) as connection:
        found = await connection.execute("SELECT overall_progress FROM projects WHERE id = %s", [project])
        assert await found.fetchone() == (50,)


async def test_nobody_certifies_in_a_colleagues_name_or_under_it(town):
    """Neither further than the colleague has said, nor again."""
    colleague = await make_member(town.ashoka, TeamRole.engineer)
    for change in ("certified_percentage = 60", "certified_at = now()", "certified_by = {staff}"):
        tried = f"UPDATE project_progress SET {change} WHERE id = {{phase}}".format(**town.names)
        async with speaking(colleague) as connection:
            back = "UPDATE project_progress SET certified_percentage = 30, certified_by = %s WHERE id = %s"
            await connection.execute(back, [colleague.user_id, town.names["phase"]])
            speaks = "SELECT set_config('app.user_id', %s, true)"
            await connection.execute(speaks, [str(town.ashoka.user_id)])
            if "staff" in change:
                await connection.execute(speaks, [str(colleague.user_id)])
            with pytest.raises(psycopg.errors.CheckViolation) as refusal:
                await connection.execute(tried)
        assert refusal.value.diag.constraint_name == "certified_by_oneself"

"""News from the site: who reads which, in which order, and what a delay does to the day of possession."""

import asyncio

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_project, make_units
from tests.stories import confirmed_booking, made_phase, posted_update, reserved_booking, types_told, upload

pytestmark = pytest.mark.anyio
AUDIENCES = ("public", "booked", "internal")


@pytest.fixture
async def site(client):
    """A builder, a buyer with an allotted flat, and the project, promised for 31 March 2028."""
    builder, customer = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    [unit_id] = await make_units(builder, project_id)
    await confirmed_booking(client, builder, customer, unit_id)
    return builder, customer, project_id


async def feed(client, project_id, person=None, **query):
    answer = await client.get(f"/api/projects/{project_id}/updates", params=query, headers=person.headers if person else {})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def change(client, member, update, headers=None, **said):
    return await client.patch(f"/api/updates/{update['id']}", json=said, headers=member.headers | (headers or {}))


async def titles(client, project_id, person=None):
    return [one["update_title"] for one in await feed(client, project_id, person)]


async def test_only_those_who_build_write_news(client, site):
    builder, customer, project = site
    path, said = f"/api/projects/{project}/updates", {"update_title": "x", "update_content": "x"}
    assert (await client.post(path, json=said)).status_code == 401
    assert (await client.post(path, json=said, headers=customer.headers)).status_code == 403
    finance = await make_member(builder, TeamRole.finance)
    assert (await client.post(path, json=said, headers=finance.headers)).json()["code"] == "NOT_PERMITTED"
    assert (await client.post(path, json=said, headers=(await make_builder("Bharat Builders")).headers)).status_code == 404
    engineer = await make_member(builder, TeamRole.engineer)
    answer = await client.post(path, json=said, headers=engineer.headers)
    assert answer.status_code == 201 and answer.json()["posted_by"] == engineer.user_id and answer.json()["seq"] == 1


async def test_each_audience_reads_its_own(client, site):
    builder, customer, project = site
    for audience in AUDIENCES:
        await posted_update(client, builder, project, update_title=f"{audience} news", audience=audience)
    await posted_update(client, builder, project, update_title="a draft", is_published=False)

    holder, ended, asker = [await make_customer(name) for name in ("Ravi Menon", "Nila Das", "Tara Sen")]
    held, lapsed = await make_units(builder, project, 2)
    assert (await client.post(f"/api/units/{held}/hold", headers=holder.headers)).status_code == 200
    await let_time_pass(Booking, (await reserved_booking(client, ended, lapsed))["id"], "reserve_expires_at")
    await client.post("/api/bookings", json={"unit_id": held, "intent": "inquire"}, headers=asker.headers)

    for person in (None, ended, asker):
        assert await titles(client, project, person) == ["public news"]
    for person in (customer, holder):
        assert await titles(client, project, person) == ["booked news", "public news"]
    assert await titles(client, project, builder) == ["a draft", "internal news", "booked news", "public news"]
    assert (await client.get(f"/api/projects/{project}/updates", headers=(await make_builder("Bharat")).headers)).status_code == 404


async def test_buyers_are_told_of_what_they_may_read(client, site):
    builder, customer, project = site
    for audience in AUDIENCES:
        await posted_update(client, builder, project, update_title=f"{audience} news", audience=audience)
    draft = await posted_update(client, builder, project, update_title="a draft", is_published=False)
    secret = await posted_update(client, builder, project, update_title="a secret", audience="internal", update_content="Strike!")

    told = (await client.get("/api/notifications?type=update_published", headers=customer.headers)).json()["notifications"]
    assert [one["message"] for one in told] == ["Ashoka Residency: booked news", "Ashoka Residency: public news"]
    assert "a draft" not in str(told) and "a secret" not in str(told) and "Strike" not in str(told)

    await change(client, builder, draft, is_published=True)
    await change(client, builder, draft, update_content="Corrected.")
    await change(client, builder, secret, audience="booked")
    assert (await types_told(client, customer)).count("update_published") == 4


async def test_the_cursor_misses_nothing(client, site):
    builder, _, project = site
    early = await posted_update(client, builder, project, update_title="written first", is_published=False)
    for n in range(1, 6):
        await posted_update(client, builder, project, update_title=f"news {n}")
    await change(client, builder, early, is_published=True)

    first = await feed(client, project, limit=2)
    assert [one["seq"] for one in first] == [6, 5] and first[0]["update_title"] == "written first"
    assert [one["seq"] for one in await feed(client, project, limit=2, before=5)] == [4, 3]
    assert [one["seq"] for one in await feed(client, project, limit=2, after=3)] == [4, 5]
    assert [one["seq"] for one in await feed(client, project, after=0)] == [1, 2, 3, 4, 5, 6]
    assert await feed(client, project, after=6) == []
    await posted_update(client, builder, project, update_type="delay")
    assert [one["seq"] for one in await feed(client, project, update_type="delay")] == [7]


async def test_ten_at_once_are_numbered_without_gap(client, site):
    builder, _, project = site
    await asyncio.gather(*(posted_update(client, builder, project) for _ in range(10)))
    assert [one["seq"] for one in await feed(client, project, after=0)] == list(range(1, 11))


async def test_a_draft_is_deleted_and_what_was_published_is_taken_back(client, site):
    builder, customer, project = site
    draft = await posted_update(client, builder, project, is_published=False)
    answer = await client.delete(f"/api/updates/{draft['id']}", headers=builder.headers)
    assert answer.json() == {"message": "The draft has been deleted."}
    assert (await client.get(f"/api/updates/{draft['id']}", headers=builder.headers)).status_code == 404

    news = await posted_update(client, builder, project)
    assert (await client.delete(f"/api/updates/{news['id']}", headers=customer.headers)).status_code == 403
    answer = await client.delete(f"/api/updates/{news['id']}", headers=builder.headers)
    assert answer.json() == {"message": "The update has been taken back."}
    for person in ({}, customer.headers):
        assert (await client.get(f"/api/updates/{news['id']}", headers=person)).status_code == 404
    kept = (await client.get(f"/api/updates/{news['id']}", headers=builder.headers)).json()
    assert kept["retracted_at"] and kept["is_published"] is False and kept["update_content"] == news["update_content"]
    for said in ({"is_published": True}, {"update_title": "x"}):
        assert (await change(client, builder, kept, **said)).json()["code"] == "UPDATE_RETRACTED"
    assert (await client.delete(f"/api/updates/{news['id']}", headers=builder.headers)).json()["code"] == "UPDATE_RETRACTED"


async def possession(client, project_id):
    return (await client.get(f"/api/projects/{project_id}")).json()["forecast_possession_date"]


async def test_a_delay_moves_the_day_of_possession_and_its_retraction_moves_it_back(client, site):
    builder, customer, project = site
    admin, sales = await make_member(builder, TeamRole.admin), await make_member(builder, TeamRole.sales)
    draft = await posted_update(client, builder, project, update_type="delay", estimated_delay_days=30, is_published=False)
    await posted_update(client, builder, project, audience="internal", estimated_delay_days=500)
    assert await possession(client, project) is None

    await change(client, builder, draft, is_published=True)
    assert await possession(client, project) == "2028-04-30"
    await change(client, builder, draft, estimated_delay_days=31)
    assert await possession(client, project) == "2028-05-01"
    await change(client, builder, draft, update_title="Monsoon")
    assert await possession(client, project) == "2028-05-01"

    for person in (customer, admin):
        inbox = (await client.get("/api/notifications?type=possession_date_shifted", headers=person.headers)).json()["notifications"]
        assert [one["params"]["date"] for one in inbox] == ["01 May 2028", "30 Apr 2028"]
        assert inbox[0]["priority"] == "high" and inbox[0]["params"]["before"] == "30 Apr 2028"
    assert "possession_date_shifted" not in await types_told(client, sales)

    await client.delete(f"/api/updates/{draft['id']}", headers=builder.headers)
    assert await possession(client, project) == "2028-03-31"
    assert (await types_told(client, customer)).count("possession_date_shifted") == 3


async def test_delays_published_at_once_add_up(client, site):
    builder, _, project = site
    await asyncio.gather(*(posted_update(client, builder, project, estimated_delay_days=3) for _ in range(6)))
    assert await possession(client, project) == "2028-04-18"


async def test_a_forecast_by_hand_is_told_too(client, site):
    builder, customer, project = site
    path = f"/api/projects/{project}"
    await client.patch(path, json={"forecast_possession_date": "2028-03-31"}, headers=builder.headers)
    assert "possession_date_shifted" not in await types_told(client, customer)  # as it was promised
    await client.patch(path, json={"forecast_possession_date": "2028-06-30", "is_featured": True}, headers=builder.headers)
    assert (await types_told(client, customer)).count("possession_date_shifted") == 1


async def test_a_delay_beyond_all_calendars_is_refused(client, site):
    builder, _, project = site
    await client.patch(f"/api/projects/{project}", json={"forecast_possession_date": "2199-01-01"}, headers=builder.headers)
    said = {"update_title": "x", "update_content": "x", "estimated_delay_days": 3650}
    answer = await client.post(f"/api/projects/{project}/updates", json=said, headers=builder.headers)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "estimated_delay_days"
    assert await feed(client, project, builder) == []


async def test_a_phase_is_of_the_same_project(client, site):
    builder, _, project = site
    elsewhere = await made_phase(client, builder, await make_project(builder))
    said = {"update_title": "x", "update_content": "x", "progress_id": elsewhere["id"]}
    assert (await client.post(f"/api/projects/{project}/updates", json=said, headers=builder.headers)).status_code == 404


async def test_a_stale_change_is_refused(client, site):
    builder, _, project = site
    news = await posted_update(client, builder, project)
    seen = (await client.get(f"/api/updates/{news['id']}", headers=builder.headers)).headers["ETag"]
    assert (await change(client, builder, news, update_title="y")).status_code == 200
    assert (await change(client, builder, news, {"If-Match": seen}, update_title="z")).status_code == 412


async def test_news_of_a_withdrawn_project_stay_with_those_who_bought(client, site):
    builder, customer, project = site
    await posted_update(client, builder, project, update_title="open")
    await posted_update(client, builder, project, update_title="for buyers", audience="booked")
    await made_phase(client, builder, project)
    await client.delete(f"/api/projects/{project}/publication", headers=builder.headers)
    assert await titles(client, project, customer) == ["for buyers", "open"]
    assert len((await client.get(f"/api/projects/{project}/progress", headers=customer.headers)).json()) == 1
    for path in ("updates", "progress"):
        assert (await client.get(f"/api/projects/{project}/{path}")).status_code == 404


async def opened(client, document, person=None):
    """Whether somebody may know of a document, and by a link of their own open it."""
    answer = await client.get(f"/api/documents/{document}", headers=person.headers if person else {})
    return answer.status_code == 200 and (await client.get(answer.json()["url"])).status_code == 200


async def test_documents_are_opened_by_whoever_reads_the_update(client, site):
    builder, customer, project = site
    document, more = [(await upload(client, builder)).json()["id"] for _ in range(2)]
    draft = await posted_update(client, builder, project, document_ids=[document], is_published=False)
    assert [one["id"] for one in draft["documents"]] == [document]
    assert [await opened(client, document, person) for person in (None, customer, builder)] == [False, False, True]

    await change(client, builder, draft, is_published=True, document_ids=[more])
    for person in (None, customer):
        [shown] = await feed(client, project, person)
        assert [one["id"] for one in shown["documents"]] == [document, more]
        assert await opened(client, document, person) and await opened(client, more, person)

    await change(client, builder, draft, audience="booked")
    assert [await opened(client, document, person) for person in (None, customer)] == [False, True]
    await client.delete(f"/api/updates/{draft['id']}", headers=builder.headers)
    assert [await opened(client, document, person) for person in (None, customer, builder)] == [False, False, True]


async def test_the_documents_of_a_deleted_draft_may_be_used_again(client, site):
    builder, _, project = site
    document = (await upload(client, builder)).json()["id"]
    draft = await posted_update(client, builder, project, document_ids=[document], is_published=False)
    await client.delete(f"/api/updates/{draft['id']}", headers=builder.headers)
    again = await posted_update(client, builder, project, document_ids=[document])
    assert [one["id"] for one in again["documents"]] == [document]


async def test_a_document_is_ones_own_and_used_once(client, site):
    builder, customer, project = site
    mine, theirs = [(await upload(client, person)).json()["id"] for person in (builder, await make_builder("Bharat Builders"))]
    await posted_update(client, builder, project, document_ids=[mine])
    for document, status in ((mine, 409), (theirs, 404), ((await upload(client, customer)).json()["id"], 404)):
        said = {"update_title": "x", "update_content": "x", "document_ids": [document]}
        answer = await client.post(f"/api/projects/{project}/updates", json=said, headers=builder.headers)
        assert answer.status_code == status, answer.text
    assert len(await feed(client, project, builder)) == 1

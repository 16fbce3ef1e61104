"""The paths that the two portals call, as they call them: every one is there, takes what they send and answers what they read.

One story, from registering to a change of the home, told in chapters; each call is checked for what holds for all of them.
"""

import re
from datetime import UTC, datetime
from secrets import token_hex

import pytest

from realestate.main import app
from realestate.routers.contract import describe
from tests.stories import glb, offered, picture
from tests.test_documentation import operations

pytestmark = pytest.mark.anyio

PATHS = """
GET /
GET /health
GET /livez
GET /readyz
POST /api/auth/register
POST /api/auth/login
POST /api/auth/token
POST /api/auth/refresh
GET /api/auth/me
GET /api/projects
POST /api/projects
GET /api/projects/{project_id}
PATCH /api/projects/{project_id}
DELETE /api/projects/{project_id}
GET /api/projects/{project_id}/units
GET /api/projects/{project_id}/progress
GET /api/projects/{project_id}/updates
GET /api/projects/{project_id}/models
POST /api/units
POST /api/bookings
GET /api/bookings/customer/{customer_id}
GET /api/builder/bookings
GET /api/bookings/{booking_id}
PATCH /api/bookings/{booking_id}/status
GET /api/bookings/{booking_id}/payments
POST /api/bookings/{booking_id}/generate-agreement
GET /api/bookings/{booking_id}/download-agreement
POST /api/payments
POST /api/appointments
GET /api/appointments
GET /api/appointments/customer/{customer_id}
GET /api/appointments/project/{project_id}
GET /api/appointments/{appointment_id}
DELETE /api/appointments/{appointment_id}
PATCH /api/appointments/{appointment_id}/status
PATCH /api/appointments/{appointment_id}/reschedule
GET /api/messages/conversations
GET /api/messages/conversation/{customer_id}/{project_id}
PATCH /api/messages/conversation/{conversation_id}/read
GET /api/messages
POST /api/messages
POST /api/messages/upload-attachment
GET /api/change-requests
POST /api/change-requests
GET /api/change-requests/{change_request_id}
PATCH /api/change-requests/{change_request_id}
GET /api/notifications
PATCH /api/notifications/{notification_id}/read
""".strip().splitlines()

OPERATIONS = dict(operations(describe(app)))
PASSWORD = "correct horse battery"
USER = (
    *("id", "email", "user_type", "full_name", "phone", "address", "company_name", "license_number", "builder_id", "customer_id"),
    *("team_role", "permissions", "is_verified", "created_at"),
)
BOOKING = (
    *("id", "booking_number", "customer_id", "unit_id", "project_id", "builder_id", "status", "payment_plan", "token_amount"),
    *("total_amount", "paid_amount", "pending_amount", "currency", "booking_date", "agreement_url", "version", "unit", "customer"),
)
UNIT_OF_BOOKING = ("id", "unit_number", "unit_type", "floor_number", "tower", "project")
PROJECT_OF_BOOKING = ("id", "project_name", "location", "images", "expected_completion_date", "builder")
CONVERSATION = ("id", "customer_id", "project_id", "customer_name", "project_name", "last_message", "last_message_time", "unread_count")
MONEY = re.compile(r".*_(amount|revenue|cost|paid|pending)|amount|price|price_range_(min|max)")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT.*")


def said(body, *names):
    """What must be there; a shape may only grow."""
    assert set(names) <= body.keys(), set(names) - body.keys()


def said_as_agreed(value, name=""):
    """Money is a number, a time is said in UTC."""
    if isinstance(value, dict):
        for inner, one in value.items():
            if inner != "params":  # of a notification: as its sentence says them
                said_as_agreed(one, inner)
    elif isinstance(value, list):
        for one in value:
            said_as_agreed(one, name)
    elif MONEY.fullmatch(name):
        assert value is None or type(value) in (int, float), (name, value)
    elif isinstance(value, str) and MOMENT.fullmatch(value):
        assert value.endswith("Z") and datetime.fromisoformat(value).tzinfo == UTC, (name, value)


class Portal:
    """What one of the portals sends, and who is signed in there. `walked` collects the paths that have been called."""

    def __init__(self, client, walked):
        self.client, self.walked, self.headers, self.user = client, walked, {}, {}

    def sign_in(self, tokens):
        said(tokens, "access_token", "refresh_token", "token_type", "expires_in", "user")
        said(tokens["user"], *USER)
        assert tokens["token_type"] == "bearer"
        self.headers, self.user = {"Authorization": f"Bearer {tokens['access_token']}"}, tokens["user"]

    async def ask(self, name, status=200, query="", **more):
        """The answer, read: never empty, always JSON. Of `more`, ids go into the path, the rest along."""
        method, path = name.split(" ")
        ids = {word: more.pop(word) for word in re.findall(r"\{(\w+)\}", path)}
        answer = await self.client.request(method, path.format(**ids) + query, headers=self.headers, **more)
        assert answer.status_code == status, (name, answer.status_code, answer.text)
        assert answer.headers["Content-Type"] == ("application/json" if status < 400 else "application/problem+json"), name
        self.walked.add(name)
        body = answer.json()
        said_as_agreed(body)
        if status >= 400:
            said(body, "type", "title", "status", "detail", "code", "request_id")
        return body


@pytest.mark.parametrize("name", PATHS)
def test_a_path_of_the_portals_is_there(name):
    assert name in OPERATIONS


async def test_the_portals_get_what_they_read(client):
    walked = set()
    builder, customer, visitor = (Portal(client, walked) for _ in range(3))
    await registering(builder, customer, visitor)
    project_id, unit_id = await the_catalogue(builder, customer, visitor)
    booking = await buying(builder, customer, unit_id)
    await paying(builder, customer, booking)
    await the_agreement(builder, customer, booking)
    await meeting(builder, customer, project_id)
    await writing(builder, customer, booking)
    await changing(builder, customer, booking)
    await being_told(builder, customer)
    assert walked == set(PATHS)


async def registering(builder, customer, visitor):
    for path in ("/health", "/livez", "/readyz"):
        assert (await visitor.ask(f"GET {path}"))["status"] == "ok"
    said(await visitor.ask("GET /"), "name", "version", "links")
    company = {"company_name": "Skyline Homes", "license_number": token_hex(8), "phone": "+91 98765 43210", "address": "12 Hill Road"}
    person = {"first_name": "Asha", "last_name": "Rao", "phone": "+919876543210", "address": ""}
    accounts = {
        builder: {"email": f"{token_hex(6)}@example.com", "password": PASSWORD, "user_type": "builder", "builder_data": company},
        customer: {"email": f"{token_hex(6)}@example.com", "password": PASSWORD, "user_type": "customer", "customer_data": person},
    }
    for portal, account in accounts.items():
        portal.sign_in(await visitor.ask("POST /api/auth/register", 201, json=account))
        credentials = {name: account[name] for name in ("email", "password", "user_type")}
        tokens = await visitor.ask("POST /api/auth/login", json=credentials)
        other = "customer" if account["user_type"] == "builder" else "builder"
        wrong = [await visitor.ask("POST /api/auth/login", 401, json=credentials | no) for no in ({"user_type": other}, {"password": "x"})]
        assert wrong[0]["detail"] == wrong[1]["detail"]
        await visitor.ask("POST /api/auth/token", data={"username": account["email"], "password": PASSWORD})
        portal.sign_in(await visitor.ask("POST /api/auth/refresh", json={"refresh_token": tokens["refresh_token"]}))
        assert await portal.ask("GET /api/auth/me") == portal.user
    taken = await visitor.ask("POST /api/auth/register", 409, json=account | {"email": account["email"].upper()})
    assert taken["code"] == "EMAIL_TAKEN"
    await visitor.ask("POST /api/auth/register", 422, json=accounts[builder] | {"email": "b@example.com", "builder_data": None})
    assert (customer.user["customer_id"], customer.user["address"]) == (customer.user["id"], None)
    assert (builder.user["company_name"], builder.user["team_role"], builder.user["customer_id"]) == ("Skyline Homes", "owner", None)


async def the_catalogue(builder, customer, visitor):
    wanted = {"project_name": "Riverside", "project_type": "Mixed-Use", "status": "in_progress", "location_city": "Pune", "description": ""}
    mine = {"builder_id": builder.user["builder_id"], "available_units": 99, "price_range_min": "7500000.50"}
    await builder.ask("POST /api/projects", 403, json=wanted | {"builder_id": mine["builder_id"] + 1})
    project = await builder.ask("POST /api/projects", 201, json=wanted | mine)
    assert (project["project_type"], project["status"], project["publish_state"]) == ("mixed", "construction", "published")
    assert (project["available_units"], project["description"], project["price_range_min"]) == (0, None, 7500000.5)
    draft = await builder.ask("POST /api/projects", 201, json=wanted | {"publish_state": "draft"})
    await visitor.ask("GET /api/projects/{project_id}", 404, project_id=draft["id"])
    changed = await builder.ask("PATCH /api/projects/{project_id}", project_id=draft["id"], json={"project_type": "apartment"})
    assert changed["project_type"] == "residential"
    said(await builder.ask("DELETE /api/projects/{project_id}", project_id=draft["id"]), "message")

    unit = {"project_id": project["id"], "tower": "A", "unit_number": "1204", "unit_type": "3bhk", "floor_number": 12}
    unit = await builder.ask("POST /api/units", 201, json=unit | {"area_sqft": 1180.5, "price": "8750000.50"})
    assert (unit["status"], unit["unit_type"], unit["price"]) == ("available", "3BHK", 8750000.5)
    home, here = {"project_id": project["id"]}, f"builder_id={mine['builder_id']}"
    phase = {"phase_name": "Foundation", "weight": 20, "progress_percentage": 50}
    news = {"update_title": "The raft is cast", "update_content": "In one night."}
    for path, more in (("progress", phase), ("updates", news)):
        assert (await builder.client.post(f"/api/projects/{project['id']}/{path}", json=more, headers=builder.headers)).status_code == 201
    scene = {"data": home | {"model_name": "Tower A", "model_type": "exterior"}, "files": {"file": ("tower.glb", glb())}}
    assert (await builder.client.post("/api/models", **scene, headers=builder.headers)).status_code == 201
    for reader in (builder, customer, visitor):
        page = await reader.ask("GET /api/projects", query=f"?city=Pune&project_type=MIXED-USE&status=ongoing&unit_type=3BHK&{here}")
        assert [one["id"] for one in page["projects"]] == [project["id"]]
        assert (page["total"], page["page"], page["limit"]) == (1, 1, 20)
        one = await reader.ask("GET /api/projects/{project_id}", **home)
        said(one, "builder", "unit_counts", "overall_progress", "available_units")
        assert (
            one["unit_counts"] == {"by_status": {"available": 1}, "by_type": {"3BHK": 1}}
            and one["builder"]["company_name"] == "Skyline Homes"
        )
        for path in ("units", "progress", "updates", "models"):
            assert len(await reader.ask(f"GET /api/projects/{{project_id}}/{path}", **home)) == 1, path
        assert await reader.ask("GET /api/projects/{project_id}/updates", query="?after=1", **home) == []
    near = "location=pune&min_price=1&max_price=99999999&q=river&lat=18.5&lng=73.8&radius_km=5"
    assert (await visitor.ask("GET /api/projects", query=f"?{near}&{here}"))["projects"] == []
    return project["id"], unit["id"]


async def buying(builder, customer, unit_id):
    order = {"unit_id": unit_id, "payment_plan": "Installments", "notes": ""}
    booking = await customer.ask("POST /api/bookings", 201, json=order)
    said(booking, *BOOKING)
    said(booking["unit"], *UNIT_OF_BOOKING)
    said(booking["unit"]["project"], *PROJECT_OF_BOOKING)
    said(booking["unit"]["project"]["builder"], "id", "company_name", "full_name")
    said(booking["customer"], "id", "full_name", "phone", "email")
    assert (booking["status"], booking["payment_plan"], booking["total_amount"]) == ("reserved", "time_linked", 8750000.5)
    assert (await customer.ask("POST /api/bookings", 409, json=order))["code"] == "UNIT_NOT_AVAILABLE"
    me = customer.user["id"]
    for reader in (builder, customer):
        assert await reader.ask("GET /api/bookings/customer/{customer_id}", customer_id=me) == [booking]
        assert await reader.ask("GET /api/bookings/{booking_id}", booking_id=booking["id"]) == booking
    await customer.ask("GET /api/bookings/customer/{customer_id}", 403, customer_id=me + 1)
    for query in ("", "?status=pending", "?status=Reserved", "?q=1204", "?payment_status=unpaid"):
        page = await builder.ask("GET /api/builder/bookings", query=query)
        assert (page["bookings"], page["total"], page["page"], page["limit"]) == ([booking], 1, 1, 20), query
    assert (await builder.ask("GET /api/builder/bookings", query="?status=cancelled"))["total"] == 0
    names = {"total_bookings", "active_bookings", "completed_bookings", "total_revenue", "pending_revenue", "by_currency"}
    assert page["stats"].keys() == names and page["stats"]["pending_revenue"] == 8750000.5
    return booking


async def paying(builder, customer, booking):
    receipt = {"booking_id": booking["id"], "payment_type": "token", "amount": str(booking["token_amount"]), "payment_method": "UPI"}
    receipt |= {"payment_date": "2026-01-15", "transaction_id": token_hex(6), "notes": ""}
    ids = {"booking_id": booking["id"]}
    refused = await builder.ask("PATCH /api/bookings/{booking_id}/status", 409, **ids, json={"status": "booking-confirmed"})
    assert refused["code"] == "INVALID_TRANSITION"
    said(refused, "allowed")
    by_hand = await builder.ask("PATCH /api/bookings/{booking_id}/status", 409, **ids, json={"status": "token_paid"})
    assert by_hand["code"] == "SET_BY_MONEY"
    payment = await builder.ask("POST /api/payments", 201, json=receipt)
    said(payment, "id", "booking_id", "amount", "currency", "payment_method", "payment_status", "payment_date", "allocations")
    assert (payment["amount"], payment["payment_method"]) == (booking["token_amount"], "upi") and payment["allocations"]
    confirmed = await builder.ask("PATCH /api/bookings/{booking_id}/status", **ids, json={"status": "booking-confirmed", "reason": ""})
    assert (confirmed["status"], confirmed["paid_amount"]) == ("booking_confirmed", payment["amount"])
    for reader in (builder, customer):
        book = await reader.ask("GET /api/bookings/{booking_id}/payments", **ids)
        said(book, "booking_id", "payments", "total_paid", "total_pending", "payment_schedule")
        assert [one["id"] for one in book["payments"]] == [payment["id"]] and len(book["payment_schedule"]) > 1
        assert (book["total_paid"], book["total_pending"]) == (confirmed["paid_amount"], confirmed["pending_amount"])


async def the_agreement(builder, customer, booking):
    ids = {"booking_id": booking["id"]}
    made = await builder.ask("POST /api/bookings/{booking_id}/generate-agreement", **ids)
    said(made, "message", "agreement_url", "generated_at")
    for reader in (builder, customer):
        found = await reader.ask("GET /api/bookings/{booking_id}/download-agreement", **ids)
        said(found, "agreement_url", "generated_at")
        link = await reader.client.get(found["agreement_url"])
        assert (link.status_code, link.content[:5]) == (200, b"%PDF-")
        path = f"/api/bookings/{booking['id']}"
        for place, kind in ((f"{path}/download-agreement", "application/pdf"), (f"{path}/agreement.pdf", "*/*")):
            paper = await reader.client.get(place, headers=reader.headers | {"Accept": kind})
            assert (paper.headers["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert (await customer.ask("GET /api/bookings/{booking_id}", **ids))["agreement_url"]


async def meeting(builder, customer, project_id):
    times = await offered(customer.client, project_id)
    wish = {"project_id": project_id, "appointment_type": "Site-Visit", "meeting_location": "site", "notes": ""}
    mine = await customer.ask("POST /api/appointments", 201, json=wish | {"appointment_date": times[20], "duration_minutes": 60})
    theirs = {"appointment_date": times[30], "customer_id": customer.user["id"]}
    theirs = await builder.ask("POST /api/appointments", 201, json=wish | theirs)
    said(mine, "id", "appointment_date", "appointment_type", "status", "meeting_location", "duration_minutes", "notes")
    said(mine["project"], "id", "project_name", "location")
    said(mine["builder"], "id", "company_name", "full_name")
    said(mine["customer"], "id", "full_name", "phone", "email")
    assert (mine["appointment_type"], mine["appointment_date"][:19]) == ("site_visit", times[20][:19])
    moved = {"appointment_date": times[40], "meeting_location": "office", "reason": ""}
    again = await customer.ask("PATCH /api/appointments/{appointment_id}/reschedule", appointment_id=mine["id"], json=moved)
    assert (again["rescheduled_from_id"], again["meeting_location"]) == (mine["id"], "office") and again["id"] != mine["id"]
    path = "PATCH /api/appointments/{appointment_id}/status"
    refused = await builder.ask(path, 409, appointment_id=mine["id"], json={"status": "completed"})
    assert refused["code"] == "INVALID_TRANSITION"
    if theirs["status"] == "scheduled":
        await builder.ask(path, appointment_id=theirs["id"], json={"status": "confirmed"})
    off = await builder.ask(path, appointment_id=theirs["id"], json={"status": "cancelled", "reason": "The lift is out of order."})
    assert off["status"] == "cancelled"
    for reader in (builder, customer):
        page = await reader.ask("GET /api/appointments", query=f"?type=site-visit&project_id={project_id}")
        assert page["stats"].keys() == {"total", "confirmed", "pending", "completed", "cancelled"}
        assert (len(page["appointments"]), page["total"], page["page"], page["limit"], page["stats"]["total"]) == (3, 3, 1, 20, 3)
        assert [one["id"] for one in (await reader.ask("GET /api/appointments", query="?status=cancelled"))["appointments"]] == [off["id"]]
        assert (await reader.ask("GET /api/appointments", query="?status=pending"))["total"] == page["stats"]["pending"]
        assert len(await reader.ask("GET /api/appointments/customer/{customer_id}", customer_id=customer.user["id"])) == 3
        assert (await reader.ask("GET /api/appointments/{appointment_id}", appointment_id=again["id"]))["id"] == again["id"]
    assert len(await builder.ask("GET /api/appointments/project/{project_id}", project_id=project_id)) == 3
    await customer.ask("GET /api/appointments/project/{project_id}", 403, project_id=project_id)
    said(await customer.ask("DELETE /api/appointments/{appointment_id}", appointment_id=again["id"]), "message")


async def writing(builder, customer, booking):
    project_id, me = booking["project_id"], customer.user["id"]
    file = {"file": ("plan.jpg", picture(), "image/jpeg")}
    sketch, photo = [await customer.ask("POST /api/messages/upload-attachment", 201, files=file) for _ in range(2)]
    said(sketch, "id", "url")
    asking = {"project_id": project_id, "content": "When may we see it?", "booking_id": booking["id"], "attachment_ids": [sketch["id"]]}
    first = await customer.ask("POST /api/messages", 201, json=asking)
    asking = {"project_id": project_id, "content": "Like this.", "recipient_id": "", "attachment_url": photo["url"]}
    second = await customer.ask("POST /api/messages", 201, json=asking)
    assert [one["id"] for message in (first, second) for one in message["attachments"]] == [sketch["id"], photo["id"]]
    answered = await builder.ask("POST /api/messages", 201, json={"project_id": project_id, "customer_id": me, "content": "On Friday."})
    ids, everything = {"customer_id": me, "project_id": project_id}, [first["id"], second["id"], answered["id"]]
    for reader, unread in ((builder, 2), (customer, 1)):
        [thread] = (await reader.ask("GET /api/messages/conversations"))["conversations"]
        said(thread, *CONVERSATION)
        assert (thread["customer_name"], thread["last_message"], thread["unread_count"]) == ("Asha Rao", "On Friday.", unread)
        page = await reader.ask("GET /api/messages/conversation/{customer_id}/{project_id}", **ids)
        assert [one["id"] for one in page["messages"]] == everything and (page["total"], page["page"], page["limit"]) == (3, 1, 20)
        page = await reader.ask("GET /api/messages", query=f"?page=1&limit=2&conversation_id={thread['id']}")
        assert (len(page["messages"]), page["total"], page["page"], page["limit"]) == (2, 3, 1, 2)
        for count in (unread, 0):
            read = await reader.ask("PATCH /api/messages/conversation/{conversation_id}/read", conversation_id=thread["id"])
            said(read, "message")
            assert read["count"] == count


async def changing(builder, customer, booking):
    wish = {"booking_id": booking["id"], "request_type": "Interior", "request_title": "Two sockets", "request_description": "In the study."}
    request = await customer.ask("POST /api/change-requests", 201, json=wish | {"requested_specification": ""})
    assert (request["request_type"], request["status"]) == ("finishes", "submitted")
    path, ids = "PATCH /api/change-requests/{change_request_id}", {"change_request_id": request["id"]}
    await builder.ask(path, **ids, json={"status": "Under-Review", "builder_response": "We are looking."})
    quoted = await builder.ask(path, **ids, json={"status": "quoted", "estimated_cost": "15000.50", "estimated_timeline_days": 5})
    assert (quoted["status"], quoted["estimated_cost"], quoted["estimated_timeline_days"]) == ("quoted", 15000.5, 5)
    await builder.ask(path, 403, **ids, json={"status": "approved", "estimated_cost": 15000.5})
    agreed = await customer.ask(path, **ids, json={"status": "approved", "estimated_cost": 15000.5})
    assert agreed["status"] == "approved"
    for reader in (builder, customer):
        assert await reader.ask("GET /api/change-requests", query=f"?booking_id={booking['id']}") == [agreed]
        assert await reader.ask("GET /api/change-requests/{change_request_id}", **ids) == agreed


async def being_told(builder, customer):
    for reader in (builder, customer):
        inbox = await reader.ask("GET /api/notifications")
        said(inbox, "notifications", "unread_count", "epoch", "seq")
        newest = inbox["notifications"][0]
        assert (newest["seq"], inbox["unread_count"]) == (inbox["seq"], len(inbox["notifications"]))
        for _ in range(2):
            read = await reader.ask("PATCH /api/notifications/{notification_id}/read", notification_id=newest["id"])
            assert read["is_read"] and read["id"] == newest["id"]
        left = await reader.ask("GET /api/notifications", query=f"?unread_only=true&limit=3&before={inbox['seq']}")
        assert len(left["notifications"]) == 3 and left["unread_count"] == inbox["unread_count"] - 1
        one = f"?type={newest['type']}&after={inbox['seq'] - 1}"
        assert [told["id"] for told in (await reader.ask("GET /api/notifications", query=one))["notifications"]] == [newest["id"]]
    await builder.ask("PATCH /api/notifications/{notification_id}/read", 404, notification_id=newest["id"])

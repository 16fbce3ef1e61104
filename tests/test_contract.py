"""What holds for every route, those not yet born included: found by walking the OpenAPI paths of the real application."""

import json
import re
import time

import httpx2
import pytest

from realestate.config import settings
from realestate.database import Identity, transaction
from realestate.main import app as application
from realestate.models.accounts import Role, TeamRole
from realestate.models.projects import Jurisdiction
from realestate.routers.contract import describe
from realestate.security import tokens
from realestate.services import idempotency
from tests import poison
from tests.answers import checked
from tests.driving import drive
from tests.factories import (
    make_admin,
    make_builder,
    make_change_request,
    make_credit_note,
    make_customer,
    make_issue,
    make_member,
    make_plan_amendment,
    make_project,
    make_snag,
    make_units,
    make_withdrawal,
    unique,
)
from tests.queries import counted
from tests.stories import glb, made_phase, model, pay, picture, posted_update, reserved_booking, upload, visit, written
from tests.test_documentation import bodies_without_example, operations

pytestmark = pytest.mark.anyio

DOCUMENT = describe(application)
OPERATIONS = dict(operations(DOCUMENT))
PUBLIC = {
    *("GET /", "GET /health", "GET /livez", "GET /readyz"),
    *("GET /api/documents/{document_id}/file", "GET /api/documents/{document_id}/thumbnail"),  # the link is the key
    "GET /api/calendar.ics",  # its token is in the address: calendar programs send no headers
    "GET /api/meta/enums",
    *("POST /api/auth/register", "POST /api/auth/login", "POST /api/auth/token", "POST /api/auth/refresh"),
    "POST /api/builder/join",
    *("POST /api/auth/forgot-password", "POST /api/auth/reset-password", "POST /api/auth/verify-email"),
    "POST /api/webhooks/payments/{gateway}",  # the signature is the key
    *("GET /api/dev/pay/{order_id}", "POST /api/dev/pay/{order_id}"),  # in development only
    *("GET /api/dev/outbox", "GET /api/dev/outbox/{message_id}", "GET /api/dev/outbox/{message_id}/html"),  # in development only
}
FOR_ANYONE = {
    *("GET /api/documents/{document_id}", "GET /api/models/{model_id}", "GET /api/models/{model_id}/file"),
    *("GET /api/projects/{project_id}/models", "GET /api/projects/{project_id}/documents"),
    "GET /api/meta/settings",
    *("GET /api/builders", "GET /api/builders/{slug}", "GET /api/units", "GET /api/units/{unit_id}"),
    *("GET /api/units/{unit_id}/cost-sheet", "GET /api/units/compare", "POST /api/units/{unit_id}/quote", "GET /api/projects/facets"),
    *("GET /api/units/{unit_id}/cost-sheet.pdf", "GET /api/units/{unit_id}/quote.pdf"),
    "GET /api/projects/{project_id}/availability",
    *("GET /api/projects", "GET /api/projects/{project_id}", "GET /api/projects/{project_id}/units"),
    *("GET /api/projects/{project_id}/progress", "GET /api/progress/{progress_id}"),
    *("GET /api/projects/{project_id}/updates", "GET /api/updates/{update_id}"),
    "GET /api/projects/{project_id}/slots",
    "GET /api/projects/{project_id}/payment-plans",
    "POST /api/enquiries",
}
PRIVATE = sorted(OPERATIONS.keys() - PUBLIC - FOR_ANYONE)
WITH_IDS = sorted(name for name in OPERATIONS.keys() - PUBLIC if "_id}" in name)
OPEN_TO = dict.fromkeys(FOR_ANYONE, ("customer", "admin")) | {
    "POST /api/units/{unit_id}/hold": ("customer",),
    "DELETE /api/units/{unit_id}/hold": ("customer",),
    "GET /api/units/{unit_id}/holds": ("customer",),
    **dict.fromkeys(("PUT /api/customer/favourites/{unit_id}", "DELETE /api/customer/favourites/{unit_id}"), ("customer",)),
    "GET /api/admin/builders/{builder_id}": ("admin",),
    "POST /api/admin/builders/{builder_id}/verification": ("admin",),
    "POST /api/admin/builders/{builder_id}/suspension": ("admin",),
    "DELETE /api/admin/builders/{builder_id}/suspension": ("admin",),
    **dict.fromkeys(("GET /api/admin/jobs/{job_id}", "DELETE /api/admin/jobs/{job_id}", "POST /api/admin/jobs/{job_id}/retry"), ("admin",)),
}
"""What a published project and its units are to those who have nothing to do with them."""
CHANGED_BY_OTHERS = {name for name in OPEN_TO if not name.startswith("GET")}
BY_THE_DOORMAN = {"GET /api/auth/me", "GET /api/me/sessions", "GET /api/me/notification-preferences"}
READS = sorted(name for name in OPERATIONS.keys() - PUBLIC - BY_THE_DOORMAN if name.startswith("GET"))
"""Who is signed in is read as the doorman, in a transaction of its own."""


@pytest.fixture(autouse=True)
def purse(monkeypatch, tmp_path):
    """What the gateway of development keeps."""
    monkeypatch.setattr(settings, "data_dir", tmp_path)


@pytest.fixture(scope="module")
async def standing(house):
    """One for all that leaves it as it is, because a world costs more than what it is asked."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(checked(application)), base_url="http://test") as client:
        return await make_world(client)


async def asked(client, builder, project_id):
    """The id of a visitor's question."""
    said = {"project_id": project_id, "full_name": "x", "email": "nina@example.com", "message": "x"}
    await client.post("/api/enquiries", json=said)
    return (await client.get("/api/builder/enquiries", headers=builder.headers)).json()["enquiries"][0]["id"]


async def make_world(client):
    """A builder, a customer with a booking, and everything of theirs that a path can name."""
    builder, customer = await make_builder(), await make_customer()
    [unit_id] = await make_units(builder, await make_project(builder, jurisdiction=Jurisdiction.in_rera))
    booking = await reserved_booking(client, customer, unit_id)
    payment = (await pay(client, builder, booking, 1000)).json()
    refund = {"amount": 1, "reason": "x"}
    finance = await make_member(builder, TeamRole.finance)
    refund = (await client.post(f"/api/payments/{payment['id']}/refunds", json=refund, headers=finance.headers)).json()
    lines = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()["payment_schedule"]
    waiver = (await client.post(f"/api/installments/{lines[0]['id']}/waivers", json={"reason": "x"}, headers=finance.headers)).json()
    said = await written(client, customer, booking["project_id"])
    later = {"project_id": booking["project_id"], "customer_id": customer.user_id, "content": "x", "send_at": "2099-01-01T00:00:00Z"}
    later = (await client.post("/api/messages/scheduled", json=later, headers=builder.headers)).json()
    canned = (await client.post("/api/builder/canned-replies", json={"title": "x", "content": "x"}, headers=builder.headers)).json()
    inbox = (await client.get("/api/notifications", headers=builder.headers)).json()["notifications"]
    phase = await made_phase(client, builder, booking["project_id"])
    update = await posted_update(client, builder, booking["project_id"])
    wish = await make_change_request(builder, booking)
    invited = {"email": "nikhil@example.com", "team_role": "viewer"}
    invite = (await client.post("/api/builder/team/invites", json=invited, headers=builder.headers)).json()
    slug = (await client.get(f"/api/projects/{booking['project_id']}")).json()["builder"]["slug"]
    ids = {
        "project_id": booking["project_id"],
        "unit_id": unit_id,
        "booking_id": booking["id"],
        "payment_id": payment["id"],
        "refund_id": refund["id"],
        "installment_id": lines[0]["id"],
        "waiver_id": waiver["id"],
        "credit_note_id": await make_credit_note(builder, booking),
        "issue_id": await make_issue(booking, builder.builder_id, payment["id"]),
        "withdrawal_id": await make_withdrawal(builder, finance, booking["project_id"]),
        "customer_id": customer.user_id,
        "model_id": (await model(client, builder, project_id=booking["project_id"])).json()["id"],
        "document_id": (await upload(client, customer, booking_id=booking["id"])).json()["id"],
        "notification_id": inbox[0]["id"],
        "progress_id": phase["id"],
        "update_id": update["id"],
        "appointment_id": (await visit(client, customer, booking["project_id"]))["id"],
        "message_id": said["id"],
        "conversation_id": said["conversation_id"],
        "scheduled_message_id": later["id"],
        "canned_reply_id": canned["id"],
        "change_request_id": wish,
        "snag_id": await make_snag(builder, booking),
        "amendment_id": await make_plan_amendment(builder, booking),
        "enquiry_id": await asked(client, builder, booking["project_id"]),
        "user_id": (await make_member(builder, TeamRole.viewer)).user_id,
        "invite_id": invite["id"],
        "slug": slug,
        "kind": "custom",
        "builder_id": builder.builder_id,
        "setting_key": "portal.notice",
        "job_id": (await client.post("/api/admin/jobs", json={"task": "remind"}, headers=(await make_admin()).headers)).json()["id"],
        "item": "identity",
    }
    return builder, customer, ids


QUESTIONS = {"GET /api/units/compare": "?ids=1", "GET /api/progress/{progress_id}/demand-preview": "?percent=50"}
"""What has to be asked along."""


def request_of(name, ids=None):
    """Method, path and example body of an operation."""
    method, path = name.split(" ")
    path += QUESTIONS.get(name, "")
    body = OPERATIONS[name].get("requestBody", {}).get("content", {})
    said = {"method": method, "url": path.format_map(_Ids(ids or {}))}
    if "application/json" in body:
        return said | {"json": _example(body["application/json"]["schema"])}
    return said | _upload(name, ids or {}) if "multipart/form-data" in body else said


def _upload(name, ids):
    """A form with a file that its route takes, and with what else it asks for."""
    if name.endswith("/units/import"):
        return {"files": {"file": ("units.csv", b"unit_number,unit_type,area_sqft,price\n77,2BHK,900,5")}}
    file = ("tower.glb", glb()) if "/models" in name else ("plan.jpg", picture())
    wanted = (
        {"project_id": ids.get("project_id", 1), "model_name": "Tower A", "model_type": "exterior"} if name == "POST /api/models" else {}
    )
    return {"files": {"file": file}, "data": wanted}


class _Ids(dict):
    def __missing__(self, key):
        return 1


def _example(schema):
    schema = schema["anyOf"][0] if "anyOf" in schema else schema
    return DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["examples"][0]


# ── Identities ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_route_says_who_may_call_it():
    said = {name: operation["security"] for name, operation in OPERATIONS.items()}
    assert {name for name, security in said.items() if not security} == PUBLIC
    assert {name for name, security in said.items() if {} in security} == FOR_ANYONE


def _bad_tokens():
    claims = tokens.Claims(session_id=1, user_id=1, role="customer", builder_id=None, team_role=None, expires_at=int(time.time()) + 60)
    token = tokens.issue(claims)
    head, body, signature = token.split(".")
    yield from ("", "Bearer", "Bearer x", "Basic dXNlcjpwYXNz", f"Bearer {head}.{body}.{signature[::-1]}", f"Bearer {head}.{body}.")


@pytest.mark.parametrize("name", PRIVATE)
async def test_a_private_route_asks_who_you_are(client, name):
    answer = await client.request(**request_of(name))
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer" and answer.json()["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - PUBLIC))
async def test_a_bad_token_is_401_even_where_none_is_needed(client, name):
    for header in _bad_tokens():
        answer = await client.request(**request_of(name), headers={"Authorization": header})
        assert answer.status_code == 401, header


@pytest.mark.parametrize("name", WITH_IDS)
async def test_what_is_not_theirs_is_not_there(client, standing, name):
    """Every role of everybody else: the same 404 as for an id that does not exist, or 403 where the role or a path's identity decides."""
    _, _, ids = await make_world(client) if name in CHANGED_BY_OTHERS else standing
    for stranger in (await make_builder("Bharat Builders"), await make_customer("Ravi Nair"), await make_admin()):
        theirs = await client.request(**request_of(name, ids), headers=stranger.headers)
        nobodys = await client.request(
            **request_of(name, {key: 2**62 if isinstance(one, int) else one for key, one in ids.items()}), headers=stranger.headers
        )
        if stranger.role in OPEN_TO.get(name, ()):
            continue
        assert _sense(theirs) == _sense(nobodys), stranger.role
        assert theirs.status_code in (403, 404) or theirs.json() == [], stranger.role


def _sense(answer):
    said = answer.json()
    return answer.status_code, said.get("code") if isinstance(said, dict) else said


@pytest.fixture(scope="module")
async def battered(house):
    """One for all bodies that ask nothing of its state but to be there."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(checked(application)), base_url="http://test") as client:
        return await make_world(client)


ENDING_SESSIONS = {"POST /api/auth/change-password", "POST /api/auth/reset-password"}


# ── Poison ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", [name for name in OPERATIONS if "application/json" in OPERATIONS[name].get("requestBody", {}).get("content", {})]
)
async def test_no_body_makes_a_route_fail(client, battered, name):
    builder, customer, ids = await make_world(client) if name in ENDING_SESSIONS else battered
    said = request_of(name, ids)
    first = await client.request(**said, headers=builder.headers)
    person = builder
    if first.status_code == 403 and first.json()["code"] == "WRONG_ROLE":
        person = await make_admin() if name.split(" ")[1].startswith("/api/admin/") else customer
    app, signed_in = checked(application), _bytes(person.headers)
    for bad in (*poison.BODIES, *poison.spoiled(said["json"])):
        answer = await drive(app, said["method"], said["url"], signed_in | bad.headers, bad.content)
        assert answer.status_code < 500, (bad.name, answer.text)
        assert answer.status_code < 400 or answer.headers[b"content-type"] == b"application/problem+json", bad.name
        if bad.status and OPERATIONS[name]["requestBody"].get("required"):
            assert answer.status_code == bad.status, (bad.name, answer.text)


def _bytes(headers):
    return {name.lower().encode(): value.encode() for name, value in headers.items()}


@pytest.mark.parametrize("bad", poison.FORMS, ids=lambda bad: bad.name)
async def test_no_form_makes_signing_in_fail(client, bad):
    answer = await client.post("/api/auth/token", content=bad.content, headers=bad.headers)
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name.startswith("GET")])
async def test_no_question_makes_a_route_fail(client, standing, name):
    builder, _, ids = standing
    address = request_of(name, ids)["url"]
    parameters = [one["name"] for one in OPERATIONS[name].get("parameters", []) if one["in"] == "query"]
    questions = [*poison.QUERIES, *(f"{name}={value}" for name in parameters for value in poison.PATH_VALUES)]
    app, signed_in = checked(application), _bytes(builder.headers)
    for question in questions:
        answer = await drive(app, "GET", f"{address}&{question}" if "?" in address else f"{address}?{question}", signed_in)
        assert answer.status_code < 500, question


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "{" in name])
async def test_no_path_makes_a_route_fail(client, standing, name):
    builder, _, _ = standing
    said = request_of(name)
    for value in poison.PATH_VALUES:
        said["url"] = re.sub(r"\{\w+\}", lambda _, value=value: value, name.split(" ")[1])
        answer = await client.request(**said, headers=builder.headers)
        assert 400 <= answer.status_code < 500, value


# ── Sent twice ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

KEPT = [name for name in PRIVATE if name.startswith("POST") and not name.startswith("POST /api/auth/")]


def test_a_post_of_somebody_signed_in_says_that_it_may_be_sent_twice():
    said = {
        name for name, operation in OPERATIONS.items() if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", []))
    }
    assert said == set(KEPT)


STEPS_BEHIND = ("quote", "rejection", "acceptance", "decline", "work", "completion")
"""Of a wish that has only been said."""
BOOKING_STEPS_BEHIND = (
    *(
        "offer-acceptance",
        "cancellation/approval",
        "cancellation/agreement",
        "default-notice",
        "termination",
        "signatures",
        "registration",
        "possession-offer",
    ),
    *("handover", "handover/acknowledgement", "transfer/approval", "swap", "cancellation/consent"),
)
"""Of a booking that is reserved."""
REFUSED = {
    "POST /api/demands/{installment_id}/credit-note": "NOT_CREDITABLE",
    "POST /api/admin/jobs/{job_id}/retry": "INVALID_TRANSITION",  # it has not failed
    "POST /api/bookings/{booking_id}/cancellation": "PAYMENT_PENDING",  # a part of the token has come
    "POST /api/bookings/{booking_id}/generate-agreement": "BOOKING_NOT_CONFIRMED",
    **dict.fromkeys((f"POST /api/bookings/{{booking_id}}/{step}" for step in BOOKING_STEPS_BEHIND), "INVALID_TRANSITION"),
    "POST /api/bookings/{booking_id}/snags": "NOT_READY",
    "POST /api/builder/projects/{project_id}/escrow/withdrawals": "EXCEEDS_ESCROW",
    "POST /api/builder/payment-plans/copies": "PLAN_NOT_OFFERED",  # the project has none of the kind that its path names
    "POST /api/bookings/{booking_id}/transfer/code": "NOT_TRANSFERABLE",
    "POST /api/bookings/{booking_id}/discount/decision": "NO_REQUEST",
    "POST /api/bookings/{booking_id}/kyc/{item}/verification": "NOTHING_SHOWN",
    "POST /api/admin/builders/{builder_id}/verification": "INVALID_TRANSITION",  # the company is active
    "POST /api/appointments": "INVALID",  # the example is a customer's: a team says for whom
    "POST /api/bookings": "UNIT_NOT_AVAILABLE",
    "POST /api/builder/bookings": "UNIT_NOT_AVAILABLE",
    "POST /api/units/{unit_id}/block": "INVALID_TRANSITION",  # the unit is reserved
    "POST /api/units/{unit_id}/hold": "UNIT_NOT_AVAILABLE",
    "POST /api/units/{unit_id}/hold/extension": "INVALID_TRANSITION",
    "POST /api/units/{unit_id}/release": "INVALID_TRANSITION",
    "POST /api/change-requests": "NOT_CHANGEABLE",  # the booking is not confirmed
    "POST /api/change-requests/{change_request_id}/review": "NOT_CHANGEABLE",
    **dict.fromkeys((f"POST /api/change-requests/{{change_request_id}}/{step}" for step in STEPS_BEHIND), "INVALID_TRANSITION"),
    "POST /api/customer/join": "INVITE_INVALID",  # a code is known to one customer
    "POST /api/builder/team/invites": "INVALID",  # of projects, the example names one that is not theirs
    "POST /api/builder/conversations/{conversation_id}/assignment": "NOT_FOUND",  # to nobody of this team
    "POST /api/models/{model_id}/editions": "SAME_FILE",
    "POST /api/payments/{payment_id}/clearance": "INVALID_TRANSITION",  # it was no cheque
    "POST /api/payments/{payment_id}/bounce": "REFUND_UNDER_WAY",
    "POST /api/bookings/{booking_id}/plan-amendments": "NOT_AMENDABLE",
    "POST /api/plan-amendments/{amendment_id}/agreement": "NOT_AMENDABLE",
    "POST /api/demands/{installment_id}/approval": "BOOKING_NOT_CONFIRMED",
    "POST /api/demands/{installment_id}/issue": "BOOKING_NOT_CONFIRMED",
    "POST /api/installments/{installment_id}/waivers": "WAIVER_PENDING",
    "POST /api/refunds/{refund_id}/processing": "INVALID_TRANSITION",  # nobody has approved it
    "POST /api/projects/{project_id}/publication": "WEIGHTS_INCOMPLETE",
}
"""What the example cannot do in this world, and why: its room's tests do it. All others are done."""


@pytest.mark.parametrize("name", KEPT)
async def test_a_post_may_be_sent_twice(client, standing, name):
    """A key that stands for something else is refused before anything is done; a new one brings the first answer again, or keeps nothing."""
    builder, customer, ids = standing if name in REFUSED else await make_world(client)  # what is refused leaves the world as it is
    spent_key, new_key = unique("spent"), unique("new")
    for person in (builder, customer, await make_admin()):
        await use_up(person, spent_key)
        spent = await client.request(**request_of(name, ids), headers=person.headers | {"Idempotency-Key": spent_key})
        if spent.status_code == 403:
            continue
        assert (spent.status_code, spent.json()["code"]) == (422, "IDEMPOTENCY_MISMATCH"), spent.text
        said = request_of(name, ids)
        if "json" in said:
            said["json"] = said["json"] | {field: ids[field] for field in said["json"].keys() & ids.keys()}
        first, again = [await client.request(**said, headers=person.headers | {"Idempotency-Key": new_key}) for _ in range(2)]
        assert (first.status_code, _sense(first)) == (again.status_code, _sense(again))
        assert first.json()["code"] == REFUSED[name] if name in REFUSED else first.is_success, first.text
        assert again.headers.get("Idempotency-Replayed") == ("true" if first.status_code < 400 else None)
        assert first.content == again.content or first.status_code >= 400
        return
    raise AssertionError("nobody may do this")


async def use_up(person, key):
    """As if something else had been done with the key."""
    identity = Identity(Role(person.role), person.user_id, person.builder_id, person.team_role)
    async with transaction(identity) as session:
        await idempotency.claim(session, key, "something else")
        await idempotency.keep(session, key, 200, [], b"{}")


# ── Manners ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", READS)
async def test_a_read_is_one_statement(client, standing, name):
    builder, customer, ids = standing
    for person in (builder, customer, await make_admin()):
        await client.request(**request_of(name, ids), headers=person.headers)
        with counted() as sent:
            answer = await client.request(**request_of(name, ids), headers=person.headers)
        assert len(sent) == (0 if answer.status_code == 403 else 1), sent


async def test_every_answer_names_its_request(client):
    answer = await client.get("/api/nowhere", headers={"X-Request-ID": "trace-7"})
    assert answer.headers["X-Request-ID"] == answer.json()["request_id"] == "trace-7" and answer.json()["code"] == "NOT_FOUND"


def test_every_body_is_shown_by_an_example():
    assert bodies_without_example(DOCUMENT) == []


def test_the_main_answers_show_what_they_look_like():
    for name in ("ProjectDetail", "UnitDetail", "BuilderProfile"):
        fields = DOCUMENT["components"]["schemas"][name]["properties"]
        bare = {field for field, said in fields.items() if said.get("type") == "string" and not said.keys() & {"examples", "format"}}
        assert bare == set(), name


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_is_described_and_declares_its_answer(name):
    operation = OPERATIONS[name]
    success = next(response for status, response in operation["responses"].items() if status.startswith("2"))
    assert operation["description"] and operation["tags"] and success["content"]
    assert all(content["schema"] for content in success["content"].values()), "an answer has a shape"


def test_every_tag_is_explained_and_used():
    used = [tag for operation in OPERATIONS.values() for tag in operation["tags"]]
    assert set(used) == {tag["name"] for tag in DOCUMENT["tags"]}


def test_no_shape_is_named_after_its_python_module():
    assert [name for name in DOCUMENT["components"]["schemas"] if "__" in name] == []


def test_money_is_said_one_way():
    """No input and output twins of a schema, and no component that nobody uses."""
    said = json.dumps(DOCUMENT)
    for name in DOCUMENT["components"]["schemas"]:
        assert not name.endswith(("-Input", "-Output"))
        assert f'"#/components/schemas/{name}"' in said, name

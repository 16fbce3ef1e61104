"""What people do over HTTP, for tests that begin in the middle of a story."""

import io
import json
import struct

from PIL import Image

from tests.factories import make_builder, make_customer, make_unit


async def reserve(client, customer, unit_id, plan="construction_linked", **more):
    """A customer's order for a unit, answered."""
    said = {"unit_id": unit_id} | ({"payment_plan": plan} if plan else {})
    return await client.post("/api/bookings", json=said | more, headers=customer.headers)


async def pay(client, member, booking, amount, method="upi", **more):
    """A member's record of money received, answered."""
    said = {"booking_id": booking["id"], "payment_type": "token", "amount": amount, "payment_method": method, "payment_date": "2026-01-15"}
    return await client.post("/api/payments", json=said | more, headers=member.headers)


async def set_status(client, member, booking, status, headers=None, **more):
    """A member's step with a booking, answered."""
    return await client.patch(
        f"/api/bookings/{booking['id']}/status", json={"status": status} | more, headers=member.headers | (headers or {})
    )


async def reserved_booking(client, customer, unit_id, plan="construction_linked"):
    answer = await reserve(client, customer, unit_id, plan)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def unit_with_registration(client, builder, amount):
    """A unit whose price has, beyond the plan, a line that is for others."""
    unit_id = await make_unit(builder)
    base = {"code": "base", "name": "Base price", "amount": 7500000.01, "taxable": True}
    others = {"code": "fee", "name": "Registration", "amount": amount, "in_plan": False, "pass_through": True}
    answer = await client.patch(f"/api/units/{unit_id}", json={"price_lines": [base, others]}, headers=builder.headers)
    assert answer.status_code == 200, answer.text
    return unit_id


async def confirmed_booking(client, builder, customer, unit_id, plan="construction_linked"):
    booking = await reserved_booking(client, customer, unit_id, plan)
    assert (await pay(client, builder, booking, booking["token_amount"])).status_code == 201
    answer = await set_status(client, builder, booking, "booking_confirmed")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def token_paid_sale(client):
    """A company, its customer, and a flat that is reserved, with its token paid."""
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    assert (await pay(client, builder, booking, booking["token_amount"])).status_code == 201
    return builder, customer, booking


async def allotted_sale(client):
    """A company, its customer, and a flat that is allotted, with a million paid."""
    builder, customer = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, customer, await make_unit(builder))
    assert (await pay(client, builder, booking, 850000)).status_code == 201
    return builder, customer, booking


async def send(client, method, person, booking, path, **said):
    """Somebody's wish about a booking, answered."""
    return await client.request(method, f"/api/bookings/{booking['id']}/{path}", json=said, headers=person.headers)


async def made_phase(client, member, project_id, name="Foundation", **more):
    """A phase of the whole project, half done unless said otherwise."""
    said = {"phase_name": name, "weight": 20, "progress_percentage": 50} | more
    answer = await client.post(f"/api/projects/{project_id}/progress", json=said, headers=member.headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def report(client, member, phase, headers=None, **said):
    """A member's report on a phase, answered."""
    return await client.patch(f"/api/progress/{phase['id']}", json=said, headers=member.headers | (headers or {}))


async def certify(client, member, phase, **said):
    """What a member vouches for, answered."""
    return await client.post(f"/api/progress/{phase['id']}/certification", json=said, headers=member.headers)


async def posted_update(client, member, project_id, **more):
    """News that everybody may read, unless said otherwise."""
    said = {"update_title": "The raft is cast", "update_content": "Six hundred cubic metres in one night."} | more
    answer = await client.post(f"/api/projects/{project_id}/updates", json=said, headers=member.headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def timeline(client, person, booking):
    """What has happened to a booking, the first thing first."""
    return (await client.get(f"/api/bookings/{booking['id']}/timeline", headers=person.headers)).json()


async def types_told(client, person):
    """What somebody has been told, newest first."""
    inbox = (await client.get("/api/notifications?limit=100", headers=person.headers)).json()
    return [told["type"] for told in inbox["notifications"]]


def picture(size=(64, 48), form="JPEG", **more):
    """The bytes of an image."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **more)
    return out.getvalue()


def glb(document=None, binary=b"", version=2, length=None):
    """The bytes of a 3D model."""
    text = json.dumps(document or {"asset": {"version": "2.0"}}).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary if binary else b""
    return struct.pack("<4sII", b"glTF", version, 12 + len(chunks) if length is None else length) + chunks


def pdf(content=b"1 0 obj << /Type /Catalog >> endobj", table=b"xref\n0 1"):
    """A small one: a head, something, where its table of contents begins, and an end."""
    body = b"%PDF-1.7\n" + content + b"\n"
    return body + table + b"\ntrailer << /Root 1 0 R >>\nstartxref\n" + str(len(body)).encode() + b"\n%%EOF\n"


async def upload(client, person, content=None, name="plan.jpg", media_type="image/jpeg", path="/api/documents", **said):
    """Somebody's file, uploaded: answered."""
    file = {"file": (name, picture() if content is None else content, media_type)}
    return await client.post(path, files=file, data=said, headers=person.headers)


async def offered(client, project_id, person=None, **question):
    """The times of a project that can be booked, as said."""
    answer = await client.get(f"/api/projects/{project_id}/slots", params=question, headers=person.headers if person else {})
    assert answer.status_code == 200, answer.text
    return [slot["appointment_date"] for slot in answer.json()["slots"]]


async def meet(client, person, project_id, when, **more):
    """Somebody's wish to visit a project, answered."""
    said = {"project_id": project_id, "appointment_date": when, "appointment_type": "site_visit", "meeting_location": "site"}
    return await client.post("/api/appointments", json=said | more, headers=person.headers)


async def visit(client, person, project_id, nth=20, **more):
    """A visit at one of the times that are offered."""
    slots = await offered(client, project_id, type=more.get("appointment_type", "site_visit"))
    answer = await meet(client, person, project_id, slots[nth], **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def take_step(client, person, appointment, status, **more):
    """A step with an appointment, answered."""
    return await client.patch(f"/api/appointments/{appointment['id']}/status", json={"status": status} | more, headers=person.headers)


async def write(client, person, project_id, content="When may we see it?", **more):
    """Something said to the other side about a project, answered."""
    return await client.post("/api/messages", json={"project_id": project_id, "content": content} | more, headers=person.headers)


async def written(client, person, project_id, content="When may we see it?", **more):
    answer = await write(client, person, project_id, content, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def model(client, member, content=None, name="tower.glb", **said):
    """A member's 3D model, uploaded: answered."""
    wanted = {"model_name": "Tower A", "model_type": "exterior"} | said
    return await upload(client, member, glb() if content is None else content, name, "application/octet-stream", "/api/models", **wanted)


async def certificates(client, member, **place):
    """Those of an engineer, an architect and an accountant, uploaded."""
    ids = [
        (await upload(client, member, pdf(), f"{expert}.pdf", "application/pdf", **place)).json()["id"]
        for expert in ("engineer", "architect", "accountant")
    ]
    return dict(zip(("engineer_document_id", "architect_document_id", "accountant_document_id"), ids, strict=True))


async def ask_escrow(client, member, project_id, amount, papers, **more):
    """A member's wish to draw on a project's escrow account, answered."""
    said = {"amount": amount, "purpose": "The contractor's bill."} | papers | more
    return await client.post(f"/api/builder/projects/{project_id}/escrow/withdrawals", json=said, headers=member.headers)

"""Documents over HTTP: what is taken, who sees it, how a link opens it, and that nothing is left of what was refused."""

import asyncio
import io
import random
import re
import warnings
import zipfile
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import func, select, update

from realestate.adapters import objects
from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.documents import Document, StorageUse
from tests.factories import make_builder, make_customer, make_member, make_project, make_unit
from tests.poison import endless
from tests.stories import pdf, picture, reserved_booking, upload

pytestmark = pytest.mark.anyio

PDF = pdf()
NOISE = random.Random(7).randbytes(200_000)
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def office(*names, **contents):
    """An archive as office programs make them; what is named with contents has those."""
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
        for name, content in contents.items():
            archive.writestr(f"word/{name}.xml", content)
    return out.getvalue()


def lying(content, **said):
    """The same, whose directory says something else of each of its parts."""
    changed, place = bytearray(content), {"flags": slice(8, 10), "packed": slice(20, 24), "unpacked": slice(24, 28)}
    for entry in re.finditer(b"PK\x01\x02", content):
        for name, value in said.items():
            where = slice(entry.start() + place[name].start, entry.start() + place[name].stop)
            changed[where] = value.to_bytes(where.stop - where.start, "little")
    return bytes(changed)


def bomb(width, height):
    """A PNG of some bytes that says it is enormous."""
    small = bytearray(picture((8, 8), "PNG"))
    small[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    small[29:33] = zlib.crc32(small[12:29]).to_bytes(4, "big")
    return bytes(small)


async def kept():
    """The names of all objects, and how many documents there are."""
    keys = {key async for page in objects.old_keys(datetime.now(UTC) + timedelta(days=1)) for key in page}
    async with transaction(WORKER) as session:
        return keys, await session.scalar(select(func.count()).select_from(Document))


async def used(**owner):
    async with transaction(WORKER) as session:
        return await session.scalar(select(StorageUse.used).filter_by(**owner))


async def allow(builder, size):
    async with transaction(WORKER) as session:
        await session.execute(update(StorageUse).where(StorageUse.builder_id == builder.builder_id).values(allowed=size))


@pytest.fixture
async def sale(client):
    """A builder, a customer and their booking."""
    builder, customer = await make_builder(), await make_customer()
    return builder, customer, await reserved_booking(client, customer, await make_unit(builder))


# ── Who ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_viewer_of_the_team_uploads_nothing(client, sale):
    builder, _, _ = sale
    viewer = await make_member(builder, TeamRole.viewer)
    engineer = await make_member(builder, TeamRole.engineer)
    before = await kept()
    assert (await upload(client, viewer)).json()["code"] == "NOT_PERMITTED"
    assert (await upload(client, engineer, project_id=await make_project(builder))).json()["code"] == "NOT_PERMITTED"
    assert await kept() == before


async def test_a_customer_puts_nothing_into_a_project(client, sale):
    _, customer, booking = sale
    assert (await upload(client, customer, project_id=booking["project_id"])).json()["code"] == "WRONG_ROLE"


async def test_what_is_not_yours_is_no_place_for_a_document(client, sale):
    _, _, booking = sale
    stranger, others = await make_customer("Ravi Nair"), await make_builder("Bharat Builders")
    before = await kept()
    for person in (stranger, others):
        assert (await upload(client, person, booking_id=booking["id"])).status_code == 404
    assert (await upload(client, others, project_id=booking["project_id"])).status_code == 404
    assert await kept() == before


async def test_a_draft_is_seen_by_its_own_side_alone(client, sale):
    builder, customer, _ = sale
    colleague = await make_member(builder, TeamRole.support)
    theirs, ours = (await upload(client, customer)).json(), (await upload(client, builder)).json()
    assert (theirs["audience"], theirs["side"], theirs["builder_id"]) == ("party", "customer", None)
    assert (ours["audience"], ours["side"], ours["customer_id"]) == ("team", "builder", None)
    for person, document, status in (
        (customer, theirs, 200),
        (builder, theirs, 404),
        (customer, ours, 404),
        (builder, ours, 200),
        (colleague, ours, 200),
        (await make_customer(), theirs, 404),
    ):
        assert (await client.get(f"/api/documents/{document['id']}", headers=person.headers)).status_code == status


async def test_a_document_of_a_booking_is_for_both_sides(client, sale):
    builder, customer, booking = sale
    for uploader, reader in ((customer, builder), (builder, customer)):
        document = (await upload(client, uploader, PDF, "KYC आशा.pdf", kind="identity", booking_id=booking["id"])).json()
        assert (document["kind"], document["media_type"], document["file_name"]) == ("identity", "application/pdf", "KYC आशा.pdf")
        assert (document["subject"], document["subject_id"], document["booking_id"]) == ("booking", booking["id"], booking["id"])
        seen = await client.get(f"/api/documents/{document['id']}", headers=reader.headers)
        assert seen.status_code == 200 and seen.json()["sha256"] == document["sha256"]
        assert (await client.get(seen.json()["url"])).content == PDF


async def test_documents_are_listed_where_they_belong(client, sale):
    builder, customer, booking = sale
    ours = (await upload(client, builder, booking_id=booking["id"])).json()
    theirs = (await upload(client, customer, booking_id=booking["id"])).json()
    kept_back = (await upload(client, builder, booking_id=booking["id"], audience="team")).json()
    draft = (await upload(client, customer)).json()
    brochure = (await upload(client, builder, project_id=booking["project_id"], kind="brochure")).json()

    async def listed(path, person=None):
        return [one["id"] for one in (await client.get(path, headers=person.headers if person else {})).json()["documents"]]

    assert await listed(f"/api/bookings/{booking['id']}/documents", customer) == [theirs["id"], ours["id"]]
    assert await listed(f"/api/bookings/{booking['id']}/documents", builder) == [kept_back["id"], theirs["id"], ours["id"]]
    assert await listed("/api/customer/documents", customer) == [draft["id"], theirs["id"], ours["id"]]
    assert await listed("/api/customer/documents?limit=1&page=2", customer) == [theirs["id"]]
    page = (await client.get(f"/api/bookings/{booking['id']}/documents?limit=2", headers=builder.headers)).json()
    assert [page[name] for name in ("total", "page", "limit")] == [3, 1, 2] and len(page["documents"]) == 2
    assert (await client.get("/api/customer/documents?limit=101", headers=customer.headers)).status_code == 422
    assert await listed(f"/api/projects/{booking['project_id']}/documents") == [brochure["id"]]


async def test_what_the_team_keeps_to_itself_no_customer_sees(client, sale):
    builder, customer, booking = sale
    document = (await upload(client, builder, PDF, booking_id=booking["id"], audience="team")).json()
    assert (await client.get(f"/api/documents/{document['id']}", headers=customer.headers)).status_code == 404
    refused = await upload(client, customer, booking_id=booking["id"], audience="team")
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "audience"


@pytest.mark.parametrize(
    ("audience", "seen_by"),
    [("public", "visitor customer buyer"), ("customers", "customer buyer"), ("booked", "buyer"), ("team", "")],
)
async def test_a_document_of_a_project_is_for_its_audience(client, sale, audience, seen_by):
    builder, buyer, booking = sale
    document = (await upload(client, builder, PDF, project_id=booking["project_id"], audience=audience)).json()
    people = {"visitor": {}, "customer": (await make_customer()).headers, "buyer": buyer.headers}
    seen = {name for name, headers in people.items() if (await client.get(f"/api/documents/{document['id']}", headers=headers)).is_success}
    assert seen == set(seen_by.split())


async def test_a_public_document_of_a_draft_project_is_not_public_yet(client):
    builder = await make_builder()
    project_id = await make_project(builder, published=False)
    document = (await upload(client, builder, PDF, project_id=project_id)).json()
    address = f"/api/documents/{document['id']}"
    assert (await client.get(address)).status_code == 404
    assert (await client.post(f"/api/projects/{project_id}/publication", headers=builder.headers)).status_code == 200
    assert (await client.get(address)).json()["audience"] == "public"


# ── What is taken ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "media_type", "suffix"),
    [
        (PDF, "application/pdf", ".pdf"),
        (pdf(table=b"7 0 obj"), "application/pdf", ".pdf"),
        (picture(), "image/jpeg", ".jpg"),
        (picture(form="PNG"), "image/png", ".png"),
        (picture(form="WEBP"), "image/webp", ".webp"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 100, "video/mp4", ".mp4"),
        (
            office("word/document.xml", "word/embeddings/Figures1.xlsx"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ".docx",
        ),
        (office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
        (office(document="<row/>" * 10_000), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_file_is_what_its_bytes_say_and_so_does_its_name(client, content, media_type, suffix):
    customer = await make_customer()
    for name, kept_as in (
        ("x.html", f"x.html{suffix}"),
        ("X" + suffix.upper(), "X" + suffix.upper()),
        ("x" * 255, "x" * (255 - len(suffix)) + suffix),
    ):
        document = (await upload(client, customer, content, name, "text/html")).json()
        assert (document["media_type"], document["file_name"]) == (media_type, kept_as)
    answer = await client.get(document["url"])
    assert answer.headers["Content-Type"] == media_type and len(answer.content) == document["size"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
    how = "inline" if media_type.startswith(("image/", "video/")) else "attachment"
    assert answer.headers["Content-Disposition"].startswith(how)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "EMPTY_FILE"),
        (HTML, "UNSUPPORTED_FILE"),
        (SVG, "UNSUPPORTED_FILE"),
        (b"\xef\xbb\xbf" + SVG, "UNSUPPORTED_FILE"),
        (b"<?xml version='1.0'?>" + SVG, "UNSUPPORTED_FILE"),
        (b"MZ" + b"\0" * 200, "UNSUPPORTED_FILE"),
        (b"GIF89a" + b"\0" * 200, "UNSUPPORTED_FILE"),
        (b"\0", "UNSUPPORTED_FILE"),
        (b"x" * 200_000, "UNSUPPORTED_FILE"),
        (office("malware.exe"), "UNSUPPORTED_FILE"),
        (office("word/document.xml", "word/vbaProject.bin"), "UNSUPPORTED_FILE"),
        (office("word/document.xml", "xl/workbook.xml"), "UNSUPPORTED_FILE"),
        (office("word/document.xml", "word/../../x.xml"), "UNSUPPORTED_FILE"),
        (office("word/document.xml", "/etc/x.xml"), "UNSUPPORTED_FILE"),
        (office("word/document.xml", "word\\..\\x.xml"), "UNSUPPORTED_FILE"),
        (office("word/document.xml", "C:/x.xml"), "UNSUPPORTED_FILE"),
        (office("word/document.xml", "word/media/more.ZIP"), "UNSUPPORTED_FILE"),
        (office("word/document.xml", "word/media/more.docx"), "UNSUPPORTED_FILE"),
        (office("word/document.xml", "word/document.xml"), "UNSUPPORTED_FILE"),
        (lying(office("word/document.xml"), flags=1), "UNSUPPORTED_FILE"),
        (office(document="0" * 20_000_000), "FILE_TOO_DENSE"),
        (office(document="0" * 200_000), "FILE_TOO_DENSE"),
        (lying(office(**{f"part{n}": NOISE for n in range(6)}), unpacked=20_000_000, packed=len(NOISE)), "FILE_TOO_DENSE"),
        (office(*(f"word/{n}.xml" for n in range(5000))), "FILE_TOO_DENSE"),
        (lying(office("word/document.xml"), packed=1_000_000), "FILE_TOO_DENSE"),
        (office("word/document.xml")[:-30], "BROKEN_FILE"),
        (PDF[:-8], "BROKEN_FILE"),
        (b"%PDF-1.7\n" + HTML + b"\n%%EOF\n", "BROKEN_FILE"),
        (b"%PDF-1.7\n" + HTML + b"\nstartxref\n9\n%%EOF\n", "BROKEN_FILE"),
        (pdf().replace(b"%PDF-1.7", b"%PDF-9.7"), "BROKEN_FILE"),
        (picture((640, 480))[:-300], "BROKEN_FILE"),
        (picture((640, 480), "PNG")[:-60], "BROKEN_FILE"),
        (b"\xff\xd8\xff" + HTML, "BROKEN_FILE"),
        (b"\x89PNG\r\n\x1a\n" + HTML, "BROKEN_FILE"),
        (b"RIFF\0\0\0\0WEBP" + HTML, "BROKEN_FILE"),
        (bomb(60_000, 60_000), "IMAGE_TOO_LARGE"),
        (bomb(2**31 - 1, 2**31 - 1), "IMAGE_TOO_LARGE"),
        (bomb(40_000_001, 1), "IMAGE_TOO_LARGE"),
    ],
)
async def test_what_is_hostile_or_broken_is_refused_and_leaves_nothing(client, content, code):
    customer = await make_customer()
    before = await kept()
    answer = await upload(client, customer, content, "photo.png", "image/png")
    assert answer.status_code == 422 and answer.json()["errors"][0]["code"] == code, answer.text
    assert await kept() == before


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "a\\b.jpg", "/abs.jpg", "x" * 256 + ".jpg", "line\x7f.jpg"])
async def test_a_name_that_leads_elsewhere_is_refused(client, name):
    answer = await upload(client, await make_customer(), name=name)
    assert answer.status_code == 422, answer.text


async def test_a_name_is_kept_verbatim_and_encoded_where_it_is_a_header(client):
    name = 'Grundriß "A"; filename=evil.html €.jpg'
    customer = await make_customer()
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="Grundri\xc3\x9f %22A%22; filename=evil.html \xe2\x82\xac.jpg"\r\n\r\n'
    headers = customer.headers | {"Content-Type": "multipart/form-data; boundary=x"}
    document = (await client.post("/api/documents", content=body + picture() + b"\r\n--x--\r\n", headers=headers)).json()
    assert document["file_name"].replace("%22", '"') == name
    said = (await client.get(document["url"])).headers["Content-Disposition"]
    assert (
        said.isascii()
        and said.count("filename=") == 1
        and "filename*=UTF-8''Grundri%C3%9F" in said
        and "; filename=evil" not in said.split('"')[0]
    )


async def test_an_image_is_upright_and_keeps_no_secrets(client):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "Camera of Asha", {1: "N", 2: (18.0, 31.0, 0.0)}
    camera = picture((80, 40), exif=exif, comment=b"<script>") + HTML
    document = (await upload(client, await make_customer(), camera)).json()
    served = (await client.get(document["url"])).content
    for secret in (b"Camera of Asha", b"Exif", b"script"):
        assert secret not in served
    assert Image.open(io.BytesIO(served)).size == (40, 80), "turned as the camera was held"
    thumbnail = await client.get(document["thumbnail_url"])
    assert thumbnail.headers["Content-Type"] == "image/webp" and Image.open(io.BytesIO(thumbnail.content)).format == "WEBP"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
async def test_nor_do_other_images(client, form):
    exif = Image.Exif()
    exif[0x010F] = "Camera of Asha"
    text = PngInfo()
    text.add_text("Comment", "<script>")
    content = picture((80, 40), form, exif=exif, **({"pnginfo": text} if form == "PNG" else {}))
    assert b"Camera of Asha" in content
    served = (await client.get((await upload(client, await make_customer(), content)).json()["url"])).content
    assert b"Camera of Asha" not in served and b"script" not in served


async def test_a_thumbnail_is_small(client):
    document = (await upload(client, await make_customer(), picture((3000, 1500), "PNG"))).json()
    thumbnail = Image.open(io.BytesIO((await client.get(document["thumbnail_url"])).content))
    assert thumbnail.size == (512, 256)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"nonsense": "1"}, "nonsense"),
        ({"kind": "virus"}, "kind"),
        ({"booking_id": "x"}, "booking_id"),
        ({"booking_id": "0"}, "booking_id"),
    ],
)
async def test_a_wrong_field_is_named_and_leaves_nothing(client, said, field):
    customer, before = await make_customer(), await kept()
    answer = await upload(client, customer, **said)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == field
    assert await kept() == before


async def test_a_form_without_a_file_or_with_many_is_refused(client):
    customer = await make_customer()
    nothing, empty, many = [], [("file", ("", b"", "image/png"))], [("file", (f"{n}.jpg", picture())) for n in range(3)]
    for files, status in ((nothing, 422), (empty, 422), (many, 400)):
        answer = await client.post("/api/documents", files=files, data={"kind": "photo"}, headers=customer.headers)
        assert answer.status_code == status, answer.text
    answer = await client.post("/api/documents", json={"file": "x"}, headers=customer.headers)
    assert answer.status_code == 415


# ── Size and room ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_body_beyond_the_limit_is_refused_while_it_comes(client):
    customer, before = await make_customer(), await kept()
    headers = customer.headers | {"Content-Type": "multipart/form-data; boundary=x"}
    for content in (b"x" * (25 * 1024 * 1024 + 1), endless(40)):
        answer = await client.post("/api/documents", content=content, headers=headers)
        assert answer.status_code == 413 and answer.json()["code"] == "BODY_TOO_LARGE"
    assert await kept() == before


async def test_who_is_nobody_does_not_get_to_send(client):
    sent = 0

    async def body():
        nonlocal sent
        async for chunk in endless(8):
            sent += 1
            yield chunk

    answer = await client.post("/api/documents", content=body(), headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 401


async def test_a_file_of_many_megabytes_comes_back_byte_for_byte(client):
    content = pdf(bytes(range(256)) * 40_000)
    document = (await upload(client, await make_customer(), content)).json()
    assert document["size"] == len(content)
    assert (await client.get(document["url"])).content == content


async def test_two_uploads_at_once_do_not_pass_the_quota_together(client):
    builder = await make_builder()
    one = await upload(client, builder, PDF)
    assert one.status_code == 201
    before, _ = await kept()
    await allow(builder, 3 * len(PDF))
    answers = await asyncio.gather(*(upload(client, builder, PDF) for _ in range(6)))
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert len(refused) == 4 and {said["code"] for said in refused} == {"QUOTA_EXCEEDED"}
    assert await used(builder_id=builder.builder_id) == 3 * len(PDF)
    assert len((await kept())[0] - before) == 2, "what was refused has left no object"


async def test_a_customer_fills_its_own_room_and_not_the_builders(client, sale):
    builder, customer, booking = sale
    document = (await upload(client, customer, booking_id=booking["id"])).json()
    assert await used(builder_id=builder.builder_id) is None
    assert await used(customer_id=customer.user_id) > document["size"], "thumbnails count"


# ── Deleting ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_deleted_draft_is_gone_with_its_bytes_and_its_room(client):
    customer = await make_customer()
    before, _ = await kept()
    document = (await upload(client, customer)).json()
    stranger = await make_customer()
    assert (await client.delete(f"/api/documents/{document['id']}", headers=stranger.headers)).status_code == 404
    assert (await client.delete(f"/api/documents/{document['id']}", headers=customer.headers)).status_code == 200
    assert (await client.get(document["url"])).status_code == 404
    assert (await kept())[0] == before and await used(customer_id=customer.user_id) == 0


async def test_what_others_have_been_shown_stays(client, sale):
    builder, customer, booking = sale
    for person in (builder, customer):
        document = (await upload(client, person, booking_id=booking["id"])).json()
        answer = await client.delete(f"/api/documents/{document['id']}", headers=person.headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "DOCUMENT_ATTACHED")


async def test_the_team_takes_away_what_it_has_put_beside_a_project(client, sale):
    builder, customer, booking = sale
    document = (await upload(client, builder, project_id=booking["project_id"])).json()
    address = f"/api/documents/{document['id']}"
    assert (await client.delete(address, headers=customer.headers)).json()["code"] == "FORBIDDEN"
    assert (await client.delete(address, headers=builder.headers)).status_code == 200
    assert (await client.get(address)).status_code == 404


# ── Links ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("holder=customer", "holder=builder"),
        ("ends=1", "ends=2"),
        ("ends=1", "ends=0"),
        ("/file", "/thumbnail"),
        ("&signature=", "&signature=é&x="),
    ],
)
async def test_a_link_that_was_touched_opens_nothing(client, old, new):
    document = (await upload(client, await make_customer())).json()
    answer = await client.get(document["url"].replace(old, new).partition("&x=")[0])
    assert (answer.status_code, answer.json()["code"]) == (403, "LINK_INVALID")


async def test_a_link_opens_one_document_only(client):
    customer = await make_customer()
    one, other = (await upload(client, customer)).json(), (await upload(client, customer)).json()
    answer = await client.get(one["url"].replace(f"/{one['id']}/", f"/{other['id']}/"))
    assert answer.json()["code"] == "LINK_INVALID"


async def test_a_link_ends_when_its_holder_may_see_the_document_no_more(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    document = (await upload(client, builder, PDF, project_id=project_id)).json()
    link = (await client.get(f"/api/documents/{document['id']}")).json()["url"]
    assert (await client.get(link)).content == PDF
    await client.delete(f"/api/projects/{project_id}/publication", headers=builder.headers)
    assert (await client.get(link)).status_code == 404
    assert (await client.get(document["url"])).content == PDF, "the team's own link goes on"


async def test_what_visitors_may_see_has_an_address_for_good(client, sale):
    builder, _, booking = sale
    brochure = (await upload(client, builder, PDF, project_id=booking["project_id"])).json()
    hidden = (await upload(client, builder, PDF, project_id=booking["project_id"], audience="customers")).json()
    answer = await client.get(f"/api/documents/{brochure['id']}/file")
    assert answer.content == PDF and answer.headers["Cache-Control"].startswith("public")
    assert (await client.get(f"/api/documents/{hidden['id']}/file")).status_code == 404
    assert (await client.get(f"/api/documents/{brochure['id']}/file?holder=builder.1.1.")).status_code == 403


async def test_a_link_may_be_asked_for_a_stretch_and_again(client):
    document = (await upload(client, await make_customer(), PDF)).json()
    whole = await client.get(document["url"])
    for wanted, stretch in (("bytes=0-4", PDF[:5]), ("bytes=5-", PDF[5:]), ("bytes=-5", PDF[-5:]), ("bytes=5-99999", PDF[5:])):
        part = await client.get(document["url"], headers={"Range": wanted})
        assert (part.status_code, part.content) == (206, stretch)
        assert part.headers["Content-Range"].endswith(f"/{len(PDF)}")
    for wanted in ("bytes=99999-", "bytes=4-2", "bytes=0-1,3-4", "pages=1-2", "bytes=-0"):
        assert (await client.get(document["url"], headers={"Range": wanted})).content == PDF
    again = await client.get(document["url"], headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

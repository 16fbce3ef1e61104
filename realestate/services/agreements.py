"""Agreements of confirmed bookings. Drawing takes a while, so it comes before the transaction, which then looks again:

paper = await agreements.look(member, booking_id)
async with agreements.drawn(paper) as upload, transaction(member) as session:
    await agreements.keep(session, member, booking_id, paper, upload)
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from io import BytesIO
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud, reading
from realestate.database import WORKER, Identity, transaction
from realestate.errors import Conflict, NotFound, Transient
from realestate.models.accounts import Role
from realestate.models.agreements import Agreement, is_draft
from realestate.models.bookings import BookingStatus
from realestate.models.documents import Audience, DocumentKind, DocumentSubject
from realestate.models.notifications import Event
from realestate.papers.agreements import Paper, draw
from realestate.schemas.agreements import AgreementBasis, AgreementFile, AgreementOut, AgreementTerms
from realestate.services import documents, drawing
from realestate.services.documents import Content, Opened, Place, Upload
from realestate.services.notifications import notify
from realestate.views.agreements import BASIS, NEWEST, NEWEST_FILE

TERMS = set(AgreementTerms.model_fields)
PDF = "application/pdf"


async def look(member: Identity, booking_id: int) -> Paper | None:
    """What the agreement of a booking should be by now; None where there can be none, of which `keep` speaks when it is its turn."""
    with suppress(NotFound, Conflict):
        return _paper(await reading.read(member, BASIS.query(member.role), id=booking_id))
    return None


@asynccontextmanager
async def drawn(paper: Paper | None) -> AsyncIterator[Upload | None]:
    """Its PDF, drawn and stored; None for an edition that there is already."""
    if paper is None or paper.is_kept:
        yield None
        return
    pdf = await drawing.drawn(draw, paper)
    name = f"Agreement {paper.number}, version {paper.edition}.pdf"
    async with documents.stored(BytesIO(pdf), name, lambda file: Content(PDF, file)) as upload:
        yield upload


async def keep(session: AsyncSession, member: Identity, booking_id: int, paper: Paper | None, upload: Upload | None) -> Paper:
    """Write the edition down and tell the parties. Conflict BOOKING_NOT_CONFIRMED, AGREEMENT_NOT_DRAFTED, or PARTY_UNKNOWN.

    Transient when it is not any more what it should be: then all of it is done again.
    """
    booking = await crud.bookings.get(session, booking_id)
    wanted = await look_again(session, booking_id)
    if wanted != paper:
        raise Transient
    if upload is None:
        return wanted
    key = {"builder_id": booking.builder_id, "project_id": booking.project_id, "booking_id": booking.id}
    facts = {"edition": wanted.edition, "is_draft": wanted.is_draft, "content_hash": wanted.content_hash}
    terms = wanted.terms.model_dump(mode="json")
    agreement = Agreement(**key, **facts, customer_id=booking.customer_id, terms=terms, generated_by=member.me)
    session.add(agreement)
    document = await documents.receive(session, member, upload, DocumentKind.agreement)
    document.edition = wanted.edition
    place = Place(
        DocumentSubject.agreement, agreement.id, booking.builder_id, booking.project_id, Audience.party, booking.customer_id, booking.id
    )
    await documents.attach(session, member, [document.id], place)
    booking.put_on_paper(wanted.number)
    params = {"number": booking.booking_number, "edition": wanted.edition, "agreement": wanted.number}
    notify(session, Event.agreement_generated, booking, part=wanted.edition, **params)
    return wanted


async def draw_signed(booking_id: int) -> None:
    """The edition with everybody's signature, once the last one is there; in the name of whoever made the draft. Repeatable."""
    async with transaction(WORKER) as session:
        booking = await crud.bookings.get(session, booking_id)
        paper = await look_again(session, booking_id)
        maker = await crud.bookings.maker_of_agreement(session, booking_id)
    if paper.is_kept or paper.is_draft:
        return
    clerk = Identity(Role.worker, maker, booking.builder_id)
    async with drawn(paper) as upload, transaction(clerk) as session:
        await keep(session, clerk, booking_id, paper, upload)


async def look_again(session: AsyncSession, booking_id: int) -> Paper:
    """What it should be, as an unfinished transaction sees it."""
    return _paper(await reading.read_back(session, BASIS.query(session.info["identity"].role), id=booking_id))


async def newest(session: AsyncSession, booking_id: int) -> AgreementOut:
    """The edition that counts, with a link to its file."""
    query = NEWEST.query(session.info["identity"].role)
    return AgreementOut.model_validate(_first(await reading.read_back(session, query, booking_id=booking_id, limit=1)))


async def find(party: Identity, booking_id: int) -> AgreementOut:
    """The same for a party; NotFound as long as there is none."""
    return AgreementOut.model_validate(_first(await reading.read(party, NEWEST.query(party.role), booking_id=booking_id, limit=1)))


async def open_newest(party: Identity, booking_id: int) -> Opened:
    """Its PDF."""
    found = _first(await reading.read(party, NEWEST_FILE.query(party.role), booking_id=booking_id, limit=1))
    return documents.opened(AgreementFile.model_validate(found).document)


def _first(said: bytes | None) -> Any:
    found = json.loads(said or b"[]")
    if not found:
        raise NotFound(detail="There is no agreement of this booking.")
    return found[0]


def _paper(said: bytes | None) -> Paper:
    """The next edition, or the last one when nothing has changed. Once signed, the terms are those of the last edition, whatever has changed."""
    if said is None:
        raise NotFound
    found = json.loads(said.partition(b":")[2])
    draft = is_draft(BookingStatus(found["status"]), found["agreement_hash"])
    basis = AgreementBasis.model_validate(found)
    last = basis.agreements[-1] if basis.agreements else None
    if last is None and not draft and basis.transferred_from_id is None:
        raise Conflict(
            "AGREEMENT_NOT_DRAFTED",
            "This booking was signed on other paper: no draft of an agreement was made here while it was confirmed.",
        )
    terms = last.terms if last and not draft else basis.model_dump(mode="json", include=TERMS)
    digest = digest_of(terms)
    is_kept = last is not None and (last.content_hash, last.is_draft) == (digest, draft)
    edition = (last.edition if last else 0) + (not is_kept)
    signatures = [one.as_said for one in basis.signatures if not draft and one.content_hash == digest]
    return Paper(f"AG-{basis.id:06d}", edition, draft, basis.agreement_date, digest, _whole(terms), is_kept, signatures)


def _whole(terms: dict[str, Any]) -> AgreementTerms:
    whole = AgreementTerms.model_validate(terms)
    if any(party.customer is None for party in whole.parties):
        raise Conflict("PARTY_UNKNOWN", "A party of this booking has no profile that you can see; its agreement would not name everybody.")
    return whole


def digest_of(terms: dict[str, Any]) -> str:
    """SHA-256 of the terms as JSON without spaces, names in order: what is printed can be worked out again from what is kept."""
    return sha256(json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()

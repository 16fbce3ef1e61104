"""The documents and 3D models of the demo data: of each site, and of the two customers whose logins are told to people."""

from datetime import timedelta
from functools import partial
from itertools import cycle

from sqlalchemy import select

from realestate.database import Identity
from realestate.demo import shapes
from realestate.demo.papers import put_on_paper
from realestate.demo.people import CUSTOMERS
from realestate.demo.sales import Diary
from realestate.demo.sites import Site
from realestate.models.accounts import Role
from realestate.models.agreements import READY
from realestate.models.bookings import Booking, BookingStatus
from realestate.models.documents import Audience, DocumentKind
from realestate.models.models3d import AccessLevel, ModelType
from realestate.models.projects import PublishState
from realestate.schemas.documents import DocumentCreate
from realestate.schemas.models3d import ModelCreate
from realestate.services import documents, models3d
from realestate.services.documents.gltf import look_at_model

MONTH = timedelta(days=30)


def fill_shelf(diary: Diary, sites: dict[str, Site], customers: list[int]) -> None:
    """A month after each launch, and lately."""
    for site, access in zip(sites.values(), cycle(AccessLevel), strict=False):
        begin = diary.now - MONTH * max(0, site.place.launched - 1)
        diary.at(begin, partial(_show_model, diary, site, access))
        diary.at(begin, partial(_show_elevation, diary, site))
    for customer_id, name in zip(customers, CUSTOMERS, strict=False):
        diary.at(diary.now - MONTH, partial(_hand_in, diary, customer_id, name))
    diary.at(diary.now - MONTH / 2, partial(_put_on_paper, diary, sites, customers))


async def _show_model(diary: Diary, site: Site, access: AccessLevel) -> None:
    said = ModelCreate(
        project_id=site.project.id,
        model_name=f"{site.place.name}, massing",
        model_description="Towers and floors at true heights.",
        model_type=ModelType.exterior,
        access_level=access,
        publish_state=PublishState.published if site.place.is_published else PublishState.draft,
    )
    name = f"{site.project.slug}.glb"
    async with documents.stored(shapes.walkable(site.place), name, partial(look_at_model, name=name)) as upload:
        await models3d.create(diary.session, site.team.engineer, upload, said)


async def _show_elevation(diary: Diary, site: Site) -> None:
    said = DocumentCreate(kind=DocumentKind.floor_plan, project_id=site.project.id, audience=Audience.public)
    async with documents.stored(shapes.drawn(site.place), f"{site.project.slug} elevation.jpg") as upload:
        await documents.create(diary.session, site.team.engineer, upload, said)


async def _hand_in(diary: Diary, customer_id: int, name: str) -> None:
    """To whichever of the customer's bookings was allotted last."""
    allotted = select(Booking).where(Booking.customer_id == customer_id, Booking.status != BookingStatus.inquiry)
    booking = (await diary.session.scalars(allotted.order_by(Booking.confirmed_at.desc().nulls_last(), Booking.id))).first()
    if booking:
        said = DocumentCreate(kind=DocumentKind.identity, booking_id=booking.id)
        async with documents.stored(shapes.card(name), "Identity card.jpg") as upload:
            await documents.create(diary.session, Identity(Role.customer, customer_id), upload, said)


async def _put_on_paper(diary: Diary, sites: dict[str, Site], customers: list[int]) -> None:
    """What these customers have been allotted."""
    owners = {site.project.id: site.team.owner for site in sites.values()}
    allotted = select(Booking).where(Booking.customer_id.in_(customers), Booking.status.in_(READY))
    for booking in (await diary.session.scalars(allotted.order_by(Booking.id))).all():
        await put_on_paper(diary.session, owners[booking.project_id], booking.id)

"""What is still for sale in the demo data: cost sheets, a new tower, what customers follow, and a rise of prices that they hear of."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from realestate.database import Identity
from realestate.demo.sales import Diary
from realestate.demo.sites import Site
from realestate.models.accounts import Role
from realestate.models.units import FacingDirection, PriceCode, UnitStatus, UnitType
from realestate.schemas.units import RepricingCreate, UnitUpdate
from realestate.schemas.units.prices import PriceLineCreate, UnitChoice
from realestate.schemas.units.stock import GenerationCreate, StackTemplate
from realestate.services import units

C = PriceCode
ITEMISED, RAISED = "Deccan Crest Skyline", "Deccan Crest Riverwalk"
NEW_TOWER = "C"
DAY = timedelta(days=1)


@dataclass
class Offer:
    """What is done with what nobody has bought; the sales must be in the diary already."""

    diary: Diary
    site: Site

    async def itemise(self) -> None:
        """Ten homes say what their price consists of."""
        for unit_id, price in self.site.free[:10]:
            said = UnitUpdate(price_lines=_lines(price))
            await units.change(self.diary.session, self.site.team.owner, unit_id, None, said)

    async def build(self) -> None:
        """The next tower is planned, and not on sale yet."""
        project = self.site.project
        made = await units.generate(self.diary.session, project.id, _tower(project.price_range_min or Decimal(5_000_000)), False)
        project.total_units += made.created

    async def be_followed(self, customer_id: int, count: int) -> None:
        for unit_id, _ in self.site.free[:count]:
            await units.follow(self.diary.session, Identity(Role.customer, customer_id), unit_id)

    async def rise(self) -> None:
        """By two per cent, to whole ten thousands."""
        chosen = UnitChoice(unit_ids=[unit_id for unit_id, _ in self.site.free])
        said = RepricingCreate(percent=Decimal(2), round_to=Decimal(10_000), only=chosen)
        await units.reprice(self.diary.session, self.site.team.owner, self.site.project.id, said, False)


def offer_all(diary: Diary, sites: dict[str, Site], customers: list[int]) -> None:
    """Last of all, because it speaks of what is left."""
    river, skyline = Offer(diary, sites[RAISED]), Offer(diary, sites[ITEMISED])
    diary.at(diary.now - 40 * DAY, skyline.itemise)
    diary.at(diary.now - 30 * DAY, skyline.build)
    for number, customer_id in enumerate(customers[:6]):
        for offer in (river, skyline):
            diary.at(diary.now - (20 - number) * DAY, partial(offer.be_followed, customer_id, 3 - number % 3))
    diary.at(diary.now - 3 * DAY, river.rise)


def _lines(price: Decimal) -> list[PriceLineCreate]:
    """Around the price that there was: parking and floor rise in the plan, registration and an advance apart from it."""
    parking, rise = Decimal(450_000), Decimal(125_000)
    return [
        PriceLineCreate(code=C.base, name="Base price", amount=price - parking - rise),
        PriceLineCreate(code=C.floor_rise, name="Floor rise", amount=rise),
        PriceLineCreate(code=C.parking, name="Covered parking, one", amount=parking),
        PriceLineCreate(code=C.tax, name="GST", percent=Decimal(5)),
        PriceLineCreate(code=C.fee, name="Stamp duty and registration", amount=Decimal(630_000), in_plan=False, pass_through=True),
        PriceLineCreate(code=C.maintenance_advance, name="Maintenance, 24 months", amount=Decimal(96_000), in_plan=False, refundable=True),
    ]


def _tower(price: Decimal) -> GenerationCreate:
    kinds = ((UnitType.two_bhk, 840, Decimal("1.3")), (UnitType.three_bhk, 1180, Decimal("1.8")))
    stacks = [
        StackTemplate(stack=f"{n}", unit_type=kind, area_sqft=Decimal(area), price=(price * factor).quantize(Decimal(1)), facing=facing)
        for n, ((kind, area, factor), facing) in enumerate(zip(kinds, (FacingDirection.east, FacingDirection.west), strict=True), 1)
    ]
    floors = {"first_floor": 1, "last_floor": 9, "skip_floors": [4]}
    return GenerationCreate(tower=NEW_TOWER, **floors, price_step_per_floor=Decimal(25_000), stacks=stacks, status=UnitStatus.unreleased)

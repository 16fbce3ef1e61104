"""The projects of the demo data, as rows, with all their units."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.demo.people import BLOCKED
from realestate.demo.places import KINDS, Place
from realestate.demo.teams import Team
from realestate.models.base import slugify
from realestate.models.money import add_months
from realestate.models.projects import Jurisdiction, Project, PublishState
from realestate.models.units import FacingDirection, Unit, UnitStatus, UnitType
from realestate.services import audit

SIZES = (Decimal(1), Decimal("1.04"), Decimal("0.96"))
"""Units of one kind differ a little from stack to stack."""
LARGER_IN_THE_GULF = Decimal("1.3")


@dataclass(frozen=True, slots=True)
class Site:
    """A project with what can still be sold of it, ids and prices, the next one last; and what has been allotted."""

    place: Place
    project: Project
    team: Team
    free: list[tuple[int, Decimal]]
    gone: list[tuple[int, Decimal, int]] = field(default_factory=list)


async def open_site(session: AsyncSession, place: Place, team: Team, random: Random, today: date) -> Site:
    """The project, and all its units in one statement."""
    project = Project(**_project(place, team), **_dates(place, today))
    session.add(project)
    await session.flush()
    audit.record(session, "project.created", project, project_name=project.project_name)
    rows = [unit | _offer(place, unit, team, random, today) for unit in _units(place, project)]
    ids = await session.scalars(insert(Unit).returning(Unit.id, sort_by_parameter_order=True), rows)
    free = [(id, row["price"]) for id, row in zip(ids.all(), rows, strict=True) if row["status"] is UnitStatus.available]
    random.shuffle(free)
    return Site(place, project, team, free)


# ── Projects ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _project(place: Place, team: Team) -> dict[str, Any]:
    slug, currency = slugify(place.name), team.builder.default_currency
    return {
        "builder_id": team.builder.id,
        "project_name": place.name,
        "slug": slug,
        "description": place.about,
        "project_type": place.project_type,
        "status": place.status,
        "publish_state": PublishState.published if place.is_published else PublishState.draft,
        "location_address": place.address,
        "location_city": place.city,
        "location_state": place.state,
        "location_zipcode": place.zipcode,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "currency": currency,
        "timezone": "Asia/Dubai" if currency == "AED" else "Asia/Kolkata",
        "jurisdiction": _jurisdiction(place, currency),
        "rera_number": place.rera or None,
        "total_units": sum(len(_kinds_on(place, floor)) for floor in _floors(place)) * len(place.towers),
        "project_area": Decimal(len(place.towers) * len(place.stacks) * 4200),
        "amenities": place.amenities.split("|"),
        "towers": [_tower(place, code) for code in place.towers],
        "images": [f"https://picsum.photos/seed/{slug}-{n}/1200/800" for n in range(1, 5)],
        "floor_plans": [_floor_plan(kind) for kind in dict.fromkeys(place.podium + place.stacks)],
        "is_featured": place.is_featured,
        # a day, so that a hold can be tried at leisure; days of grace, because dates by the month come sooner or later with the month
        "rules": {"hold_minutes": 1440, "interest_percent": "10.75", "grace_days": 10, "bounce_charge": "500"},
    }


def _dates(place: Place, today: date) -> dict[str, date | None]:
    """Ground is broken two months after the launch; the buyers are promised ninety days more than the plan."""
    ready = add_months(today, place.ready)
    return {
        "start_date": add_months(today, 2 - place.launched),
        "expected_completion_date": ready,
        "promised_possession_date": today + timedelta(days=30 * place.ready + 90),  # days: what delay costs is the same whenever this runs
        "actual_completion_date": ready if place.ready < 0 else None,
    }


def _jurisdiction(place: Place, currency: str) -> Jurisdiction:
    """Abu Dhabi has a law of its own, for which there is no rule pack."""
    if currency == "INR":
        return Jurisdiction.in_rera
    return Jurisdiction.ae_dubai if place.city == "Dubai" else Jurisdiction.generic


def _tower(place: Place, code: str) -> dict[str, Any]:
    name = f"Tower {code}" if place.floors > 1 else place.name
    return {"code": code, "name": name, "floors": place.floors, "stacks": [f"{n:02d}" for n in range(1, len(place.stacks) + 1)]}


def _floor_plan(kind: UnitType) -> str:
    return f"https://placehold.co/1000x800?text={kind.value.replace('+', '-plus')}+floor+plan"


# ── Units ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _floors(place: Place) -> range:
    return range(1, place.floors + 1)


def _kinds_on(place: Place, floor: int) -> tuple[UnitType, ...]:
    """Shops below, and half as many but larger homes at the top, where there are such."""
    if place.podium and floor <= 2:
        return place.podium
    return (place.top,) * (len(place.stacks) // 2) if place.top and floor == place.floors else place.stacks


def _units(place: Place, project: Project) -> Iterator[dict[str, Any]]:
    for code in place.towers:
        for floor in _floors(place):
            for stack, kind in enumerate(_kinds_on(place, floor), 1):
                is_tower = place.floors > 1
                yield _measures(kind, stack, project.currency) | {
                    "builder_id": project.builder_id,
                    "project_id": project.id,
                    "is_published": place.is_published,
                    "tower": code,
                    "unit_number": f"{floor * 100 + stack}" if is_tower else f"{stack:02d}",
                    "floor_number": floor if is_tower else 0,
                    "stack": f"{stack:02d}",
                    "created_at": project.created_at + timedelta(days=3),
                    "updated_at": project.created_at + timedelta(days=3),
                }


def _measures(kind: UnitType, stack: int, currency: str) -> dict[str, Any]:
    carpet, bedrooms, bathrooms, balconies, parking, _ = KINDS[kind]
    area = (carpet * SIZES[stack % 3] * (LARGER_IN_THE_GULF if currency == "AED" else 1)).quantize(Decimal(1))
    return {
        "unit_type": kind,
        "area_sqft": area,
        "built_up_area": (area * Decimal("1.15")).quantize(Decimal(1)),
        "super_area": (area * Decimal("1.32")).quantize(Decimal(1)),
        "bedrooms": bedrooms,
        "bathrooms": bathrooms,
        "balconies": balconies,
        "parking_spaces": parking,
        "facing": tuple(FacingDirection)[stack * 3 % 8],
        "floor_plan_url": None if kind is UnitType.plot else _floor_plan(kind),
        "features": ["Corner unit"] if stack == 1 else [],
    }


def _offer(place: Place, unit: dict[str, Any], team: Team, random: Random, today: date) -> dict[str, Any]:
    """Its price, whether it is on sale, and for some what they cost before."""
    price, status, reason, history = _price(place, unit, team), UnitStatus.available, None, []
    floor = unit["floor_number"] or 1
    if floor > place.on_sale:
        status = UnitStatus.unreleased
    elif random.random() < 0.03:
        status, reason = UnitStatus.blocked, random.choice(BLOCKED)
    elif random.random() < 0.1:
        until = f"{today - timedelta(days=random.randint(20, 30 * place.launched - 10))}T06:30:00.000000Z"
        history = [{"old": float(_rounded(price * Decimal("0.96"), team)), "new": float(price), "at": until, "by": team.owner.me}]
    return {"price": price, "status": status, "status_reason": reason, "price_history": history}


def _price(place: Place, unit: dict[str, Any], team: Team) -> Decimal:
    """Carpet area × rate, more on each floor and for some kinds, rounded as price lists are."""
    rise = 1 + Decimal(place.rise) / 100 * (unit["floor_number"] or 1)
    return _rounded(unit["area_sqft"] * place.rate * rise * KINDS[unit["unit_type"]][5], team)


def _rounded(price: Decimal, team: Team) -> Decimal:
    step = 1_000 if team.builder.default_currency == "AED" else 10_000
    return (price / step).quantize(Decimal(1), ROUND_HALF_UP) * step

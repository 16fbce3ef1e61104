"""Units by themselves, apart from the table of their states (see test_states)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from realestate.errors import Conflict, Invalid
from realestate.models.projects import Project
from realestate.models.units import Unit, UnitStatus, UnitType

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def unit(**more):
    said = {
        "status": UnitStatus.available,
        "price": Decimal("7500000.01"),
        "price_history": [],
        "price_lines": [],
        "hold_count": 0,
        "is_published": True,
    }
    return Unit(**said | more)


def test_a_hold_freezes_the_price_and_freeing_forgets_the_holder():
    flat = unit()

    flat.hold(7, 9, NOW + timedelta(minutes=30))

    assert (flat.status, flat.customer_id, flat.held_by_user_id, flat.hold_price, flat.hold_count) == ("held", 7, 9, flat.price, 1)
    flat.free("end_hold")
    assert (flat.status, flat.customer_id, flat.held_by_user_id, flat.hold_expires_at, flat.hold_price) == ("available", *[None] * 4)
    assert flat.hold_count == 1


def test_a_held_unit_is_reserved_by_its_holder_only():
    flat = unit()
    flat.hold(7, 7, NOW)

    with pytest.raises(Conflict) as refusal:
        flat.reserve(8, NOW)
    assert refusal.value.code == "UNIT_NOT_AVAILABLE"
    flat.reserve(7, NOW + timedelta(hours=72))
    assert flat.status == "reserved" and flat.hold_expires_at == NOW + timedelta(hours=72)


def test_every_new_price_leaves_the_old_one_in_the_history():
    flat = unit()

    flat.reprice(Decimal(8_000_000), NOW, 9)
    flat.reprice(Decimal(8_100_000), NOW, 9)

    assert [(entry["old"], entry["new"]) for entry in flat.price_history] == [(7500000.01, 8000000.0), (8000000.0, 8100000.0)]
    assert flat.price == 8_100_000 and {entry["by"] for entry in flat.price_history} == {9}


@pytest.mark.parametrize("status", [UnitStatus.reserved, UnitStatus.booked, UnitStatus.sold, UnitStatus.handed_over])
def test_the_price_of_a_taken_unit_is_fixed(status):
    with pytest.raises(Invalid):
        unit(status=status).reprice(Decimal(1), NOW, 9)


def test_a_unit_is_released_in_a_published_project_only():
    with pytest.raises(Conflict) as refusal:
        unit(status=UnitStatus.unreleased, is_published=False).release()
    assert refusal.value.code == "PROJECT_NOT_PUBLISHED"


def test_people_call_a_unit_by_tower_and_number():
    project = Project(project_name="Ashoka Residency")

    assert unit(tower="A", unit_number="12", project=project).names == {"unit": "A-12", "project": "Ashoka Residency"}
    assert unit(unit_number="Villa 3", project=project).names["unit"] == "Villa 3"


def test_types_say_how_many_bedrooms():
    assert {word.value: word.bedrooms for word in UnitType if word.bedrooms} == {"1BHK": 1, "2BHK": 2, "3BHK": 3, "4BHK+": 4}
    assert UnitType("4bhk ") is UnitType.four_bhk

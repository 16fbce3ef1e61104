"""Projects by themselves."""

from datetime import UTC, date, datetime

import pytest

from realestate.errors import Conflict, Invalid
from realestate.models.accounts import Builder, BuilderStatus
from realestate.models.base import slugify
from realestate.models.projects import Project


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Riverside Heights", "riverside-heights"), ("  Élan – Phase 2!", "elan-phase-2"), ("शांति", "unnamed"), ("a" * 59 + " b", "a" * 59)],
)
def test_a_slug_is_what_can_stand_in_an_address(name, slug):
    assert slugify(name) == slug


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("promised_possession_date", {"promised_possession_date": date(2026, 1, 1)}),
        ("actual_completion_date", {"actual_completion_date": date(2026, 1, 1)}),
        ("price_range_max", {"price_range_max": 4}),
        ("expected_completion_date", {"start_date": date(2028, 1, 1)}),
    ],
)
def test_a_change_that_puts_the_whole_out_of_order_is_refused_by_name(field, said):
    project = Project(start_date=date(2026, 6, 1), expected_completion_date=date(2027, 6, 1), price_range_min=5)

    with pytest.raises(Invalid) as refusal:
        project.revise(said)
    assert refusal.value.extra["errors"][0]["field"] == field


@pytest.mark.parametrize("status", [BuilderStatus.pending, BuilderStatus.suspended])
def test_only_an_active_builder_publishes(status):
    with pytest.raises(Conflict):
        Project().publish(Builder(status=status))


def test_the_day_is_that_of_the_site():
    late_in_greenwich = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)

    assert Project(timezone="Asia/Kolkata").date_at(late_in_greenwich) == date(2026, 11, 21)
    assert Project(timezone="Europe/London").date_at(late_in_greenwich) == date(2026, 11, 20)


def test_a_location_is_one_line_of_what_is_known():
    assert Project(location_city="Pune").location == "Pune"
    assert Project(location_address="Baner Road", location_city="Pune", location_state="MH").location == "Baner Road, Pune, MH"

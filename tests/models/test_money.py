"""Splitting money (domain.md §3.1), plans made of it, and the years that numbers belong to."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate.errors import Conflict
from realestate.models.bookings import PaymentPlan
from realestate.models.money import CENT, PlanLine, PlanTrigger, add_months, financial_year, split
from realestate.models.plans import STANDARD_PLANS, plan_of


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        ("5.47", "33.34 33.33 33.33", "1.82 1.83 1.82"),
        ("30000", "1 1 1", "10000.00 10000.00 10000.00"),
        (
            "7500000.01",
            "10 15 15 15 15 15 10 5",
            "750000.00 1125000.00 1125000.00 1125000.01 1125000.00 1125000.00 750000.00 375000.00",
        ),
    ],
)
def test_the_vectors_of_the_design(total, weights, parts):
    assert split(D(total), [D(weight) for weight in weights.split()]) == [D(part) for part in parts.split()]


weights = st.lists(st.integers(1, 10_000).map(lambda n: D(n) / 100), min_size=1, max_size=60)


@given(total=st.integers(1, 10**15).map(lambda n: D(n) / 100), weights=weights)
def test_any_split_sums_exactly_and_stays_within_a_minor_unit_of_ideal(total, weights):
    parts = split(total, weights)

    whole = sum(weights)
    assert sum(parts) == total
    assert all(part >= 0 and abs(part - total * weight / whole) < CENT for part, weight in zip(parts, weights, strict=True))


@pytest.mark.parametrize("plan", STANDARD_PLANS)
def test_every_plan_totals_exactly_a_hundred_and_begins_with_the_booking(plan):
    lines = plan_of({}, plan).lines

    assert sum(line.weight for line in lines) == 100
    assert lines[0].trigger is PlanTrigger.on_booking


def test_a_plan_that_only_a_project_can_define_is_not_offered_by_itself():
    with pytest.raises(Conflict) as refusal:
        plan_of({}, PaymentPlan.custom)
    assert refusal.value.code == "PLAN_NOT_OFFERED"


def test_months_end_where_the_month_ends():
    assert [add_months(date(2027, 1, 31), n) for n in (1, 2, 13)] == [date(2027, 2, 28), date(2027, 3, 31), date(2028, 2, 29)]


def test_a_line_knows_its_date_only_when_time_alone_decides_it():
    anchor = date(2027, 1, 31)
    assert PlanLine("", D(1), PlanTrigger.on_booking, due_in_days=15).date_from(anchor) == date(2027, 2, 15)
    assert PlanLine("", D(1), PlanTrigger.on_date, offset_months=1, offset_days=2).date_from(anchor) == date(2027, 3, 2)
    assert PlanLine("", D(1), PlanTrigger.on_milestone, phase_key="structure").date_from(anchor) is None


@pytest.mark.parametrize(
    ("day", "currency", "year"),
    [
        (date(2027, 3, 31), "INR", "2026-27"),
        (date(2027, 4, 1), "INR", "2027-28"),
        (date(2099, 12, 1), "INR", "2099-00"),
        (date(2027, 4, 1), "AED", "2027"),
    ],
)
def test_the_financial_year_of_rupees_begins_in_april(day, currency, year):
    assert financial_year(day, currency) == year

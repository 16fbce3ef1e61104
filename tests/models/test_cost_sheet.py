"""Cost sheets sum exactly, whatever they consist of."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate.errors import Invalid
from realestate.models.money import round_cents
from realestate.models.units import CostSheet, PriceCode, PriceLine

C = PriceCode
cents = st.integers(0, 10**12).map(lambda minor: Decimal(minor).scaleb(-2))
rates = st.integers(0, 500_000).map(lambda rate: Decimal(rate).scaleb(-4))
others = st.builds(
    PriceLine, st.sampled_from([C.floor_rise, C.view, C.parking, C.fee]), st.just("x"), cents, in_plan=st.booleans(), taxable=st.booleans()
)
taxes = st.builds(PriceLine, st.just(C.tax), st.just("Tax"), percent=rates, in_plan=st.booleans())


def base(amount, **more):
    return PriceLine(C.base, "Base price", Decimal(amount), taxable=True, **more)


@given(cents.map(lambda amount: amount + 1), st.lists(others, max_size=8), st.lists(taxes, max_size=4))
def test_a_sheet_sums_to_the_last_hundredth(amount, lines, tax_lines):
    sheet = CostSheet.said([base(amount), *lines, *tax_lines])

    taxable, found = sum(line.amount for line in sheet.lines if line.taxable), sheet.taxes
    assert sheet.total == sum(line.amount for line in sheet.lines) == sheet.price + sum(x.amount for x in sheet.lines if not x.in_plan)
    assert found == round_cents(taxable * sum((line.percent for line in tax_lines), Decimal(0)) / 100)
    for line in sheet.lines:
        assert line.amount == round_cents(line.amount) >= 0
        if line.percent is not None:
            assert abs(line.amount - taxable * line.percent / 100) < Decimal("0.011")
    assert CostSheet.of(sheet.price, sheet.kept) == sheet
    snapshot = sheet.snapshot
    assert sum(Decimal(line["amount"]) for line in snapshot["lines"]) == Decimal(snapshot["total"]) == sheet.price


def test_taxes_follow_a_new_base_and_a_discount():
    sheet = CostSheet.said(
        [base(100), PriceLine(C.discount, "Festival", Decimal(-10), taxable=True), PriceLine(C.tax, "Tax", percent=Decimal(5))]
    )

    assert (sheet.taxes, sheet.price) == (Decimal("4.50"), Decimal("94.50"))
    assert sheet.with_base(Decimal(210)).price == Decimal(210)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([PriceLine(C.parking, "Parking", Decimal(5))], "ONE_BASE"),
        ([base(1), base(2)], "ONE_BASE"),
        ([base(-1)], "OUT_OF_RANGE"),
        ([base(5), PriceLine(C.discount, "x", Decimal(5))], "OUT_OF_RANGE"),
        ([base(5), PriceLine(C.discount, "x", Decimal(-5))], "OUT_OF_RANGE"),
        ([base(5, in_plan=False)], "OUT_OF_RANGE"),
        ([base(10**13), PriceLine(C.parking, "x", Decimal(1))], "OUT_OF_RANGE"),
        ([base(5), PriceLine(C.fee, "x", percent=Decimal(5))], "ONLY_TAXES"),
        ([base(5), PriceLine(C.tax, "x", percent=Decimal(5), taxable=True)], "OUT_OF_RANGE"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(lines, code):
    with pytest.raises(Invalid) as refusal:
        CostSheet.said(lines)
    assert refusal.value.extra["errors"][0]["code"] == code

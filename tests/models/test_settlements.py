"""What a buyer gets back: worked out by hand for each cause and jurisdiction, and held for any figures."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realestate.models.bookings import CancellationCause
from realestate.models.policies import PACKS, Policy
from realestate.models.projects import Jurisdiction
from realestate.models.settlements import Account, Receipt, settle

C = CancellationCause
D = Decimal
TODAY = date(2026, 11, 21)
GENERIC, RERA, DUBAI = (PACKS[word] for word in (Jurisdiction.generic, Jurisdiction.in_rera, Jurisdiction.ae_dubai))


def account(*paid, price="10000000", **more):
    return Account(D(price), [Receipt(D(amount), on) for amount, on in paid], **{name: D(value) for name, value in more.items()})


LATELY = date(2026, 10, 22)
TEN = (("3000000", LATELY),)


@pytest.mark.parametrize(
    ("cause", "policy", "facts", "retention", "refundable"),
    [
        (C.cooling_off, GENERIC, account(("150000", LATELY)), "0", "150000"),
        (C.buyer_request, GENERIC, account(*TEN), "1000000", "2000000"),
        (C.buyer_request, GENERIC, account(("150000", LATELY)), "150000", "0"),  # never more than has been paid
        (C.buyer_default, GENERIC, account(*TEN), "1000000", "2000000"),
        (C.buyer_default, RERA, account(*TEN), "1000000", "2000000"),
        (C.buyer_request, DUBAI, account(*TEN, progress="50"), "1000000", "2000000"),  # the law's bands are for default
        (C.buyer_request, RERA, account(*TEN), "1000000", "2000000"),
        (C.buyer_default, DUBAI, account(("6000000", LATELY), progress="80.01"), "4000000", "2000000"),
        (C.buyer_default, DUBAI, account(*TEN, progress="81"), "3000000", "0"),  # 40 % of the value
        (C.buyer_default, DUBAI, account(("6000000", LATELY), progress="80"), "4000000", "2000000"),
        (C.buyer_default, DUBAI, account(("6000000", LATELY), progress="60"), "4000000", "2000000"),
        (C.buyer_default, DUBAI, account(("6000000", LATELY), progress="59.99"), "2500000", "3500000"),
        (C.buyer_default, DUBAI, account(("6000000", LATELY), progress="0.01"), "2500000", "3500000"),
        (C.buyer_default, DUBAI, account(("6000000", LATELY), progress="0"), "1800000", "4200000"),  # 30 % of the money paid
        (C.buyer_request, DUBAI, account(("6000000", LATELY), progress="81"), "1000000", "5000000"),  # of their own, as anywhere
        (C.buyer_request, DUBAI, account(*TEN, progress="0"), "900000", "2100000"),  # no more than one in default: 30 % of the money paid
        (C.mutual, GENERIC, account(*TEN, agreed_retention="250000.50", agreed_interest="1000"), "250000.50", "2750999.50"),
        (C.builder_delay, Policy(interest_percent=D("10.75")), account(("1000000", LATELY)), "0", "1008835.62"),  # 30 days
        (C.project_cancelled, Policy(interest_percent=D(10)), account(("365000", LATELY), ("36500", TODAY)), "0", "404500"),
    ],
)
def test_a_settlement_worked_out_by_hand(cause, policy, facts, retention, refundable):
    said = settle(cause, facts, policy, TODAY)
    assert (said.retention, said.refundable) == (D(retention), D(refundable))


@pytest.mark.parametrize(
    ("cause", "policy", "due", "after_resale"),
    [
        (C.buyer_request, GENERIC, date(2027, 1, 5), None),  # 45 days
        (C.buyer_default, RERA, date(2027, 1, 5), None),
        (C.buyer_request, DUBAI, date(2027, 1, 5), None),
        (C.buyer_default, DUBAI, date(2027, 11, 21), 60),  # a year, or 60 days of the resale
        (C.buyer_default, Policy(refund_due_days=7), date(2026, 11, 28), None),
    ],
)
def test_a_refund_is_due_when_the_pack_says(cause, policy, due, after_resale):
    said = settle(cause, account(*TEN), policy, TODAY)
    assert (said.refund_due_by, said.refund_due_after_resale_days) == (due, after_resale)


def test_deductions_come_in_their_order_and_none_takes_what_is_not_there():
    facts = account(("1300000", LATELY), taxes="200000", pass_through_spent="60000", interest_due="50000", other_charges="70000")
    said = settle(C.buyer_request, facts, GENERIC, TODAY)
    taken = (said.retention, said.non_refundable_taxes, said.pass_through_spent, said.interest_due, said.other_charges)
    assert taken == (D(1000000), D(200000), D(60000), D(40000), D(0)) and said.refundable == 0
    assert said.retention_rule == "10 % of the price" and said.refund_due_by == date(2027, 1, 5)


def test_whoever_is_not_at_fault_pays_no_taxes_interest_or_fees():
    facts = account(*TEN, taxes="200000", pass_through_spent="60000", interest_due="50000", other_charges="70000")
    assert settle(C.builder_delay, facts, Policy(interest_percent=D(0)), TODAY).refundable == D(2930000)  # but the change that was made


amounts = st.decimals(0, 10**9, places=2, allow_nan=False)
facts = st.builds(
    Account,
    price=st.decimals(1, 10**9, places=2),
    receipts=st.lists(st.builds(Receipt, amounts, st.dates(date(2020, 1, 1), TODAY), st.booleans()), max_size=5),
    progress=st.decimals(0, 100, places=2),
    taxes=amounts,
    pass_through_spent=amounts,
    interest_due=amounts,
    other_charges=amounts,
    agreed_retention=st.none() | amounts,
    agreed_interest=st.none() | amounts,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is slow
@given(st.sampled_from(C), facts, st.sampled_from((GENERIC, RERA, DUBAI)))
def test_nobody_gets_less_than_nothing_or_more_than_was_paid_and_is_owed(cause, facts, policy):
    said = settle(cause, facts, policy, TODAY)
    taken = (said.retention, said.non_refundable_taxes, said.pass_through_spent, said.interest_due, said.other_charges)
    assert min(taken) >= 0 and said.refundable >= 0
    assert said.refundable == said.paid_cleared - sum(taken) - said.tax_credits + said.builder_interest_owed
    money = sum(receipt.amount for receipt in facts.receipts if not receipt.is_credit)
    assert 0 <= said.refundable - said.builder_interest_owed <= money and said.tax_credits <= said.paid_cleared - money


@given(facts, st.sampled_from((GENERIC, RERA, DUBAI)))
def test_nobody_who_leaves_of_their_own_loses_more_than_one_in_default(facts, policy):
    by_request, by_default = (settle(cause, facts, policy, TODAY) for cause in (C.buyer_request, C.buyer_default))
    assert by_request.retention <= by_default.retention


def test_deductions_take_credited_tax_first_and_what_is_left_of_it_comes_from_the_tax_office():
    paid = [Receipt(D(1000000), LATELY), Receipt(D(100000), LATELY, is_credit=True)]
    kept = settle(C.buyer_request, Account(D(500000), paid), GENERIC, TODAY)
    assert (kept.paid_cleared, kept.retention, kept.tax_credits, kept.refundable) == (D(1100000), D(50000), D(50000), D(1000000))
    none = settle(C.cooling_off, Account(D(500000), paid), GENERIC, TODAY)
    assert (none.tax_credits, none.refundable) == (D(100000), D(1000000))

"""Which money pays which line: the vector of the design, and that the order of writing down does not matter."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

from realestate.models.payments import Installment, InstallmentKind, InstallmentStatus, Payment
from realestate.services.payments.allocating import replay

START = datetime(2027, 1, 1, tzinfo=UTC)


def line(n, amount, day=0, kind=InstallmentKind.installment, due=date(2027, 1, 10)):
    """Demanded so many days after the start."""
    moment = START + timedelta(days=day)
    return Installment(id=n, seq=n, kind=kind, amount=D(amount), due_date=due, status=InstallmentStatus.demanded, demanded_at=moment)


def receipt(n, amount, day=0, refunded=0):
    return Payment(id=n, amount=D(amount), refunded=D(refunded), cleared_at=START + timedelta(days=day))


def paid(receipts, lines):
    return [(part.receipt.id, part.line.id, int(part.amount)) for part in replay(receipts, lines)]


def test_the_vector_of_the_design():
    """Outstanding 60,000 / 200,000 / 150,000, receive 300,000: 60,000 + 200,000 + 40,000."""
    lines = [line(n, amount) for n, amount in enumerate((60_000, 200_000, 150_000), 1)]
    assert paid([receipt(1, 300_000)], lines) == [(1, 1, 60_000), (1, 2, 200_000), (1, 3, 40_000)]


def test_the_oldest_due_date_is_paid_first_then_charges_then_interest():
    lines = [
        line(1, 10, kind=InstallmentKind.interest, due=date(2027, 1, 1)),
        line(2, 10, kind=InstallmentKind.charge, due=date(2027, 1, 2)),
        line(3, 10, due=date(2027, 3, 1)),
        line(4, 10, due=date(2027, 2, 1)),
    ]
    assert paid([receipt(1, 35)], lines) == [(1, 4, 10), (1, 3, 10), (1, 2, 10), (1, 1, 5)]


def test_credit_meets_the_next_demand_and_a_charge_that_was_paid_stays_paid():
    lines = [line(1, 10, kind=InstallmentKind.charge), line(2, 100, day=2)]
    assert paid([receipt(1, 30, day=1), receipt(2, 90, day=3)], lines) == [(1, 1, 10), (1, 2, 20), (2, 2, 80)]


def test_what_has_been_given_back_pays_nothing():
    assert paid([receipt(1, 30, refunded=25)], [line(1, 10)]) == [(1, 1, 5)]


def test_without_a_receipt_the_later_ones_pay_what_it_had_paid():
    lines = [line(1, 10), line(2, 10)]
    assert paid([receipt(1, 10), receipt(2, 5, day=1)], lines) == [(1, 1, 10), (2, 2, 5)]
    assert paid([receipt(2, 5, day=1)], lines) == [(2, 1, 5)]

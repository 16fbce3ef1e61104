"""Sales of the demo data that have come to money: each tale writes its days into the diary."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from realestate.demo import replans
from realestate.demo.people import TURNED_DOWN
from realestate.demo.sales import Sale
from realestate.models.bookings import PaymentPlan
from realestate.models.money import PlanLine, PlanTrigger, round_cents, split
from realestate.models.payments import PaymentMethod, PaymentType
from realestate.models.plans import plan_of
from realestate.models.projects import Jurisdiction
from realestate.models.rules import Rules

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SIGNED = DAY * 20
"""After the reserve."""
QUARTER = 92
"""Days: three months are never more. Ages stay clear of due dates, so that the same lines are due on whatever day this runs."""
OPEN_PLANS = (PaymentPlan.construction_linked, PaymentPlan.construction_linked, PaymentPlan.hybrid, PaymentPlan.possession_linked)
M = PaymentMethod
SMALL = {"INR": (M.upi, M.upi, M.card, M.online, M.cash), "AED": (M.card, M.online, M.bank_transfer)}
LARGE = {False: (*[M.bank_transfer] * 6, M.cheque, M.demand_draft), True: (M.bank_transfer, M.loan)}
"""With a loan or without."""
PAPER = (M.cheque, M.demand_draft)


def pay_token(sale: Sale) -> None:
    _send_token(sale, sale.begin(2, 12))


def wait_for_cheque(sale: Sale) -> None:
    sale.at(sale.diary.now - HOUR * 50, sale.enter)
    sale.at(sale.diary.now - HOUR * 20, partial(sale.pay, _token(sale), M.cheque, PaymentType.token))


def reject(sale: Sale) -> None:
    start = sale.begin(20, 90)
    _send_token(sale, start)
    sale.at(start + DAY * 4, partial(sale.reject, sale.random.choice(TURNED_DOWN)))


def confirm(sale: Sale) -> None:
    """On one of the plans that the project has; three in ten are late with their latest line."""
    age, unpaid = sale.site.place.launched * 30, int(sale.random.random() < 0.3)
    if sale.site.place.ready < 0:
        sale.plan = PaymentPlan.full_payment
        _allot(sale, sale.begin(5, 12))
    elif sale.random.random() < 0.5:
        buy_in_quarters(sale, sale.random.randint(0, min(3, (age - 75) // QUARTER)), unpaid)
    else:
        sale.plan = sale.random.choice(OPEN_PLANS)
        start = sale.begin(30, min(age - 10, 170))
        _allot(sale, start)
        _pay_lines(sale, start, unpaid)


def buy_in_quarters(sale: Sale, quarters: int, unpaid: int) -> None:
    """Time-linked, so many quarters into the plan."""
    sale.plan = PaymentPlan.time_linked
    start = sale.begin(QUARTER * quarters + 30, QUARTER * quarters + 50)
    _allot(sale, start)
    _pay_lines(sale, start, unpaid)


def register(sale: Sale) -> None:
    sale.plan = PaymentPlan.down_payment
    _complete(sale, sale.begin(150, sale.site.place.launched * 30 - 20))


def hand_over(sale: Sale) -> None:
    """Some weeks after the house was ready, and everything paid."""
    place = sale.site.place
    sale.plan = PaymentPlan.full_payment
    _complete(sale, sale.begin(400, place.launched * 30 - 20))
    moment = sale.diary.ago(sale.random.randint(5, max(10, -30 * place.ready - 15)))
    sale.at(moment - DAY * 20, sale.offer_possession)
    sale.at(moment, sale.hand_over)


def offer(sale: Sale) -> None:
    """Ready for weeks, and not fetched yet."""
    sale.plan = PaymentPlan.full_payment
    _complete(sale, sale.begin(400, sale.site.place.launched * 30 - 20))
    sale.at(sale.diary.ago(12), sale.offer_possession)
    sale.at(sale.diary.ago(4), sale.complain)


def share(sale: Sale, customer_id: int) -> None:
    """A couple's."""
    start = sale.begin(13, 18)  # while the agreement, which names them both, is not signed
    _allot(sale, start)
    sale.at(start + DAY * 10, partial(sale.share, customer_id))


def ask_to_leave(sale: Sale) -> None:
    start = sale.begin(40, 60)
    _allot(sale, start)
    sale.at(sale.diary.ago(3), partial(sale.ask_to_leave, "We are moving to another city."))


def leave(sale: Sale) -> None:
    """The unit is for somebody else since."""
    start = sale.begin(90, 120)
    _send_token(sale, start)
    sale.at(start + DAY * 3, sale.confirm)
    sale.at(start + DAY * 40, partial(sale.ask_to_leave, "The loan has been refused."))
    sale.at(start + DAY * 45, sale.leave)


def give_over(sale: Sale, customer_id: int) -> None:
    start = sale.begin(70, 90)
    _allot(sale, start)
    sale.at(start + DAY * 30, partial(sale.give_over, customer_id))


def plan_anew(sale: Sale) -> None:
    """The bank pays in other parts than the plan has; of what comes later, something is proposed again."""
    sale.plan = PaymentPlan.time_linked
    start = sale.begin(40, 50)
    _allot(sale, start)
    sale.at(start + DAY * 25, partial(replans.propose, sale))
    sale.at(start + DAY * 26, partial(replans.agree, sale))
    sale.at(sale.diary.ago(2), partial(replans.propose, sale))


def exchange(sale: Sale, unit_id: int) -> None:
    """For another one; the first is free since."""
    start = sale.begin(50, 70)
    _send_token(sale, start)
    sale.at(start + DAY * 3, sale.confirm)
    sale.at(start + DAY * 10, partial(sale.exchange, unit_id))


def _complete(sale: Sale, start: datetime) -> None:
    _allot(sale, start)
    _pay_lines(sale, start)
    if not _signs_early(sale):
        _sign(sale, start)
    sale.at(start + DAY * 110, sale.register)


def _allot(sale: Sale, start: datetime) -> None:
    _send_token(sale, start)
    sale.at(start + DAY * 3, sale.confirm)
    sale.site.gone.append((sale.unit_id, sale.price, sale.customer_id))
    if _signs_early(sale):
        _sign(sale, start)


def _signs_early(sale: Sale) -> bool:
    """In India, where little may be asked for before the agreement."""
    return sale.site.project.jurisdiction is Jurisdiction.in_rera


def _sign(sale: Sale, start: datetime) -> None:
    """Unless it was reserved so lately that this is still to come."""
    for moment, verb in ((start + SIGNED - DAY * 8, sale.draft), (start + SIGNED, sale.sign)):
        if moment < sale.diary.now:
            sale.at(moment, verb)


# ── Money ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _send_token(sale: Sale, start: datetime) -> None:
    """By half of them all of the first line at once."""
    pays_all = sale.random.random() < 0.5 and sale.plan not in (PaymentPlan.full_payment, PaymentPlan.possession_linked)
    sale.paid = _amounts(sale)[0] if pays_all else _token(sale)
    method = M.bank_transfer if pays_all else sale.random.choice(SMALL[sale.site.project.currency])
    sale.at(start + DAY, partial(sale.pay, sale.paid, method, PaymentType.token))


def _pay_lines(sale: Sale, start: datetime, unpaid: int = 0) -> None:
    """The lines that have fallen due, some days late and all but the last `unpaid`; of those sometimes a part."""
    due = list(_due_lines(sale, start))
    for moment, amount in due[: len(due) - unpaid]:
        _pay_line(sale, moment + DAY * sale.random.randint(0, 5), amount)
    for moment, amount in due[len(due) - unpaid :]:
        sale.at(moment, sale.fall_due)
        if sale.random.random() < 0.4:
            sale.at(moment + DAY * 2, partial(sale.pay, round_cents(amount * 2 / 5), M.bank_transfer))
            if sale.needs_loan:
                sale.at(moment + DAY * 3, sale.bounce)
                sale.at(moment + DAY * 4, sale.take_back_charge)
        elif sale.needs_loan or sale.random.random() < 0.5:
            sale.at(moment + DAY * 3, sale.ask_for_waiver)


def _pay_line(sale: Sale, moment: datetime, amount: Decimal) -> None:
    method = sale.random.choice(LARGE[sale.needs_loan])
    sale.at(moment, partial(sale.pay, amount, method))
    if method in PAPER:
        sale.at(moment + DAY * 3, sale.clear)


def _due_lines(sale: Sale, start: datetime) -> Iterator[tuple[datetime, Decimal]]:
    """What is to be paid until today, and when; of the first line, what the first payment leaves."""
    paid = sale.paid
    for line, amount in zip(plan_of({}, sale.plan).lines, _amounts(sale), strict=True):
        moment = _when_due(sale, line, start)
        if moment and moment <= sale.diary.now and amount > paid:
            yield moment, amount - paid
        paid = Decimal(0)


def _when_due(sale: Sale, line: PlanLine, start: datetime) -> datetime | None:
    """Not before the line's date, and the same distance from the start whatever the months' lengths: else the order of payments varied."""
    match line.trigger:
        case PlanTrigger.on_booking:
            waits = _signs_early(sale) and line.weight > (sale.site.project.pre_agreement_cap or 100)
            return max(start + DAY * line.due_in_days, start + SIGNED if waits else start)
        case PlanTrigger.on_date:
            return start + DAY * (line.offset_months // 3 * QUARTER + line.offset_days)
        case PlanTrigger.on_agreement if _signs_early(sale):
            return start + SIGNED + DAY * line.due_in_days
    return None


def _token(sale: Sale) -> Decimal:
    """As `services.bookings` will price it."""
    return min(_amounts(sale)[0], round_cents(sale.price * Rules().token_percent / 100))


def _amounts(sale: Sale) -> list[Decimal]:
    return split(sale.price, [line.weight for line in plan_of({}, sale.plan).lines])

"""Every figure of money that is shown, worked out anew from payments, allocations, lines and phases, in plain Python on plain rows."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from sqlalchemy import text

from realestate.database import WORKER, transaction

ZERO, CENT = Decimal(0), Decimal("0.01")
CLEARED = ("completed", "partially_refunded", "refunded")
OWED = ("demanded", "partially_paid")
GONE = ("cancelled", "waived")
ACTIVE = (
    "reserved",
    "token_paid",
    "booking_confirmed",
    "agreement_signed",
    "registered",
    "possession_offered",
    "handed_over",
    "cancellation_requested",
)
AGES = ((1, 30, "days_1_30"), (31, 60, "days_31_60"), (61, 90, "days_61_90"), (91, 10**6, "days_over_90"))


async def ledger(project_id):
    """The rows of a project: its bookings, lines, payments, allocations, entries and withdrawals, amounts in units."""
    async with transaction(WORKER) as session:

        async def rows(table, *money):
            found = await session.execute(text(f"SELECT * FROM {table} WHERE project_id = :id ORDER BY id"), {"id": project_id})
            return [SimpleNamespace(**dict(one._mapping) | {name: Decimal(one._mapping[name]) / 100 for name in money}) for one in found]

        project = (await session.execute(text("SELECT * FROM projects WHERE id = :id"), {"id": project_id})).one()
        return SimpleNamespace(
            project=project,
            bookings=await rows("bookings", "total_amount"),
            lines=await rows("installments", "amount", "allocated"),
            waivers=await rows("waivers", "amount"),
            payments=await rows("payments", "amount", "allocated", "refunded", "going_back"),
            allocations=await rows("allocations", "principal", "tax", "interest"),
            amendments=await rows("plan_amendments", "amount"),
            entries=await rows("escrow_entries", "amount"),
            withdrawals=await rows("escrow_withdrawals", "amount"),
            phases=await rows("project_progress"),
        )


class Figures:
    """What a ledger comes to. Nothing here asks the columns that triggers keep; `paid_of` is the sum of allocations."""

    def __init__(self, book):
        self.book = book
        self.today = datetime.now(UTC).astimezone(ZoneInfo(book.project.timezone)).date()
        self.late_before = self.today - timedelta(days=book.project.rules.get("grace_days", 0))
        self.paid_of, self.used_of, self.back_of = Counter(), Counter(), Counter()
        for one in book.allocations:
            amount = one.principal + one.tax + one.interest
            self.paid_of[one.installment_id] += amount
            self.used_of[one.payment_id] += amount
        for one in book.payments:
            if one.kind == "refund" and one.status == "completed":
                self.back_of[one.refund_of_id] += one.amount

    def of(self, rows, booking_id):
        return [one for one in rows if booking_id in (None, one.booking_id)]

    def left(self, line):
        return ZERO if line.status in GONE else line.amount - self.paid_of[line.id]

    def received(self, booking_id=None):
        cleared = [one for one in self.of(self.book.payments, booking_id) if one.status in CLEARED]
        return sum((-one.amount if one.kind == "refund" else one.amount for one in cleared), ZERO)

    def moved(self, since):
        """What has come less what has gone from a day on. What was written down as a booking went on as another one has not moved; what the
        company owes for delay has not come, nor does it take anything back from what has."""
        went_on = {one.created_at for one in self.book.bookings if one.transferred_from_id or one.swapped_from_id}
        owed = {one.id for one in self.book.payments if one.kind == "interest_credit"}
        found = [one for one in self.book.payments if one.status in CLEARED and one.payment_date >= since and one.created_at not in went_on]
        found = [one for one in found if owed.isdisjoint((one.id, one.refund_of_id))]
        return sum((-one.amount if one.kind == "refund" else one.amount for one in found), ZERO)

    def credit(self, booking_id):
        came = [one for one in self.of(self.book.payments, booking_id) if one.status in CLEARED and one.kind != "refund"]
        return sum((one.amount - self.back_of[one.id] - self.used_of[one.id] for one in came), ZERO)

    def outstanding(self, booking_id=None):
        """Of all bookings, or one: what its lines lack, less what has been paid ahead."""
        if booking_id is None:
            return sum((self.outstanding(one.id) for one in self.book.bookings), ZERO)
        return max(sum((self.left(line) for line in self.of(self.book.lines, booking_id)), ZERO) - self.credit(booking_id), ZERO)

    def owed(self, booking_id=None):
        return [line for line in self.of(self.book.lines, booking_id) if line.status in OWED]

    def demanded(self, booking_id=None):
        return sum((self.left(line) for line in self.owed(booking_id)), ZERO)

    def overdue(self, booking_id=None):
        late = [line for line in self.owed(booking_id) if line.due_date and line.due_date < self.late_before]
        return sum((self.left(line) for line in late), ZERO)

    def closing(self, booking_id):
        """What the buyer owes: demanded and live, less what has come and meets nothing, and what was spent on nothing that lives."""
        asked = sum((line.amount for line in self.of(self.book.lines, booking_id) if line.demanded_at and line.status not in GONE), ZERO)
        gone = sum((self.paid_of[line.id] for line in self.of(self.book.lines, booking_id) if line.status in GONE), ZERO)
        return asked + gone - self.received(booking_id)

    def ages(self):
        found = Counter({name: ZERO for _, _, name in AGES})
        for line in self.owed():
            days = (self.late_before - line.due_date).days if line.due_date else 0
            for low, high, name in AGES:
                if low <= days <= high:
                    found[name] += self.left(line)
        return found

    def payment_status(self, booking_id):
        if any(line.due_date and line.due_date < self.late_before for line in self.owed(booking_id)):
            return "overdue"
        if self.received(booking_id) <= 0:
            return "unpaid"
        return "partial" if self.outstanding(booking_id) else "paid"

    def collected(self, booking_id=None):
        """Of what has come and stayed, receipt by receipt at the percent of its time, the part of the escrow account."""
        percents = {one.payment_id: one.percent for one in self.book.entries if one.kind == "received"}
        receipts = [
            one for one in self.of(self.book.payments, booking_id) if one.kind == "receipt" and one.status in CLEARED and one.id in percents
        ]
        shares = ((one.amount - self.back_of[one.id]) * percents[one.id] / 100 for one in receipts)
        return sum((share.quantize(CENT, ROUND_HALF_UP) for share in shares), ZERO)

    def withdrawn(self, status="approved"):
        return sum((one.amount for one in self.book.withdrawals if one.status == status), ZERO)


def expect_rows_to_agree(book, figures):
    """What the triggers keep, and that nothing exceeds anything."""
    for line in book.lines:
        assert line.allocated == figures.paid_of[line.id] <= line.amount and line.allocated >= 0, line
    for one in book.payments:
        asked = sum((refund.amount for refund in book.payments if refund.refund_of_id == one.id and refund.status != "rejected"), ZERO)
        assert one.allocated == figures.used_of[one.id] and one.allocated + one.refunded <= one.amount, one
        assert one.refunded == figures.back_of[one.id] <= one.going_back == asked <= one.amount or one.kind == "refund", one
        assert one.status != "bounced" or one.allocated == 0, one
    for booking in book.bookings:
        live = [line.amount for line in figures.of(book.lines, booking.id) if line.kind == "installment" and line.status != "cancelled"]
        assert booking.status not in ACTIVE or sum(live) == booking.total_amount, booking
        agreed = sum((one.amount for one in figures.of(book.waivers, booking.id) if one.status == "approved"), ZERO)
        gone = sum((line.amount - line.allocated for line in figures.of(book.lines, booking.id) if line.status == "waived"), ZERO)
        assert gone <= agreed or booking.transferred_from_id, booking
    for one in (amendment for amendment in book.amendments if amendment.status == "agreed"):
        replaced = [line for line in book.lines if line.id in one.replaces]
        assert {line.status for line in replaced} == {"cancelled"} and not any(line.demanded_at for line in replaced), one
        assert sum((line.amount for line in replaced), ZERO) == one.amount, one
    kept = sum((one.amount for one in book.entries if one.kind != "withdrawn"), ZERO)
    assert (
        kept == figures.collected() and -sum((one.amount for one in book.entries if one.kind == "withdrawn"), ZERO) == figures.withdrawn()
    )


async def expect_sums(project_id):
    """The same of a whole project, below all that is shown."""
    book = await ledger(project_id)
    expect_rows_to_agree(book, Figures(book))


async def reconcile(client, owner, customer, project_id):
    """All that a team and a customer are shown of a company's only project is what its rows come to."""
    book = await ledger(project_id)
    figures = Figures(book)
    expect_rows_to_agree(book, figures)

    async def shown(path, person=owner):
        answer = await client.get(path, headers=person.headers)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    def same(said, **amounts):
        assert {name: round(Decimal(str(said[name])), 2) for name in amounts} == amounts

    for booking in book.bookings:
        await _reconcile_booking(shown, same, figures, booking)
    on_dashboard = {one["id"]: one for one in (await shown("/api/customer/dashboard", customer))["bookings"]}
    listed = {one["id"]: one for one in await shown(f"/api/bookings/customer/{customer.user_id}", customer)}
    assert listed.keys() == {one.id for one in book.bookings} and len(on_dashboard) == min(len(listed), 20)
    for id, said in (*listed.items(), *on_dashboard.items()):
        same(said, paid_amount=figures.received(id), pending_amount=figures.outstanding(id))
    for id, said in on_dashboard.items():
        assert said["payment_status"] == figures.payment_status(id)

    stats = (await shown("/api/builder/bookings"))["stats"]
    came = figures.moved(since=date.min)
    same(stats, total_revenue=came, pending_revenue=figures.outstanding())
    [revenue] = (await shown("/api/builder/dashboard"))["revenue"]
    booked = sum((one.total_amount for one in book.bookings if one.status in ACTIVE), ZERO)
    this_month = figures.moved(since=figures.today.replace(day=1))
    same(revenue, booked=booked, received=came, received_this_month=this_month)
    same(revenue, outstanding=figures.outstanding(), overdue=figures.overdue())
    await _reconcile_collections(shown, same, figures, book)
    await _reconcile_escrow(shown, same, figures, book)


async def _reconcile_booking(shown, same, figures, booking):
    path = f"/api/bookings/{booking.id}"
    paid, pending = figures.received(booking.id), figures.outstanding(booking.id)
    said = await shown(path)
    same(said, paid_amount=paid, pending_amount=pending, total_amount=booking.total_amount)
    money = await shown(f"{path}/payments")
    same(money, total_paid=paid, total_pending=pending, credit_amount=figures.credit(booking.id))
    same(money, escrow_amount=figures.collected(booking.id))
    lines = {line.id: line for line in figures.of(figures.book.lines, booking.id)}
    for line in money["payment_schedule"]:
        same(line, paid_amount=figures.paid_of[line["id"]], outstanding=figures.left(lines[line["id"]]))
    for one in money["payments"]:
        same(one, allocated=figures.used_of[one["id"]], refunded_amount=figures.back_of[one["id"]])
    statement = await shown(f"{path}/statement")
    closing = figures.closing(booking.id)
    same(statement, closing_balance=closing)
    assert closing == figures.demanded(booking.id) - figures.credit(booking.id)
    sums = [sum((Decimal(str(entry[side])) for entry in statement["entries"]), ZERO) for side in ("debit", "credit")]
    same(statement, total_debits=sums[0], total_credits=sums[1])
    assert sums[0] - sums[1] == closing and (
        not statement["entries"] or round(Decimal(str(statement["entries"][-1]["balance"])), 2) == closing
    )


async def _reconcile_collections(shown, same, figures, book):
    collections = await shown("/api/builder/collections")
    ages = figures.ages()
    if figures.owed():
        [ageing] = collections["ageing"]
        same(ageing, **ages, overdue=figures.overdue(), outstanding=figures.demanded())
        same(ageing, not_due=figures.demanded() - sum(ages.values()))
    else:
        assert collections["ageing"] == []
    late = {one["booking_id"]: round(Decimal(str(one["overdue"])), 2) for one in collections["bookings"]}
    assert late == {one.id: figures.overdue(one.id) for one in book.bookings if figures.overdue(one.id)}
    demands = (await shown("/api/builder/demands?limit=100&is_overdue=true"))["demands"]
    assert sum((Decimal(str(one["outstanding"])) for one in demands), ZERO) == figures.overdue()
    refunds = (await shown("/api/builder/payments?kind=refund&limit=100"))["payments"]
    assert len(refunds) == min(100, sum(one.kind == "refund" for one in book.payments))


async def _reconcile_escrow(shown, same, figures, book):
    path = f"/api/builder/projects/{book.project.id}/escrow"
    collected, withdrawn = figures.collected(), figures.withdrawn()
    done = sum((phase.weight * phase.certified_percentage for phase in book.phases), ZERO) / 100
    bound = (collected * done / 100).quantize(CENT, "ROUND_FLOOR")
    left, missing = bound - withdrawn - figures.withdrawn("pending"), withdrawn - bound
    money = sum((one.amount - figures.back_of[one.id] for one in book.payments if one.kind == "receipt" and one.status in CLEARED), ZERO)
    account = await shown(path)
    same(account, received=money, collected=collected, withdrawn=withdrawn, balance=collected - withdrawn, bound=bound)
    same(account, withdrawable=max(left, ZERO), shortfall=max(missing, ZERO), certified_progress=done)
    statement = await shown(f"{path}/statement")
    same(statement, closing_balance=collected - withdrawn)
    assert sum((Decimal(str(entry["amount"])) for entry in statement["entries"]), ZERO) == collected - withdrawn

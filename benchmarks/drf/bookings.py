"""Bookings, money and inboxes, mapped the same way; sums and states of payment from what has been prefetched."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    DateField,
    DateTimeField,
    IntegerField,
    JSONField,
    Model,
    TextField,
)
from django.db.models.functions import Now
from django.utils import timezone
from drf.models import Customer, Project, Unit, belongs

CLEARED = ("completed", "partially_refunded", "refunded")


class Booking(Model):
    id = BigAutoField(primary_key=True)
    builder_id = BigIntegerField()
    project = belongs(Project)
    unit = belongs(Unit)
    customer = belongs(Customer)
    status = TextField()
    status_reason = TextField(null=True)
    payment_plan = TextField(null=True)
    plan_snapshot = JSONField()
    cost_sheet = JSONField()
    token_amount = BigIntegerField()
    total_amount = BigIntegerField()
    currency = TextField()
    booking_date = DateTimeField(db_default=Now())
    reserve_expires_at = DateTimeField(null=True)
    confirmed_at = DateTimeField(null=True)
    promised_possession_date = DateField(null=True)
    needs_loan = BooleanField()
    special_requests = TextField(null=True)
    agreement_url = TextField(null=True)
    version = IntegerField(db_default=1)
    created_at = DateTimeField(db_default=Now())

    class Meta:
        managed, db_table = False, "bookings"

    @property
    def booking_number(self):
        return f"BK-{self.id:06}"

    @property
    def live_lines(self):
        return [line for line in self.installments.all() if line.status not in ("cancelled", "waived")]

    @property
    def paid_amount(self):
        cleared = (payment for payment in self.payments.all() if payment.status in CLEARED)
        return sum(-payment.amount if payment.kind == "refund" else payment.amount for payment in cleared)

    @property
    def pending_amount(self):
        return sum(line.amount - line.allocated for line in self.live_lines)

    @property
    def payment_status(self):
        lines, project = self.live_lines, self.unit.project
        today = timezone.now().astimezone(ZoneInfo(project.timezone)).date() - timedelta(days=project.rules.get("grace_days", 0))
        if any(line.status in ("demanded", "partially_paid") and line.due_date and line.due_date < today for line in lines):
            return "overdue"
        if not any(line.allocated for line in lines):
            return "unpaid"
        return "partial" if any(line.allocated < line.amount for line in lines) else "paid"

    @property
    def current_status(self):
        is_over = self.status == "reserved" and self.reserve_expires_at and self.reserve_expires_at <= timezone.now()
        return "expired" if is_over else self.status


class Installment(Model):
    id = BigAutoField(primary_key=True)
    builder_id = BigIntegerField()
    project_id = BigIntegerField()
    booking = belongs(Booking, related_name="installments")
    customer_id = BigIntegerField()
    seq = IntegerField()
    name = TextField()
    amount = BigIntegerField()
    allocated = BigIntegerField(db_default=0)
    trigger = JSONField()
    status = TextField()
    due_date = DateField(null=True)
    demanded_at = DateTimeField(null=True)

    class Meta:
        managed, db_table = False, "installments"


class Payment(Model):
    id = BigAutoField(primary_key=True)
    booking = belongs(Booking, related_name="payments")
    kind = TextField()
    amount = BigIntegerField()
    status = TextField()

    class Meta:
        managed, db_table = False, "payments"


class BookingParty(Model):
    id = BigAutoField(primary_key=True)
    builder_id = BigIntegerField()
    project_id = BigIntegerField()
    booking_id = BigIntegerField()
    owner_id = BigIntegerField()
    customer_id = BigIntegerField()
    role = TextField()
    share = BigIntegerField()

    class Meta:
        managed, db_table = False, "booking_parties"


class Lead(Model):
    id = BigAutoField(primary_key=True)
    builder_id = BigIntegerField()
    customer_id = BigIntegerField()
    source = TextField()
    updated_at = DateTimeField(db_default=Now())

    class Meta:
        managed, db_table = False, "leads"


class NotificationCounter(Model):
    user_id = BigIntegerField(primary_key=True)
    seq = BigIntegerField()

    class Meta:
        managed, db_table = False, "notification_counters"


class Notification(Model):
    id = BigAutoField(primary_key=True)
    user_id = BigIntegerField()
    builder_id = BigIntegerField(null=True)
    seq = BigIntegerField()
    type = TextField()
    category = TextField()
    title = TextField()
    message = TextField()
    params = JSONField()
    related_entity_type = TextField()
    related_entity_id = BigIntegerField()
    priority = TextField()
    action_url = TextField(null=True)
    dedupe_key = TextField()

    class Meta:
        managed, db_table = False, "notifications"

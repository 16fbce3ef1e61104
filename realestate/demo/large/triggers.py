"""Triggers that take a row at a time, which would be minutes, rest. What they keep is kept by the statements, and then proved."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

RESTING = (
    ("project_progress", "overall_progress_follows_add"),
    ("units", "price_range_follows_add"),
    ("bookings", "schedule_sums"),
    ("installments", "schedule_sums"),
    ("installments", "ledger_sums_add"),
    ("payments", "ledger_sums_add"),
    ("allocations", "allocation_moves"),
)
PROOFS = {
    "a schedule does not sum to the total of its booking": """
        SELECT b.id FROM bookings b LEFT JOIN installments i ON i.booking_id = b.id AND i.kind = 'installment' AND i.status <> 'cancelled'
        WHERE b.id >= :first_booking AND b.status IN ('reserved', 'token_paid', 'booking_confirmed', 'agreement_signed', 'registered',
            'possession_offered', 'handed_over', 'cancellation_requested')
        GROUP BY b.id HAVING b.total_amount <> coalesce(sum(i.amount), 0)""",
    "a line is not the sum of its allocations, or in another state": """
        SELECT i.id FROM installments i LEFT JOIN allocations a ON a.installment_id = i.id WHERE i.id >= :first_line GROUP BY i.id
        HAVING i.allocated <> coalesce(sum(a.principal + a.tax + a.interest), 0)
            OR i.allocated > 0 AND i.status <> CASE i.allocated WHEN i.amount THEN 'paid' ELSE 'partially_paid' END
            OR i.allocated = 0 AND i.status IN ('paid', 'partially_paid')""",
    "a payment is not the sum of its allocations": """
        SELECT p.id FROM payments p LEFT JOIN allocations a ON a.payment_id = p.id WHERE p.id >= :first_payment GROUP BY p.id
        HAVING p.allocated <> coalesce(sum(a.principal + a.tax + a.interest), 0)""",
    "a project is not as far as its phases": """
        SELECT p.id FROM projects p LEFT JOIN project_progress g ON g.project_id = p.id WHERE p.id >= :first_project GROUP BY p.id
        HAVING p.overall_progress IS DISTINCT FROM round(sum(g.weight * g.progress_percentage) / sum(g.weight), 2)""",
    "a price is out of its project's range": """
        SELECT p.id FROM projects p LEFT JOIN units u ON u.project_id = p.id WHERE p.id >= :first_project GROUP BY p.id
        HAVING (p.price_range_min, p.price_range_max) IS DISTINCT FROM (min(u.price), max(u.price))""",
}
"""What they would have refused or put right: each finds nothing, or nothing is kept."""


@contextmanager
def resting(connection: Connection) -> Iterator[None]:
    """In this transaction only, in which nobody else writes: when it fails, they have never rested."""
    for table, trigger in RESTING:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"))
    yield
    for table, trigger in RESTING:
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}"))


def prove(connection: Connection, numbers: dict[str, Any]) -> None:
    for wrong, query in PROOFS.items():
        if (found := connection.execute(text(query), numbers).first()) is not None:
            raise RuntimeError(f"{wrong}: {found[0]}")

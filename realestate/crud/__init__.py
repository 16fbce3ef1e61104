"""WHAT IS KEPT: every statement that finds, locks, adds and changes. Flushes, never commits; rows are chosen by the wall."""

from realestate.crud import (
    accounts,
    appointments,
    audit,
    bookings,
    builders,
    documents,
    idempotency,
    leads,
    notifications,
    payments,
    progress,
    projects,
    reserves,
    settings,
    units,
)

__all__ = [
    "accounts",
    "appointments",
    "audit",
    "bookings",
    "builders",
    "documents",
    "idempotency",
    "leads",
    "notifications",
    "payments",
    "progress",
    "projects",
    "reserves",
    "settings",
    "units",
]

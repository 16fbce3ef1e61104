"""WHAT IS: tables, words and state rules; never a session. Import from the room's module; this package makes them all known."""

from realestate.models import (
    accounts,
    appointments,
    audit,
    base,
    bookings,
    documents,
    idempotency,
    models3d,
    money,
    notifications,
    payments,
    plans,
    progress,
    projects,
    settings,
    units,
)

__all__ = [
    "accounts",
    "appointments",
    "audit",
    "base",
    "bookings",
    "documents",
    "idempotency",
    "models3d",
    "money",
    "notifications",
    "payments",
    "plans",
    "progress",
    "projects",
    "settings",
    "units",
]

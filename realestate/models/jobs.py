"""What is done later. The tables are procrastinate's, in a schema of their own that only the worker and the clerk may touch; `Job` is what an
administrator sees of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from realestate.models.base import Kind, Word

SCHEMA = "jobs"
MOST_TRIES = 6
STALLED = 30.0
"""Seconds without a sign of life after which a worker counts as dead; it gives one every ten."""


class Task(Kind):
    """What can be done later: by the clock (`jobs.clock`), or after the transaction that asks for it (`services.jobs.later`)."""

    end_claims = "end_claims"
    warn_holders = "warn_holders"
    demand_dues = "demand_dues"
    remind_of_dues = "remind_of_dues"
    close_months = "close_months"
    seal_audit = "seal_audit"
    send_messages = "send_messages"
    deliver = "deliver"
    draw_agreement = "draw_agreement"
    clear_deliveries = "clear_deliveries"
    remind = "remind"
    expire_quotes = "expire_quotes"
    clear_keys = "clear_keys"
    sweep_objects = "sweep_objects"
    rehearse_gateway = "rehearse_gateway"
    check_checkouts = "check_checkouts"
    send_refunds = "send_refunds"
    clear_messages = "clear_messages"
    take_up = "take_up"
    clear_jobs = "clear_jobs"


class JobStatus(Kind):
    """Procrastinate's words: waiting, being done, done, given up, called off, broken off."""

    todo = "todo"
    doing = "doing"
    succeeded = "succeeded"
    failed = "failed"
    cancelled = "cancelled"
    aborted = "aborted"


class _Seen(DeclarativeBase):
    """Not among the tables of `Base`: it is a view, and the migration that makes procrastinate's tables makes it too."""

    metadata = MetaData(schema=SCHEMA)


class Job(_Seen):
    """One thing to do, with ids only for arguments. `reason` is why it failed the last time."""

    __tablename__ = "overview"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    task: Mapped[Task] = mapped_column(Word(Task))
    status: Mapped[JobStatus] = mapped_column(Word(JobStatus))
    args: Mapped[dict[str, Any]] = mapped_column(JSONB)
    attempts: Mapped[int] = mapped_column(Integer)
    scheduled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    deferred_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str | None] = mapped_column(Text)

"""What the clock has done, all of it: name, when (as cron says it, in UTC), and the service that does it.

Each may run in any number of processes at once and does nothing twice; each bounds what it takes on at a time.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from realestate.models.jobs import Task
from realestate.services import (
    agreements,
    appointments,
    change_requests,
    claims,
    deliveries,
    documents,
    dues,
    dunning,
    idempotency,
    jobs,
    messages,
    online,
    sealing,
)


class Periodic(NamedTuple):
    """Done at each tick of `cron`. `is_alone`, of what asks somebody who may be slow: not while the one before is still at it; at most one more
    waits, and the next tick is what tries again."""

    task: Task
    cron: str
    service: Callable[[], Awaitable[object]]
    is_alone: bool = False


PERIODIC = (
    Periodic(Task.take_up, "* * * * *", jobs.take_up),
    Periodic(Task.end_claims, "* * * * *", claims.end_due),
    Periodic(Task.warn_holders, "* * * * *", claims.warn),
    Periodic(Task.send_messages, "* * * * *", messages.deliver_due),
    Periodic(Task.deliver, "* * * * *", deliveries.deliver_due),
    Periodic(Task.send_refunds, "* * * * *", online.send_refunds, is_alone=True),
    Periodic(Task.check_checkouts, "*/5 * * * *", online.check, is_alone=True),
    Periodic(Task.remind, "*/5 * * * *", appointments.remind),
    Periodic(Task.expire_quotes, "*/5 * * * *", change_requests.expire),
    Periodic(Task.seal_audit, "*/5 * * * *", sealing.seal),
    Periodic(Task.demand_dues, "3 * * * *", dues.demand),
    Periodic(Task.remind_of_dues, "13 * * * *", dunning.remind),
    Periodic(Task.close_months, "23 * * * *", dues.close),
    Periodic(Task.clear_jobs, "41 * * * *", jobs.clear),
    Periodic(Task.clear_deliveries, "7 3 * * *", deliveries.clear),
    Periodic(Task.clear_messages, "12 3 * * *", online.clear),
    Periodic(Task.clear_keys, "17 3 * * *", idempotency.clear),
    Periodic(Task.sweep_objects, "27 3 * * *", documents.sweep),
)
DEFERRED: dict[Task, Callable[..., Awaitable[object]]] = {
    Task.draw_agreement: agreements.draw_signed,
    Task.rehearse_gateway: online.rehearse,
}
"""What services ask for (`services.jobs.later`), each with the service that does it; its parameters are the ids."""

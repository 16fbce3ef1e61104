"""What a limited member of a team does not see of what its company sees (`Identity.scope`).

Such a member speaks as a role of its own, which inherits all that a builder may and is held back by one RESTRICTIVE policy a table: said once
for whatever belongs to a project or to a customer, so that a new table is limited unborn, and those who have no limit pay nothing.
"""

from collections.abc import Iterator

from realestate.models.accounts import Lead
from realestate.models.audit import AuditEvent, AuditSeal
from realestate.models.base import Base
from realestate.models.projects import Project
from realestate.models.units import Unit

_SCOPE = "current_setting('app.scope', true)"
IS_OWN = f"split_part({_SCOPE}, ':', 1) = 'own'"
SITES = f"string_to_array(nullif(split_part({_SCOPE}, ':', 2), ''), ',')::bigint[]"
"""The projects of a limited member; NULL for all."""


def limit(model: type[Base]) -> str | None:
    """Which rows of a table a limited member may touch at all; None where there is nothing to tell them by.

    Without one of the two limits its right side is NULL, and so is the left for what belongs to no project or customer: neither is held back.
    """
    if model in (AuditEvent, AuditSeal):
        return "false"
    return " AND ".join(f"coalesce({column} = ANY ({allowed}::bigint[]), true)" for column, allowed in _limits(model)) or None


def _limits(model: type[Base]) -> Iterator[tuple[str, str]]:
    columns = model.__table__.columns
    if model is Project or "project_id" in columns:
        yield "id" if model is Project else "project_id", f"(SELECT {SITES})"
    if model is Lead:
        yield "customer_id", "(SELECT customers_of_my_sites())"
    if "customer_id" in columns and model is not Unit:  # what is on sale is everybody's to sell
        yield "owner_id" if "owner_id" in columns else "customer_id", "(SELECT my_customers())"

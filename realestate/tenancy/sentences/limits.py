"""What a limited member of a team does not see of what its company sees (`Identity.scope`).

Such a member speaks as a role of its own, which inherits all that a builder may and is held back by one RESTRICTIVE policy a table: said once
for whatever belongs to a customer, so that a new table is limited unborn, and those who have no limit pay nothing. Who is limited to some
projects speaks as another one, which inherits that too and is held back once more, for whatever belongs to a project.
"""

from collections.abc import Iterator

from realestate.models.accounts import LIMITED, OF_SITES, Lead
from realestate.models.audit import AuditEvent, AuditSeal
from realestate.models.base import Base
from realestate.models.projects import Project
from realestate.models.units import Unit

_SCOPE = "current_setting('app.scope', true)"
IS_OWN = f"split_part({_SCOPE}, ':', 1) = 'own'"
SITES = f"string_to_array(nullif(split_part({_SCOPE}, ':', 2), ''), ',')::bigint[]"
"""The projects of a limited member; NULL where there is no such limit, and for a role that is held back by it: none."""


_SEEN = " ".join(
    f"WHEN '{table.removesuffix('s')}' THEN EXISTS (SELECT FROM {table} seen WHERE seen.id = audit_events.entity_id)"
    for table in ("units", "holds", "bookings")
)


def limits(model: type[Base]) -> dict[str, str]:
    """Which rows of a table limited members may touch at all, by the role that is held back; nothing where there is nothing to tell rows by."""
    return {role: " AND ".join(said) for role, said in ((LIMITED, [*_own(model)]), (OF_SITES, [*_of_sites(model)])) if said}


def _own(model: type[Base]) -> Iterator[str]:
    """Without that limit the right side is NULL, and so is the left for what belongs to no customer: neither is held back."""
    if model is AuditEvent:
        yield f"CASE entity_type {_SEEN} ELSE false END"
    if model is AuditSeal:
        yield "false"
    if "customer_id" in model.__table__.columns and model is not Unit:  # what is on sale is everybody's to sell
        customer = "owner_id" if "owner_id" in model.__table__.columns else "customer_id"
        yield f"coalesce({customer} = ANY ((SELECT my_customers())::bigint[]), true)"


def _of_sites(model: type[Base]) -> Iterator[str]:
    """Only what belongs to no project at all escapes: without `coalesce`, an index leads to the rest."""
    column = model.__table__.columns.get("id" if model is Project else "project_id")
    if column is not None:
        within = f"{column.name} = ANY ((SELECT {SITES})::bigint[])"
        yield f"({column.name} IS NULL OR {within})" if column.nullable else within
    if model is Lead:
        yield "customer_id = ANY ((SELECT customers_of_my_sites())::bigint[])"

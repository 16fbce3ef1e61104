"""What was done: a company's own acts, or everybody's."""

from sqlalchemy import bindparam, select

from realestate.models.audit import AuditEvent, AuditSeal
from realestate.reading import Feed
from realestate.schemas.audit import AuditFeed

_FILTERS = {
    **{name: getattr(AuditEvent, name) == bindparam(name) for name in ("builder_id", "actor_id", "action", "entity_type", "entity_id")},
    "since": AuditEvent.created_at >= bindparam("since"),
    "until": AuditEvent.created_at < bindparam("until"),
    "sealed_only": select(AuditSeal.audit_event_id).where(AuditSeal.audit_event_id == AuditEvent.id).exists(),
}

AUDIT = Feed(AuditEvent, AuditFeed, cursor=AuditEvent.id, filters=_FILTERS)

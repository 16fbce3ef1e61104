"""What was done, as said."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from realestate.models.accounts import Role
from realestate.models.notifications import Subject
from realestate.schemas.base import Id, Question, Wire
from realestate.schemas.times import Moment

Action = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z_.]+$"), Field(examples=["booking_confirmed"])]


class ActorOut(Wire):
    """Who did it, as far as the reader may know."""

    id: int
    full_name: str
    email: str


class SealOut(Wire):
    """Its place in the chain of its builder; the hash covers it and everything before it."""

    position: int
    hash: str
    sealed_at: datetime


class AuditEventOut(Wire):
    """One act. `actor_id` is null for what the clock has decided; `seal` until it has been sealed."""

    id: int
    builder_id: int | None
    actor_id: int | None
    actor_role: Role
    actor: ActorOut | None
    action: str
    entity_type: Subject
    entity_id: int
    details: dict[str, Any]
    request_id: str | None
    created_at: datetime
    seal: SealOut | None


class AuditFeed(Wire):
    events: list[AuditEventOut]


class AuditSearch(Question):
    """Acts get their ids shortly before they are kept, so that a lower id may come later; what is sealed has no such gaps any more."""

    actor_id: Annotated[Id | None, Field(description="who did it")] = None
    action: Annotated[Action | None, Field(description="what was done")] = None
    entity_type: Annotated[Subject | None, Field(description="to what kind of thing")] = None
    entity_id: Annotated[Id | None, Field(description="to which")] = None
    since: Annotated[Moment | None, Field(description="from this time on")] = None
    until: Annotated[Moment | None, Field(description="before this time")] = None
    sealed_only: Annotated[bool, Field(description="with `after`: paging by the last id misses nothing")] = False
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    after: Annotated[int | None, Field(ge=0, le=2**63 - 1, description="behind this id, oldest first")] = None
    before: Annotated[Id | None, Field(description="below this id, newest first")] = None


class AdminAuditSearch(AuditSearch):
    builder_id: Annotated[Id | None, Field(description="whose business it was")] = None

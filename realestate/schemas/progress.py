"""Phases of the work, as said."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints, WithJsonSchema

from realestate.models.progress import ProgressScope, ProgressStatus
from realestate.schemas.base import Amount, Count, Id, Input, Line, Text, Url, Wire, pattern
from realestate.schemas.catalogue import UNSAID, Creation, Short
from realestate.schemas.documents import DocumentLink
from realestate.schemas.times import Day

_HTTPS_OR_OURS = pattern(r"^(https://|/)", "Input should be an address that begins with https://, or a path on this site.")
Media = Annotated[Url, StringConstraints(pattern=_HTTPS_OR_OURS)]
"""A picture or film: one of our own documents, or at an https address."""
Key = Annotated[
    str,
    StringConstraints(
        max_length=60, pattern=pattern(r"^[a-z0-9]+([_-][a-z0-9]+)*$", "Input should be lower-case words joined by _, such as brick_work.")
    ),
    Field(examples=["structure"]),
]


Percent = Annotated[
    Amount, Field(le=100), WithJsonSchema({"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 100, "examples": [42.5]})
]


class _PhaseFields(Input):
    phase_description: Text | None = None
    weight: Annotated[Percent, Field(description="share of the project's work; those of all phases total at most 100")] = UNSAID
    order: Annotated[Count, Field(description="place in the list")] = UNSAID
    start_date: Day | None = None
    expected_end_date: Day | None = None
    actual_end_date: Annotated[Day | None, Field(description="of itself the day on which it is complete")] = None
    progress_percentage: Percent = UNSAID
    status: Annotated[ProgressStatus, Field(description="follows from the percentage, but for `delayed` and `on_hold`")] = UNSAID
    milestone_images: Annotated[list[Media], Field(max_length=50)] = UNSAID
    contractor_notes: Annotated[Text | None, Field(description="for the team alone")] = None
    customer_visible: Annotated[bool, Field(description="whether anybody but the team may see it")] = UNSAID


class PhaseCreate(
    _PhaseFields,
    Creation,
    json_schema_extra={"examples": [{"phase_name": "Structure", "phase_key": "structure", "weight": 35, "progress_percentage": 40}]},
):
    """Of the whole project, or of one tower or one unit of it."""

    phase_name: Line
    phase_key: Annotated[Key, Field(description="by which payment plans name it; made of the name when left out")] = UNSAID
    tower: Annotated[Short, Field(description="code of a tower")] = UNSAID
    unit_id: Id = UNSAID


class PhaseUpdate(_PhaseFields, json_schema_extra={"examples": [{"progress_percentage": 55, "contractor_notes": "Slab 9 cast."}]}):
    """What is to change. Going back needs a `reason`."""

    phase_name: Line = UNSAID
    reason: Annotated[Text | None, Field(description="why it has gone back; for the team alone")] = None


class Certification(Input, json_schema_extra={"examples": [{"note": "Cube tests of the raft passed, certificate 2026/118."}]}):
    """Of the percentage that is reported now."""

    note: Text | None = None
    document_ids: Annotated[list[Id], Field(max_length=10, description="the certificate, uploaded before; buyers may open it")] = Field(
        default_factory=list
    )


class PhaseOut(Wire):
    """A phase, as everybody may see it."""

    id: int
    project_id: int
    scope: ProgressScope
    tower: str | None
    unit_id: int | None
    phase_key: str
    phase_name: str
    phase_description: str | None
    weight: float
    order: int
    start_date: date | None
    expected_end_date: date | None
    actual_end_date: date | None
    progress_percentage: float
    status: ProgressStatus
    milestone_images: list[str]
    certified_percentage: Annotated[float, Field(description="how far it has been certified")]
    certified_at: datetime | None
    documents: Annotated[list[DocumentLink], Field(description="certificates")]
    version: int
    created_at: datetime
    updated_at: datetime


class TeamPhase(PhaseOut):
    """A phase, as its builder's team sees it."""

    contractor_notes: str | None
    customer_visible: bool
    certified_by: int | None
    history: Annotated[list[dict[str, Any]], Field(description="each step: at, by, from, to, reason, and whether it was certified")]

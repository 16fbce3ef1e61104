"""News from the site, as said."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from realestate.models.notifications import Priority
from realestate.models.progress import UpdateAudience, UpdateType
from realestate.schemas.base import Id, Input, Line, Question, Text, Whole, Wire
from realestate.schemas.catalogue import UNSAID, Creation, Short
from realestate.schemas.documents import DocumentLink
from realestate.schemas.progress import Media

Days = Annotated[int, Field(ge=0, le=3650), Whole]


class _UpdateFields(Input):
    progress_id: Annotated[Id | None, Field(description="the phase that it is about")] = None
    update_type: UpdateType = UNSAID
    priority: Priority = UNSAID
    audience: Annotated[UpdateAudience, Field(description="everybody; those with a booking or hold in the project; the team")] = UNSAID
    images: Annotated[list[Media], Field(max_length=50)] = UNSAID
    videos: Annotated[list[Media], Field(max_length=10)] = UNSAID
    document_ids: Annotated[list[Id], Field(max_length=50, description="uploaded before; added to those that it has")] = UNSAID
    tags: Annotated[list[Short], Field(max_length=20)] = UNSAID
    weather_impact: Line | None = None
    estimated_delay_days: Annotated[Days, Field(description="by which it moves the forecast of possession, unless it is internal")] = UNSAID


class UpdateCreate(
    _UpdateFields,
    Creation,
    json_schema_extra={
        "examples": [
            {
                "update_title": "Slab of the ninth floor cast",
                "update_content": "Tower A has reached its ninth floor. The next slab follows in twelve days.",
                "update_type": "milestone",
                "images": ["https://example.com/tower-a-9.jpg"],
                "tags": ["tower-a"],
            }
        ]
    },
):
    """Published at once, unless it shall be a draft."""

    update_title: Line
    update_content: Text
    is_published: bool = True


class UpdateUpdate(_UpdateFields, json_schema_extra={"examples": [{"is_published": True}]}):
    """What is to change. `is_published: true` publishes a draft, `false` takes back what was published."""

    update_title: Line = UNSAID
    update_content: Text = UNSAID
    is_published: bool = UNSAID


class UpdateOut(Wire):
    """News from the site, as its audience reads it. `seq` counts what a project has published; it is the cursor of the feed."""

    id: int
    project_id: int
    progress_id: int | None
    seq: int | None
    update_title: str
    update_content: str
    update_type: UpdateType
    priority: Priority
    audience: UpdateAudience
    images: list[str]
    videos: list[str]
    documents: list[DocumentLink]
    tags: list[str]
    weather_impact: str | None
    estimated_delay_days: int
    is_published: bool
    published_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class TeamUpdate(UpdateOut):
    """The same, as the builder's team sees it, drafts and what was taken back included."""

    posted_by: int
    retracted_at: datetime | None


class UpdateSearch(Question):
    """A stretch of the feed: newest first, or from `after` on oldest first, so that nobody misses any."""

    update_type: UpdateType | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    after: Annotated[int | None, Field(ge=0, le=2**63 - 1, description="behind this seq, oldest first")] = None
    before: Annotated[Id | None, Field(description="below this seq, newest first")] = None

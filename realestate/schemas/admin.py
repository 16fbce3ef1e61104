"""What administrators see of companies, and say to them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from realestate.models.accounts import BuilderStatus
from realestate.schemas.base import Input, Line, Page, Wire, sort_by
from realestate.schemas.builders import BuilderProfile, BuilderSearch


class OwnerOut(Wire):
    """Whom to write to."""

    id: int
    full_name: str
    email: str
    phone: str | None


class BuilderStanding(Wire):
    """When and why it was suspended; null while it is not."""

    suspended_at: datetime | None
    suspension_reason: str | None


class AdminBuilder(BuilderProfile):
    """A company as the platform knows it. `total_projects` counts what is published."""

    status: BuilderStatus
    contact_name: str | None
    owner: OwnerOut | None
    account: BuilderStanding
    created_at: datetime
    updated_at: datetime
    version: int


class AdminBuilderPage(Page):
    builders: list[AdminBuilder]


class AdminBuilderSearch(BuilderSearch):
    q: Annotated[Line | None, Field(description="part of the company's name, licence number or owner's e-mail address")] = None
    status: BuilderStatus | None = None
    sort: Annotated[str, sort_by("company_name", "created_at")] = "-created_at"


class SuspensionCreate(Input, json_schema_extra={"examples": [{"reason": "The licence has been withdrawn by the regulator."}]}):
    """Kept for the company's people and in the audit."""

    reason: Line

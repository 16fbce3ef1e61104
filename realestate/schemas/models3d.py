"""3D models, as said."""

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from realestate.models.models3d import AccessLevel, FileFormat, ModelType
from realestate.models.projects import PublishState
from realestate.models.units import UnitType
from realestate.schemas.base import Id, Input, Line, Text, Wire
from realestate.schemas.catalogue import UNSAID

LONGEST_CONFIG = 20_000


def _short(config: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it: the body parser has made Decimals of its fractions."""
    said = json.dumps(config, default=float)
    if len(said) > LONGEST_CONFIG:
        raise ValueError(f"Input should have at most {LONGEST_CONFIG:,} characters as JSON")
    return dict(json.loads(said))


ViewerConfig = Annotated[
    dict[str, Any], AfterValidator(_short), Field(examples=[{"camera": {"orbit": "45deg 60deg 12m"}, "autorotate": True}])
]
"""What a viewer in the portals makes of it; the platform does not."""


class _ModelFields(Input):
    model_description: Text | None = None
    unit_type: UnitType | None = Field(None, description="of all units of this type")
    access_level: AccessLevel = AccessLevel.public
    publish_state: PublishState = PublishState.published


class ModelCreate(_ModelFields):
    """Of a project, or of one of its units."""

    project_id: Id | None = Field(None, description="required without `unit_id`")
    unit_id: Id | None = None
    model_name: Line
    model_type: ModelType


class ModelUpdate(Input, json_schema_extra={"examples": [{"access_level": "customers_only", "viewer_config": {"autorotate": True}}]}):
    """What is to change."""

    model_name: Line = UNSAID
    model_description: Text | None = None
    model_type: ModelType = UNSAID
    unit_type: UnitType | None = None
    viewer_config: ViewerConfig = UNSAID
    access_level: AccessLevel = UNSAID
    publish_state: PublishState = UNSAID


class ModelOut(Wire):
    """`file_url` is a link like that of a document, and null to whom `access_level` does not let download it."""

    id: int
    builder_id: int
    project_id: int
    unit_id: int | None
    unit_type: UnitType | None
    model_name: str = Field(examples=["Tower A, as built"])
    model_description: str | None
    model_type: ModelType
    file_url: str | None = Field(examples=["/api/documents/7/file?holder=customer.12..&ends=1790000100&signature=9f86d081"])
    thumbnail_url: str | None
    file_format: FileFormat
    file_size: int
    sha256: str
    edition: int = Field(description="counts the files that it has had")
    is_interactive: bool = Field(description="GLB and glTF, which a viewer can show; the others are for download only")
    viewer_config: dict[str, Any]
    access_level: AccessLevel
    publish_state: PublishState
    version: int
    created_at: datetime
    updated_at: datetime

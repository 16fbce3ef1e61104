"""What can be walked around in before it is built: 3D models."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from realestate.errors import Conflict
from realestate.models.base import Base, Identified, Kind, Timestamped, Versioned
from realestate.models.documents import Audience
from realestate.models.projects import PublishState
from realestate.models.units import UnitType


class ModelType(Kind):
    exterior = "exterior"
    interior = "interior"
    floor_plan = "floor_plan"
    site = "site"
    amenity = "amenity"
    walkthrough = "walkthrough"


class FileFormat(Kind):
    """The first two are looked into and can be shown; the others are kept for download only."""

    glb = "glb"
    gltf = "gltf"
    obj = "obj"
    fbx = "fbx"
    stl = "stl"
    usdz = "usdz"
    ifc = "ifc"
    skp = "skp"


INTERACTIVE = (FileFormat.glb, FileFormat.gltf)


class AccessLevel(Kind):
    """Who may download a model that is published. That there is one, everybody may know."""

    public = "public"
    customers_only = "customers_only"
    booked_customers = "booked_customers"


AUDIENCES = {
    AccessLevel.public: Audience.public,
    AccessLevel.customers_only: Audience.customers,
    AccessLevel.booked_customers: Audience.booked,
}


class Model3D(Identified, Timestamped, Versioned, Base):
    """A model of a project, or of one of its units. Its file is a document; a new file is a new edition, and the old ones are kept."""

    __tablename__ = "models_3d"
    __table_args__ = (
        UniqueConstraint("builder_id", "id"),  # what documents refer to
        ForeignKeyConstraint(
            ["builder_id", "project_id", "is_published"],
            ["projects.builder_id", "projects.id", "projects.is_published"],
            name="fk_models_3d_project",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_models_3d_unit",
            ondelete="CASCADE",
        ),
        CheckConstraint("is_interactive = (file_format IN ('glb', 'gltf'))", name="interactive_formats"),
        CheckConstraint("edition > 0", name="edition_positive"),
        Index("ix_models_3d_builder_id", "builder_id"),
        Index("ix_models_3d_project_id", "project_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    is_published: Mapped[bool]
    """Whether its project is."""
    unit_id: Mapped[int | None]
    unit_type: Mapped[UnitType | None]
    model_name: Mapped[str]
    model_description: Mapped[str | None]
    model_type: Mapped[ModelType]
    file_format: Mapped[FileFormat]
    file_size: Mapped[int]
    sha256: Mapped[str]
    edition: Mapped[int] = mapped_column(Integer, server_default="1")
    is_interactive: Mapped[bool]
    viewer_config: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    access_level: Mapped[AccessLevel] = mapped_column(server_default=AccessLevel.public)
    publish_state: Mapped[PublishState] = mapped_column(server_default=PublishState.draft)

    if TYPE_CHECKING:  # what views.models3d adds: a link, null to whom the wall does not show the file
        file_url: Mapped[str | None]
        thumbnail_url: Mapped[str | None]

    @property
    def audience(self) -> Audience:
        """Who may open its file."""
        return AUDIENCES[self.access_level] if self.publish_state is PublishState.published else Audience.team

    def take_file(self, file_format: FileFormat, size: int, sha256: str) -> None:
        """Another file takes the place of the one it had. Conflict SAME_FILE when it is the same."""
        if self.sha256 == sha256:
            raise Conflict("SAME_FILE", "This is the file that the model already has.")
        self.file_format, self.file_size, self.sha256 = file_format, size, sha256
        self.is_interactive = file_format in INTERACTIVE
        self.edition += 1

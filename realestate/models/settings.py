"""What is set: by the platform, by a company, for one project, by one person. Which keys there are, `schemas.settings` says."""

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Computed, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, case
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base, Identified, Kind, Timestamped, Versioned
from realestate.models.notifications import Subject


class SettingScope(Kind):
    """For whom a value holds, the narrowest last: it wins."""

    everybody = "global"
    builder = "builder"
    project = "project"
    user = "user"


class SettingType(Kind):
    """What sort of JSON a value is; the key's schema says the rest."""

    boolean = "boolean"
    integer = "integer"
    number = "number"
    text = "string"
    list = "array"
    object = "object"


class SystemSetting(Identified, Timestamped, Versioned, Base):
    """One value of one key at one place. A user's row names its builder too, if the user is on a team: then the team may read it."""

    __tablename__ = "system_settings"
    __table_args__ = (
        UniqueConstraint("scope", "scope_id", "setting_key", postgresql_nulls_not_distinct=True),
        ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_system_settings_project", ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["builder_id", "user_id"], ["users.builder_id", "users.id"], name="fk_system_settings_member"),
        CheckConstraint(
            """CASE scope WHEN 'global' THEN num_nonnulls(builder_id, project_id, user_id) = 0
            WHEN 'builder' THEN builder_id IS NOT NULL AND num_nonnulls(project_id, user_id) = 0
            WHEN 'project' THEN num_nonnulls(builder_id, project_id) = 2 AND user_id IS NULL
            ELSE user_id IS NOT NULL AND project_id IS NULL END""",
            name="one_place",
        ),
        CheckConstraint("NOT (is_public AND scope = 'user')", name="own_is_private"),
        Index("ix_system_settings_builder_id", "builder_id"),
        Index("ix_system_settings_project_id", "project_id"),
        Index("ix_system_settings_user_id", "user_id"),
    )
    SUBJECT: ClassVar = Subject.setting

    scope: Mapped[SettingScope]
    builder_id: Mapped[int | None] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    project_id: Mapped[int | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    scope_id: Mapped[int | None] = mapped_column(Computed("coalesce(user_id, project_id, builder_id)", persisted=True))
    setting_key: Mapped[str]
    setting_value: Mapped[Any] = mapped_column(JSONB)
    is_public: Mapped[bool] = mapped_column(server_default="false")
    """As the key says, repeated so that policies can compare it; what is one person's own never is."""
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))


NARROWNESS = case({scope.value: place for place, scope in enumerate(SettingScope)}, value=SystemSetting.scope)
"""To order by: whose value wins comes last."""

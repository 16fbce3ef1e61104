"""What projects say of their units: counted, never kept."""

from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import column_property

from realestate.models.projects import Project
from realestate.models.units.unit import Unit
from realestate.models.units.words import UnitStatus


def _count(condition: Any) -> Any:
    on_show = select(func.count()).where(Unit.project_id == Project.id, Unit.is_published, condition)
    return on_show.correlate_except(Unit).scalar_subquery()


def _counts(by_status: Any) -> Any:
    """`{"by_status": {…}, "by_type": {…}}` of the units that the caller may see."""
    return func.jsonb_build_object("by_status", _counts_by(by_status), "by_type", _counts_by(Unit.unit_type), type_=JSONB)


def _counts_by(word: Any) -> Any:
    group = select(word.label("word"), func.count().label("count")).where(Unit.project_id == Project.id).group_by(word)
    counted = group.correlate(Project).subquery()
    return select(func.coalesce(func.jsonb_object_agg(counted.c.word, counted.c.count), literal_column("'{}'"))).scalar_subquery()


_COMPUTED: dict[str, Any] = {"deferred": True, "raiseload": True}

Project.available_units = column_property(_count(Unit.status == UnitStatus.available) + _count(Unit.claim_is_over), **_COMPUTED)
Project.unit_counts = column_property(_counts(Unit.shown_status), **_COMPUTED)
Project.current_unit_counts = column_property(_counts(Unit.current_status), **_COMPUTED)

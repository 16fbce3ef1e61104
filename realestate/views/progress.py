"""How the building goes, as everybody and as the builder's team see it. Who sees which phase or update decides the wall."""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from realestate.models.progress import ConstructionUpdate, ProjectProgress
from realestate.models.projects import Project
from realestate.reading import Collection, Detail
from realestate.schemas.progress import PhaseOut, TeamPhase
from realestate.schemas.updates import TeamUpdate, UpdateOut

_PROJECT_IS_THERE = select(Project.id).where(Project.id == bindparam("project_id")).exists()

PHASE = Detail(ProjectProgress, PhaseOut, path="/api/progress", team=TeamPhase)

PHASES = Collection(
    ProjectProgress,
    PhaseOut,
    where=ProjectProgress.project_id == bindparam("project_id"),
    order=(
        ProjectProgress.order,
        ProjectProgress.phase_key,
        ProjectProgress.tower.nulls_first(),
        ProjectProgress.unit_id.nulls_first(),
    ),
    parent=_PROJECT_IS_THERE,
    team=TeamPhase,
)

UPDATE = Detail(ConstructionUpdate, UpdateOut, path="/api/updates", team=TeamUpdate)

_SEQ = ConstructionUpdate.seq


def _asked(beyond: ColumnElement[bool]) -> ColumnElement[bool]:
    update_type = bindparam("update_type", type_=ConstructionUpdate.update_type.type)
    of_type = or_(update_type.is_(None), ConstructionUpdate.update_type == bindparam("update_type"))
    return and_(ConstructionUpdate.project_id == bindparam("project_id"), of_type, beyond)


def _feed(beyond: ColumnElement[bool], *order: Any) -> Collection:
    return Collection(
        ConstructionUpdate, UpdateOut, where=_asked(beyond), order=order, parent=_PROJECT_IS_THERE, team=TeamUpdate, limited=True
    )


UPDATES = _feed(
    or_(bindparam("before", type_=_SEQ.type).is_(None), bindparam("before", type_=_SEQ.type) > _SEQ),
    _SEQ.desc().nulls_first(),  # drafts come first: they are the newest
    ConstructionUpdate.id.desc(),
)
UPDATES_AFTER = _feed(bindparam("after", type_=_SEQ.type) < _SEQ, _SEQ)

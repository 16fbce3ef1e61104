"""Units, as everybody and as their builder's team see them. A filter by status means the status that the audience sees."""

from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, true

from realestate.models.projects import Project
from realestate.models.units import Unit
from realestate.reading import FACETS, Collection, Detail, Facets, Listing, contains
from realestate.schemas.catalogue import UNIT_SORTS
from realestate.schemas.units import TeamUnit, TeamUnitDetail, TeamUnitPage, UnitDetail, UnitOut, UnitPage
from realestate.views.projects import AROUND

UNIT = Detail(Unit, UnitDetail, path="/api/units", team=TeamUnitDetail)


def _in_projects(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of the projects that fit."""
    return Unit.project_id == func.any(func.array(select(Project.id).where(*where).scalar_subquery()))


_PLACES = select(Project.id).where(or_(contains(Project.project_name, "q"), contains(Project.location, "q")))
_FILTERS: dict[str, ColumnElement[bool]] = {
    "q": or_(contains(Unit.unit_number, "q"), Unit.project_id == func.any(func.array(_PLACES.scalar_subquery()))),
    "project_id": Unit.project_id == bindparam("project_id"),
    "unit_type": Unit.unit_type == bindparam("unit_type"),
    "min_price": Unit.price >= bindparam("min_price"),
    "max_price": Unit.price <= bindparam("max_price"),
    "bedrooms": Unit.bedrooms == bindparam("bedrooms"),
    "min_area": Unit.area_sqft >= bindparam("min_area"),
    "max_area": Unit.area_sqft <= bindparam("max_area"),
    "facing": Unit.facing == bindparam("facing"),
    "tower": Unit.tower == bindparam("tower"),
    "floor": Unit.floor_number == bindparam("floor"),
    "city": _in_projects(Project.city_key == func.lower(bindparam("city"))),
    # a place is said with three names, and looked for once
    "lat": true(),
    "lng": true(),
    "radius_km": _in_projects(AROUND),
}
_PLACED = frozenset({"city", "radius_km"})
_SORTS = {name: getattr(Unit, name) for name in UNIT_SORTS}


def _listing(page: type[BaseModel], status: Any) -> Listing:
    words = {"unit_type": Unit.unit_type, "bedrooms": Unit.bedrooms, "status": status}
    facets = Facets(Unit, words=words, bands={"price": Unit.price})
    filters = _FILTERS | {"status": status == bindparam("status"), FACETS: true()}
    return Listing(Unit, page, sorts=_SORTS, filters=filters, facets=facets, narrow=_PLACED)


UNITS, TEAM_UNITS = _listing(UnitPage, Unit.shown_status), _listing(TeamUnitPage, Unit.current_status)


def _unless_unsaid(name: str, column: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(bindparam(name, type_=column.type).is_(None), condition)


def _of_project(status: Any) -> ColumnElement[bool]:
    return and_(
        Unit.project_id == bindparam("project_id"),
        _unless_unsaid("unit_type", Unit.unit_type, Unit.unit_type == bindparam("unit_type")),
        _unless_unsaid("status", Unit.tower, status == bindparam("status")),
        _unless_unsaid("min_price", Unit.price, Unit.price >= bindparam("min_price")),
        _unless_unsaid("max_price", Unit.price, Unit.price <= bindparam("max_price")),
        _unless_unsaid("tower", Unit.tower, Unit.tower == bindparam("tower")),
        _unless_unsaid("floor", Unit.floor_number, Unit.floor_number == bindparam("floor")),
    )


_BUILDING_ORDER = (Unit.tower.nulls_first(), Unit.floor_number, Unit.unit_number, Unit.id)
_PROJECT_IS_THERE = select(Project.id).where(Project.id == bindparam("project_id")).exists()

UNITS_OF_PROJECT = Collection(Unit, UnitOut, where=_of_project(Unit.shown_status), order=_BUILDING_ORDER, parent=_PROJECT_IS_THERE)
TEAM_UNITS_OF_PROJECT = Collection(Unit, TeamUnit, where=_of_project(Unit.current_status), order=_BUILDING_ORDER, parent=_PROJECT_IS_THERE)

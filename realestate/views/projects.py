"""The catalogue's projects, as everybody and as their builder's team see them."""

from typing import Any

from sqlalchemy import ColumnElement, Float, and_, bindparam, func, or_, select

from realestate.models.projects import Project
from realestate.models.units import Unit
from realestate.reading import Detail, Facets, Listing, contains
from realestate.schemas.catalogue import PROJECT_SORTS
from realestate.schemas.projects import ProjectDetail, ProjectPage, TeamProjectDetail, TeamProjectPage

PROJECT = Detail(Project, ProjectDetail, path="/api/projects", team=TeamProjectDetail)

KM_PER_DEGREE = 111.0
"""Of latitude: a little less than anywhere on earth, so that a box made with it is never too small."""
EARTH_RADIUS_KM = 6371.0088
_LAT, _LNG, _RADIUS = (bindparam(name, type_=Float) for name in ("lat", "lng", "radius_km"))


def _within_longitudes() -> ColumnElement[bool]:
    """Wider towards the poles; a box may reach across the 180th meridian."""
    reach = _RADIUS / KM_PER_DEGREE
    width = reach / func.greatest(func.cos(func.radians(func.least(func.abs(_LAT) + reach, 90.0))), 1e-9)
    apart = func.abs(Project.longitude - _LNG)
    return or_(apart <= width, apart >= 360 - width)


def _distance_km() -> ColumnElement[Any]:
    """Along the surface, by the haversine formula."""

    def half_chord(degrees: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.power(func.sin(func.radians(degrees) / 2), 2)

    share = half_chord(Project.latitude - _LAT) + func.cos(func.radians(_LAT)) * func.cos(func.radians(Project.latitude)) * half_chord(
        Project.longitude - _LNG
    )
    return 2 * EARTH_RADIUS_KM * func.asin(func.sqrt(func.least(share, 1.0)))


_FILTERS: dict[str, ColumnElement[bool]] = {
    "q": or_(contains(Project.project_name, "q"), contains(Project.location_city, "q"), contains(Project.description, "q")),
    "location": contains(Project.location, "location"),
    "city": Project.city_key == func.lower(bindparam("city")),
    "project_type": Project.project_type == bindparam("project_type"),
    "status": Project.status == bindparam("status"),
    "unit_type": select(Unit.id).where(Unit.project_id == Project.id, Unit.unit_type == bindparam("unit_type")).exists(),
    "min_price": Project.price_range_max >= bindparam("min_price"),
    "max_price": Project.price_range_min <= bindparam("max_price"),
    "builder_id": Project.builder_id == bindparam("builder_id"),
    "is_featured": Project.is_featured == bindparam("is_featured"),
    # a place is three filters that come together: a box, of which an index knows the latitudes, and the circle inside it
    "lat": and_(Project.latitude >= _LAT - _RADIUS / KM_PER_DEGREE, Project.latitude <= _LAT + _RADIUS / KM_PER_DEGREE),
    "lng": _within_longitudes(),
    "radius_km": _distance_km() <= _RADIUS,
}
PROJECTS = Listing(
    Project,
    ProjectPage,
    team=TeamProjectPage,
    sorts={name: getattr(Project, name) for name in PROJECT_SORTS},
    filters=_FILTERS,
)
PROJECT_FACETS = Facets(
    Project,
    words={"city": Project.location_city, "project_type": Project.project_type, "status": Project.status},
    bands={"price": Project.price_range_min},
    filters=_FILTERS,
)
AROUND = and_(_FILTERS["lat"], _FILTERS["lng"], _FILTERS["radius_km"])
"""For other rooms: the projects around a place."""

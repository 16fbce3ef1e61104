"""A wire schema laid over a model, as SQL."""

from typing import Any, cast, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.orm import RelationshipProperty, aliased

from realestate.compiling import Query, Says
from realestate.models.base import Money


def fields(schema: type[BaseModel], row: Any) -> list[ColumnElement[Any]]:
    """The schema's fields, each read from the row's attribute of the same name, or the one it `Says`."""
    return [_field(info, getattr(row, attribute_of(name, info))).label(name) for name, info in schema.model_fields.items()]


def attribute_of(name: str, info: FieldInfo) -> str:
    """What of a row a field says."""
    return next((mark.attribute for mark in info.metadata if isinstance(mark, Says)), name)


def _field(info: FieldInfo, attribute: Any) -> ColumnElement[Any]:
    schema = inner_schema(info.annotation)
    is_related = isinstance(getattr(attribute, "property", None), RelationshipProperty)  # else an object may be kept as JSON
    return _related(schema, attribute) if schema and is_related else said(attribute)


def _related(schema: type[BaseModel], attribute: Any) -> ColumnElement[Any]:
    """The object, or the ordered list of objects, behind a relationship."""
    relation = attribute.property
    target = aliased(relation.mapper.class_)
    order = [getattr(target, relation.mapper.get_property_by_column(column).key) for column in relation.order_by or ()]
    rows = select(*fields(schema, target)).where(attribute.of_type(target)).order_by(*order).correlate(attribute.parent.selectable)
    return as_list(rows) if relation.uselist else as_object(rows)


def said(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value as the wire says it: money in units, time as RFC 3339 in UTC; PostgreSQL's own JSON for the rest."""
    match value.type:
        case Money():
            return type_coerce(value, Integer) * literal_column("0.01")
        case DateTime():
            return func.to_char(func.timezone(literal_column("'UTC'"), value), literal_column("""'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""))
    return value


def as_object(rows: Select[Any]) -> ScalarSelect[Any]:
    """The one row of a select as a JSON object; its columns are already as the wire says them."""
    return select(func.row_to_json(rows.subquery().table_valued())).scalar_subquery()


def as_list(rows: Select[Any]) -> ScalarSelect[Any]:
    """The rows of a select as a JSON array."""
    objects = func.json_agg(func.row_to_json(rows.subquery().table_valued()))
    return select(func.coalesce(objects, literal_column("'[]'"))).scalar_subquery()


def contains(value: Any, name: str) -> ColumnElement[bool]:
    """Whether a text contains the bound one, whatever the case; % and _ are only characters."""
    pattern = func.concat("%", func.regexp_replace(bindparam(name, type_=Text), r"([\\%_])", r"\\\1", "g"), "%")
    return cast(ColumnElement[bool], value.ilike(pattern))


def inner_schema(annotation: Any) -> type[BaseModel] | None:
    """The schema in `X`, `X | None` or `list[X]`, if there is one."""
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
    return None


def compile_answer(answer: ColumnElement[Any]) -> Query:
    """Compile `answer`, spoken in the caller's name."""
    caller = and_(
        func.set_config(literal_column("'app.user_id'"), bindparam("user", type_=Text), literal_column("true")).is_not(None),
        func.set_config(literal_column("'app.builder_id'"), bindparam("builder", type_=Text), literal_column("true")).is_not(None),
        func.set_config(literal_column("'app.scope'"), bindparam("scope", type_=Text), literal_column("true")).is_not(None),
    )
    return Query.of(select(case((caller, answer))))

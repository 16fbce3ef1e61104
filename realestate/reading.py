"""THE FAST PATH. SQLAlchemy describes the answer, PostgreSQL writes the JSON, the bytes go out untouched.

A wire schema laid over a model is the whole description: its columns and hybrids become fields, its relationships become
correlated sub-selects. Each shape (a listing with one set of filters and one sort) is compiled once; then only values travel.

Every statement first says who is asking and then reads, in one breath:

    SELECT CASE WHEN set_config('app.user_id', $1, true) … THEN (SELECT json …) END

CASE evaluates its condition before its result, so the policies see the caller. The setting dies with the statement; were the
order ever broken, the policies would see nobody and show nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, cast, get_args

import psycopg
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import (
    Column,
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
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from realestate.compiling import Query, Says
from realestate.database import Identity, execute, readers
from realestate.models.accounts import Role
from realestate.models.base import Money
from realestate.refusals import is_lost, translated

TEAM = (Role.builder, Role.admin, Role.worker)
"""Those who see a `team` schema where a view has one."""


# ── Describe ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def fields(schema: type[BaseModel], row: Any) -> list[ColumnElement[Any]]:
    """The schema's fields, each read from the row's attribute of the same name, or the one it `Says`."""
    return [_field(info, getattr(row, _attribute(name, info))).label(name) for name, info in schema.model_fields.items()]


def _attribute(name: str, info: FieldInfo) -> str:
    return next((mark.attribute for mark in info.metadata if isinstance(mark, Says)), name)


def _field(info: FieldInfo, attribute: Any) -> ColumnElement[Any]:
    schema = _inner_schema(info.annotation)
    return _related(schema, attribute) if schema and hasattr(attribute, "of_type") else said(attribute)


def _related(schema: type[BaseModel], attribute: Any) -> ColumnElement[Any]:
    """The object, or the ordered list of objects, behind a relationship."""
    relation = attribute.property
    target = aliased(relation.mapper.class_)
    order = [getattr(target, relation.mapper.get_property_by_column(column).key) for column in relation.order_by or ()]
    rows = select(*fields(schema, target)).where(attribute.of_type(target)).order_by(*order).correlate(attribute.parent.selectable)
    return _list(rows) if relation.uselist else as_object(rows)


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


def _list(rows: Select[Any]) -> ScalarSelect[Any]:
    objects = func.json_agg(func.row_to_json(rows.subquery().table_valued()))
    return select(func.coalesce(objects, literal_column("'[]'"))).scalar_subquery()


def contains(value: Any, name: str) -> ColumnElement[bool]:
    """Whether a text contains the bound one, whatever the case; % and _ are only characters."""
    pattern = func.concat("%", func.regexp_replace(bindparam(name, type_=Text), r"([\\%_])", r"\\\1", "g"), "%")
    return cast(ColumnElement[bool], value.ilike(pattern))


def _inner_schema(annotation: Any) -> type[BaseModel] | None:
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
    )
    return Query.of(select(case((caller, answer))))


# ── Views ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Detail:
    """One row by its id, as `schema` says it, or as `team` does to the builder's own people. Answers begin with `version:`.

    `path` is where the row lives (`Location` of what was created).
    """

    model: type[Any]
    schema: type[BaseModel]
    path: str = ""
    team: type[BaseModel] | None = None

    @lru_cache(maxsize=4)  # noqa: B019  # a view lives as long as the process
    def query(self, role: Role) -> Query:
        row = aliased(self.model)
        schema = self.team if self.team and role in TEAM else self.schema
        document = as_object(select(*fields(schema, row)).where(row.id == bindparam("id")))
        version = select(getattr(row, "version", literal_column("0"))).where(row.id == bindparam("id")).scalar_subquery()
        return compile_answer(sql_cast(version, Text) + literal_column("':'") + sql_cast(document, Text))


@dataclass(frozen=True, eq=False)
class Listing:
    """A page of rows: `page` names the list and its items; `filters` apply when given, `sorts` as asked, the id last.

    `extras` are further fields of the page (`stats`, `unread_count`), each a JSON or scalar expression.
    """

    model: type[Any]
    page: type[BaseModel]
    sorts: Mapping[str, Any]
    filters: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    extras: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    team: type[BaseModel] | None = None

    @lru_cache(maxsize=200)  # noqa: B019  # a view lives as long as the process; the bound is against invented combinations
    def query(self, role: Role, given: frozenset[str], sort: str, count: bool) -> Query:
        """The query for these filters and this sort, compiled the first time it is asked for."""
        page = self.team if self.team and role in TEAM else self.page
        name, item = next((name, inner) for name, info in page.model_fields.items() if (inner := _inner_schema(info.annotation)))
        wanted = [self.filters[filter] for filter in sorted(given)]
        limit, number = bindparam("limit", type_=Integer), bindparam("page", type_=Integer)
        rows = select(*_columns(self.model, item)).where(*wanted).order_by(*self._order(sort)).limit(limit).offset((number - 1) * limit)
        row = aliased(self.model, rows.subquery())
        total = select(func.count()).select_from(self.model).where(*wanted).scalar_subquery() if count else literal_column("NULL::int")
        extras = [value.label(label) for label, value in self.extras.items()]
        items = _list(select(*fields(item, row)))
        return compile_answer(
            as_object(select(items.label(name), total.label("total"), number.label("page"), limit.label("limit"), *extras))
        )

    def _order(self, sort: str) -> list[Any]:
        steps = [(self.sorts[name.removeprefix("-")], name.startswith("-")) for name in sort.split(",")]
        last = self.model.id.desc() if steps[0][1] else self.model.id
        return [*(step.desc().nulls_last() if down else step for step, down in steps), last]


@dataclass(frozen=True, eq=False)
class Feed:
    """What comes one after another under a growing number: newest first, or from `after` on oldest first, so that nobody misses any."""

    model: type[Any]
    page: type[BaseModel]
    cursor: Any
    filters: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    extras: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)

    @lru_cache(maxsize=50)  # noqa: B019  # a view lives as long as the process
    def query(self, given: frozenset[str]) -> Query:
        name, item = next((name, inner) for name, info in self.page.model_fields.items() if (inner := _inner_schema(info.annotation)))
        cursors = {"after": self.cursor > bindparam("after"), "before": self.cursor < bindparam("before")}
        wanted = [(cursors | dict(self.filters))[filter] for filter in sorted(given)]
        order = self.cursor if "after" in given else self.cursor.desc()
        rows = select(*_columns(self.model, item)).where(*wanted).order_by(order).limit(bindparam("limit", type_=Integer))
        items = _list(select(*fields(item, aliased(self.model, rows.subquery()))))
        return compile_answer(as_object(select(items.label(name), *(value.label(label) for label, value in self.extras.items()))))


@dataclass(frozen=True, eq=False)
class Collection:
    """A bare array of the rows that fit `where`, or 404 when there is no `parent` to see. Values bind by the names they have there."""

    model: type[Any]
    item: type[BaseModel]
    where: ColumnElement[bool]
    order: tuple[Any, ...]
    parent: ColumnElement[bool] | None = None
    team: type[BaseModel] | None = None

    @lru_cache(maxsize=4)  # noqa: B019  # a view lives as long as the process
    def query(self, role: Role) -> Query:
        item = self.team if self.team and role in TEAM else self.item
        row = aliased(self.model, select(*_columns(self.model, item)).where(self.where).order_by(*self.order).subquery())
        items = _list(select(*fields(item, row)))
        return compile_answer(items if self.parent is None else case((self.parent, items)))


@dataclass(frozen=True, eq=False)
class Summary:
    """One document that is not a row: figures, each a JSON or scalar expression over what the caller may see."""

    figures: Mapping[str, ColumnElement[Any]]

    @cached_property
    def query(self) -> Query:
        return compile_answer(as_object(select(*(value.label(name) for name, value in self.figures.items()))))


def _columns(model: type[Any], item: type[BaseModel]) -> list[Any]:
    """What an item needs of its row: the open columns, and of the private (deferred) ones those that it says."""
    said = {_attribute(name, info) for name, info in item.model_fields.items()}
    columns = (attribute for attribute in model.__mapper__.column_attrs if isinstance(attribute.columns[0], Column))
    return [getattr(model, column.key) for column in columns if not column.deferred or column.key in said]


# ── Read ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def read(identity: Identity, query: Query, **values: Any) -> bytes | None:
    """The answer in the caller's name, on a connection that already has the caller's role: one statement, one round trip."""
    pool, arguments = readers[identity.role], query.arguments(identity.context | values)
    with translated():
        try:
            async with pool.connection() as driver:
                return (await execute(driver, query.sql, arguments)).get_value(0, 0)
        except psycopg.OperationalError as error:
            if not is_lost(error) or isinstance(error, psycopg.errors.QueryCanceled):
                raise
        await pool.check()  # the server was restarted: drop what is dead and ask again; a read may be repeated
        async with pool.connection() as driver:
            return (await execute(driver, query.sql, arguments)).get_value(0, 0)


async def read_back(session: AsyncSession, query: Query, **values: Any) -> bytes | None:
    """The same inside an unfinished transaction: how a write answers with what it has written."""
    await session.flush()
    return (await execute(session.info["driver"], query.sql, query.arguments(session.info["identity"].context | values))).get_value(0, 0)

"""The shapes of answers: one row, a page, a feed, an array, figures. Each is compiled once per audience, filters and sort."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnClause, ColumnElement, Integer, Text, bindparam, case, func, literal_column, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import aliased

from realestate.compiling import Query
from realestate.models.accounts import Role
from realestate.models.base import CALLER
from realestate.reading.describing import as_list, as_object, attribute_of, compile_answer, fields, inner_schema
from realestate.reading.facets import Facets

Shape = tuple[Role, frozenset[str], str, bool]
MOST_SHAPES = 200
"""Of a listing, against invented combinations of filters and sorts."""
COUNTED_TO = 10_000
"""Rows that `total` counts; 10,001 says that there are more."""
FACETS = "facets"
"""Of a page: what the search finds, counted; a filter that lets everything pass asks for it."""
TEAM = (Role.builder, Role.admin, Role.worker)
"""Those who see a `team` schema where a view has one."""


@dataclass(frozen=True, eq=False)
class Detail:
    """One row by its id (or another unique `key`), as `schema` says it, or as `team` does to the builder's own people. Answers begin with `version:`.

    `path` is where the row lives (`Location` of what was created). Of what has an `owner`, customers see only what is their own.
    """

    model: type[Any]
    schema: type[BaseModel]
    path: str = ""
    team: type[BaseModel] | None = None
    key: str = "id"
    owner: str = ""

    @lru_cache(maxsize=4)  # noqa: B019  # a view lives as long as the process
    def query(self, role: Role) -> Query:
        row = aliased(self.model)
        schema = self.team if self.team and role in TEAM else self.schema
        wanted = getattr(row, self.key) == bindparam("id")
        if self.owner and role is Role.customer:
            wanted &= getattr(row, self.owner) == CALLER
        document = as_object(select(*fields(schema, row)).correlate(row))  # of the row that is found once, for both
        version: Any = getattr(row, "version", literal_column("0"))
        said = sql_cast(version, Text) + literal_column("':'") + sql_cast(document, Text)
        return compile_answer(select(said).where(wanted).scalar_subquery())


@dataclass(frozen=True, eq=False)
class Listing:
    """A page of rows: `page` names the list and its items; `filters` apply when given, `sorts` as asked, the id last.

    `extras` are further fields of the page (`stats`, `unread_count`), each a JSON or scalar expression. Rows that do not fit `where` are
    no part of it; there is none (404) without a `parent` to see. `said_by` orders the rows within a page, where that is not the sort.
    `facets` count all rows that fit, for whoever asks for them. With one of the `narrow` filters, rows are found first and sorted then: how few
    of them fit the planner cannot know, and for a short page it would walk all rows in the order of an index until it came upon them.
    """

    model: type[Any]
    page: type[BaseModel]
    sorts: Mapping[str, Any]
    filters: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    extras: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    team: type[BaseModel] | None = None
    where: ColumnElement[bool] | None = None
    parent: ColumnElement[bool] | None = None
    said_by: str | None = None
    facets: Facets | None = None
    narrow: frozenset[str] = frozenset()
    _queries: dict[Shape, Query] = field(default_factory=dict, repr=False)

    def known(self, shape: Shape) -> Query | None:
        """The query of a shape that has been compiled, and not given up since for newer ones."""
        return self._queries.get(shape)

    def query(self, role: Role, given: frozenset[str], sort: str, count: bool) -> Query:
        """The query for these filters and this sort, compiled the first time it is asked for: some milliseconds."""
        shape = (role, given, sort, count)
        if shape not in self._queries:
            while len(self._queries) >= MOST_SHAPES:
                del self._queries[next(iter(self._queries))]
            self._queries[shape] = self._compile(role, given, sort, count)
        return self._queries[shape]

    def _compile(self, role: Role, given: frozenset[str], sort: str, count: bool) -> Query:
        page = self.team if self.team and role in TEAM else self.page
        name, item = next((name, inner) for name, info in page.model_fields.items() if (inner := inner_schema(info.annotation)))
        wanted = [self.filters[filter] for filter in sorted(given)] + ([] if self.where is None else [self.where])
        limit, number = bindparam("limit", type_=Integer), bindparam("page", type_=Integer)
        rows = (
            select(*_columns(self.model, item))
            .where(*wanted)
            .order_by(*self._order(sort, bool(given & self.narrow)))
            .limit(limit)
            .offset((number - 1) * limit)
        )
        row = aliased(self.model, rows.subquery())
        total = _counted(self.model, wanted) if count else literal_column("NULL::int")
        extras = [value.label(label) for label, value in self.extras.items()]
        if self.facets:
            extras.append((self.facets.of(wanted) if FACETS in given else literal_column("NULL::json")).label(FACETS))
        items = as_list(select(*fields(item, row)).order_by(*([getattr(row, self.said_by)] if self.said_by else ())))
        document = as_object(select(items.label(name), total.label("total"), number.label("page"), limit.label("limit"), *extras))
        return compile_answer(document if self.parent is None else case((self.parent, document)))

    def _order(self, sort: str, by_hand: bool) -> list[Any]:
        steps = [(self.sorts[name.removeprefix("-")], name.startswith("-")) for name in sort.split(",")]
        steps = [(func.coalesce(step, step) if by_hand else step, down) for step, down in steps]  # which no index is in the order of
        last = self.model.id.desc() if steps[0][1] else self.model.id
        return [*(_falling(step) if down else step for step, down in steps), last]


def _counted(model: type[Any], wanted: list[ColumnElement[bool]]) -> Any:
    """How many rows there are, or one more than `COUNTED_TO`: nobody pages that far, and half a million take 40 ms."""
    some: Any = select(literal_column("1")).select_from(model).where(*wanted).limit(literal_column(str(COUNTED_TO + 1)))
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _falling(step: Any) -> Any:
    """Nulls last, which only a column without any gets from its index by itself."""
    return step.desc().nulls_last() if getattr(step, "nullable", True) else step.desc()


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
        name, item = next((name, inner) for name, info in self.page.model_fields.items() if (inner := inner_schema(info.annotation)))
        cursors = {"after": self.cursor > bindparam("after"), "before": self.cursor < bindparam("before")}
        wanted = [(cursors | dict(self.filters))[filter] for filter in sorted(given)]
        order = self.cursor if "after" in given else self.cursor.desc()
        rows = select(*_columns(self.model, item)).where(*wanted).order_by(order).limit(bindparam("limit", type_=Integer))
        items = as_list(select(*fields(item, aliased(self.model, rows.subquery()))))
        return compile_answer(as_object(select(items.label(name), *(value.label(label) for label, value in self.extras.items()))))


@dataclass(frozen=True, eq=False)
class Collection:
    """A bare array of the rows that fit `where`, or 404 when there is no `parent` to see. Values bind by the names they have there.

    Of one that is `limited`, only the first `limit`.
    """

    model: type[Any]
    item: type[BaseModel]
    where: ColumnElement[bool]
    order: tuple[Any, ...]
    parent: ColumnElement[bool] | None = None
    team: type[BaseModel] | None = None
    limited: bool = False

    @lru_cache(maxsize=4)  # noqa: B019  # a view lives as long as the process
    def query(self, role: Role) -> Query:
        item = self.team if self.team and role in TEAM else self.item
        rows = select(*_columns(self.model, item)).where(self.where).order_by(*self.order)
        row = aliased(self.model, (rows.limit(bindparam("limit", type_=Integer)) if self.limited else rows).subquery())
        items = as_list(select(*fields(item, row)))
        return compile_answer(items if self.parent is None else case((self.parent, items)))


@dataclass(frozen=True, eq=False)
class Summary:
    """One document that is not a row: figures, each a JSON or scalar expression over what the caller may see; 404 without its `parent`."""

    figures: Mapping[str, ColumnElement[Any]]
    parent: ColumnElement[bool] | None = None

    @cached_property
    def query(self) -> Query:
        document = as_object(select(*(value.label(name) for name, value in self.figures.items())))
        return compile_answer(document if self.parent is None else case((self.parent, document)))


def _columns(model: type[Any], item: type[BaseModel]) -> list[Any]:
    """What an item needs of its row: the open columns, and of the private (deferred) ones those that it says."""
    said = {attribute_of(name, info) for name, info in item.model_fields.items()}
    columns = (attribute for attribute in model.__mapper__.column_attrs if isinstance(attribute.columns[0], ColumnClause))
    return [getattr(model, column.key) for column in columns if not column.deferred or column.key in said]

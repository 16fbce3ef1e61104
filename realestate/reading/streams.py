"""What is said piece by piece on an open socket: PostgreSQL writes each piece, Python only cuts at the line ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Integer, Text, bindparam, func, literal_column, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from realestate.compiling import Query
from realestate.reading.describing import as_object, compile_answer, fields

LINE_END = func.chr(literal_column("10"))
"""Which no JSON of PostgreSQL's has in it: neither `row_to_json` nor a `jsonb` value breaks lines."""


@dataclass(frozen=True, eq=False)
class Stream:
    """The rows behind `after`, at most `limit`, oldest first: a line with the figures, then a line `number:document` each.

    All in one statement, so the figures are those of the very moment of the rows.
    """

    model: type[Any]
    schema: type[BaseModel]
    cursor: Any
    figures: Mapping[str, ColumnElement[Any]]

    @cached_property
    def query(self) -> Query:
        behind = select(self.model).where(self.cursor > bindparam("after")).order_by(self.cursor)
        row = aliased(self.model, behind.limit(bindparam("limit", type_=Integer)).subquery())
        number = getattr(row, self.cursor.key)
        document = as_object(select(*fields(self.schema, row)).correlate(row))
        line = sql_cast(number, Text) + literal_column("':'") + sql_cast(document, Text)
        lines: Any = select(func.string_agg(line, aggregate_order_by(LINE_END, number))).scalar_subquery()
        head = as_object(select(*(value.label(name) for name, value in self.figures.items())))
        return compile_answer(func.concat_ws(LINE_END, sql_cast(head, Text), lines))

"""A SQLAlchemy statement compiled once to SQL and its binds: at run time only values travel, as text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import JSON, BindParameter, Executable
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.types import TypeEngine


class _Compiler(PGCompiler_psycopg):
    """Constants become part of the text: only so may the planner use a partial index, and only named values travel."""

    def visit_bindparam(  # type: ignore[override]  # the rest of its parameters pass through
        self, bindparam: Any, within_columns_clause: bool = False, literal_binds: bool = False, **settings: Any
    ) -> str:
        is_constant = literal_binds or bindparam.unique
        return str(super().visit_bindparam(bindparam, within_columns_clause, is_constant, **settings))  # type: ignore[no-untyped-call]


DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
DIALECT.statement_compiler = _Compiler


REQUIRED: Any = object()
"""In the place of a default: the value has to be said, if only as None."""


@dataclass(frozen=True, slots=True)
class Query:
    """One shape, compiled: the SQL and, in the order of $1, $2, …, the name, the default and the conversion of each value."""

    sql: str
    binds: tuple[tuple[str, Any, Any], ...]

    @classmethod
    def of(cls, statement: Executable) -> Self:
        compiled = statement.compile(dialect=DIALECT)  # type: ignore[attr-defined]  # every executable clause has it
        binds = (compiled.binds[name] for name in compiled.positiontup or ())
        return cls(str(compiled), tuple((bind.key, _default(bind), _conversion(bind.type)) for bind in binds))

    def arguments(self, values: Mapping[str, Any]) -> list[str | None]:
        """The values as text; PostgreSQL knows the types. A default that is a function makes its value now. KeyError for a name that nobody has
        said: one misspelt would else be NULL, and find nothing for ever."""
        said = (
            process(value) if process else value
            for value, process in (
                (values[name] if default is REQUIRED else values.get(name, default), p) for name, default, p in self.binds
            )
        )
        return [None if value is None else str(value() if callable(value) else value) for value in said]


def _default(bind: BindParameter[Any]) -> Any:
    return REQUIRED if bind.required else bind.callable or bind.value


def _conversion(type_: TypeEngine[Any]) -> Any:
    """What a type does to a value before it is said. JSON is only wrapped by it, for psycopg to write later: here it is written at once."""
    return json.dumps if isinstance(type_, JSON) else type_.dialect_impl(DIALECT).bind_processor(DIALECT)


@dataclass(frozen=True, slots=True)
class Says:
    """In a field's `Annotated[…]`: the model's attribute that the field says, where it is not of the same name."""

    attribute: str

"""What a search would find, counted by several words and price bands, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Label, Subquery, Text, func, literal_column, select
from sqlalchemy import cast as sql_cast

from realestate.compiling import Query
from realestate.reading.describing import as_list, as_object, compile_answer

STEPS = (1, 1.5, 2, 3, 5, 7.5)
EDGES = tuple(round(step * 10**power) for power in range(7, 14) for step in STEPS)
"""Where price bands begin, in minor units: six to a power of ten. The first is from nothing."""


@dataclass(frozen=True, eq=False)
class Facets:
    """`words` and `bands` (of money) by which the rows of a model are counted. Rows are first counted by all of them together, in one pass,
    so that each further facet sums up some hundred figures, not the rows again."""

    model: type[Any]
    words: Mapping[str, Any]
    bands: Mapping[str, Any]
    filters: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)

    def of(self, wanted: list[ColumnElement[bool]]) -> Any:
        """Of the rows that fit, as JSON."""
        return as_object(select(*self._columns(wanted)))

    @lru_cache(maxsize=200)  # noqa: B019  # a view lives as long as the process
    def query(self, given: frozenset[str]) -> Query:
        """The facets alone, with the number of rows."""
        return compile_answer(as_object(select(*self._columns([self.filters[name] for name in sorted(given)], with_total=True))))

    def _columns(self, wanted: list[ColumnElement[bool]], with_total: bool = False) -> list[Label[Any]]:
        marks = {
            name: func.width_bucket(value, literal_column(f"ARRAY[{','.join(map(str, EDGES))}]::bigint[]"))
            for name, value in self.bands.items()
        }
        by = [value.label(name) for name, value in (dict(self.words) | marks).items()]
        cells = select(*by, func.count().label("rows")).select_from(self.model).where(*wanted).group_by(*by).cte("cells")
        total = select(func.coalesce(func.sum(cells.c.rows), literal_column("0"))).scalar_subquery().label("total")
        facets = [_by_word(cells, name).label(name) for name in self.words] + [_by_band(cells, name).label(name) for name in self.bands]
        return [total, *facets] if with_total else facets


def _by_word(cells: Any, name: str) -> Any:
    word = sql_cast(cells.c[name], Text).label("word")
    summed: Subquery = select(word, func.sum(cells.c.rows).label("rows")).where(word.is_not(None)).group_by(word).subquery()
    return select(func.coalesce(func.jsonb_object_agg(summed.c.word, summed.c.rows), literal_column("'{}'"))).scalar_subquery()


def _by_band(cells: Any, name: str) -> Any:
    summed = (
        select(cells.c[name].label("band"), func.sum(cells.c.rows).label("rows"))
        .where(cells.c[name].is_not(None))
        .group_by(cells.c[name])
        .subquery()
    )
    edges = f"(ARRAY[{','.join(map(str, EDGES))}]::bigint[])"
    low = func.coalesce(literal_column(f"{edges}[band] * 0.01", Integer), literal_column("0")).label("min")
    high: Any = literal_column(f"{edges}[band + 1] * 0.01").label("max")
    return as_list(select(low, high, summed.c.rows.label("count")).order_by(summed.c.band))

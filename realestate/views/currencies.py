"""Sums of money: never of two currencies."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, literal_column, select

from realestate.models.accounts import Builder
from realestate.models.base import Money
from realestate.models.payments import PENDING, STILL_TO_COME
from realestate.models.projects import Project
from realestate.reading import said
from realestate.tenancy.sentences import MY_BUILDER

OWN: Any = select(Builder.default_currency).where(Builder.id == literal_column(MY_BUILDER))
"""That of the company."""


def of_currency(value: Any, model: Any, *where: ColumnElement[bool]) -> Select[Any]:
    """A sum over a table with a project, for each currency."""
    rows = select(Project.currency, value.label("amount")).join(model, model.project_id == Project.id)
    return rows.where(*where).group_by(Project.currency)


PENDING_BY_CURRENCY = (
    select(Project.currency, STILL_TO_COME.label("amount")).join(PENDING, PENDING.c.project_id == Project.id).group_by(Project.currency)
)
"""Of all bookings, each by itself: what one has paid ahead is not another's."""


def by_currency(sums: Mapping[str, Select[Any]]) -> Select[Any]:
    """A row for each currency, with such sums; that of the company is there before anything is sold."""
    used = OWN.union(select(Project.currency)).subquery("used")
    currency = used.c[0].label("currency")
    found: FromClause = used
    parts = {name: rows.subquery(name) for name, rows in sums.items()}
    for part in parts.values():
        found = found.outerjoin(part, part.c.currency == used.c[0])
    amounts = (said(func.coalesce(part.c.amount, 0, type_=Money)).label(name) for name, part in parts.items())
    return select(currency, *amounts).select_from(found).order_by(currency)

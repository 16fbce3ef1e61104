"""All that a quote is made of, in one statement."""

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, literal_column, select

from realestate.compiling import Query
from realestate.models.accounts import Role
from realestate.models.progress import ProjectProgress
from realestate.models.units import Hold, Unit
from realestate.reading import as_list, as_object, compile_answer, fields
from realestate.schemas.units.quotes import HoldOfQuote, PhaseOfQuote, UnitOfQuote

HOLDERS = (Role.customer, Role.builder)
"""Who may see a hold: the customer its own, a team those of its company."""


@cache
def quote_basis(role: Role) -> Query:
    """Of the unit `unit_id`, with the phases that the caller sees; a hold that runs has frozen its price."""
    phases = as_list(select(*fields(PhaseOfQuote, ProjectProgress)).where(ProjectProgress.project_id == Unit.project_id).correlate(Unit))
    hold: Any = literal_column("NULL::json")
    if role in HOLDERS:
        hold = as_object(select(*fields(HoldOfQuote, Hold)).where(Hold.unit_id == Unit.id, Hold.is_running).correlate(Unit))
    said = (phases.label("phases"), hold.label("hold"), func.now().label("now"))
    unit = select(*fields(UnitOfQuote, Unit), *said).where(Unit.id == bindparam("unit_id", type_=BigInteger))
    return compile_answer(as_object(unit))

"""What a unit costs, and who has held it."""

from sqlalchemy import bindparam, select

from realestate.models.units import Hold, Unit
from realestate.reading import Collection, Detail
from realestate.schemas.units import HoldOut, UnitCostSheet

COST_SHEET = Detail(Unit, UnitCostSheet)

_UNIT_IS_THERE = select(Unit.id).where(Unit.id == bindparam("unit_id")).exists()
HOLDS = Collection(Hold, HoldOut, where=Hold.unit_id == bindparam("unit_id"), order=(Hold.id.desc(),), parent=_UNIT_IS_THERE)

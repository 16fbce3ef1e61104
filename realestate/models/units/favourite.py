"""Favourites: the units that a customer follows."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from realestate.models.base import Base
from realestate.models.units.unit import Unit


class Favourite(Base):
    """One unit that one customer likes, and hears of: a new price, or that it is on sale (again). No builder sees whose it is.

    It names no project or builder: by those a team would come to know the customer (see `tenancy.limited`).
    """

    __tablename__ = "favourites"
    __table_args__ = (Index("ix_favourites_unit_id", "unit_id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    id = synonym("unit_id")
    """Listings are ordered by it in the end."""

    unit: Mapped[Unit | None] = relationship(lazy="raise", viewonly=True)

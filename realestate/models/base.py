"""The ground every table stands on: names of constraints, identity, time, money, words."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self
from unicodedata import normalize

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, Dialect, Identity, Integer, MetaData, Text, func, literal_column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from realestate.errors import Conflict, Stale


class Money(TypeDecorator[Decimal]):
    """Exact money: minor units in a BIGINT, a Decimal in Python. A third decimal is refused, never rounded."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        minor = Decimal(value).scaleb(2)
        if minor != minor.to_integral_value():
            raise ValueError(f"{value} has more than two decimals.")
        return int(minor)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


class Word(TypeDecorator[StrEnum]):
    """One of a list of words: TEXT with a CHECK (see `Base`), because `text =` may use an index under row level security."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str.__str__(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


def as_said(moment: datetime) -> str:
    """A time within what is kept as JSON: as the wire says it, RFC 3339 in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


class Base(DeclarativeBase):
    """Strings are TEXT, integers BIGINT, times aware, money minor units."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        int: BigInteger,
        Decimal: Money,
        date: Date,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: JSONB,
    }

    # What the database fills in comes back with the INSERT or UPDATE: nothing is fetched lazily.
    __mapper_args__: dict[str, Any] = {"eager_defaults": True}  # noqa: RUF012  # typed as SQLAlchemy does

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for column in cls.__table__.columns:
            if isinstance(column.type, Word):
                words = ", ".join(f"'{word.value}'" for word in column.type.words)
                cls.metadata.tables[cls.__tablename__].append_constraint(
                    CheckConstraint(f"{column.name} IN ({words})", name=f"{column.name}_known")
                )


class Kind(StrEnum):
    """Words of the wire and of the tables. Input is lenient: case does not matter, `-` and a space equal `_`, `aliases` are understood."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        Base.registry.update_type_annotation_map({cls: Word(cls)})

    @classmethod
    def aliases(cls) -> dict[str, str]:
        """Other spellings that clients use, each with the word it stands for."""
        return {}

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str) or len(value) > 50:
            return None
        spelling = _plain(value)
        wanted = cls.aliases().get(spelling, spelling)
        return next((word for word in cls if _plain(word.value) == _plain(wanted)), None)


def _plain(spelling: str) -> str:
    return spelling.strip().lower().replace("-", "_").replace(" ", "_")


CALLER = literal_column("(SELECT nullif(current_setting('app.user_id', true), '')::bigint)", BigInteger)
"""The user who is asking, to a statement that is run in somebody's name; NULL for nobody."""


def slugify(name: str) -> str:
    """What of a name can stand in a web address."""
    letters = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60].rstrip("-") or "unnamed"


class Identified:
    """A BIGINT identity; the database counts."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-2)


class Timestamped:
    """When the row was written and last changed, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=1)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now(), sort_order=1)


Versions = frozenset[int]
"""Those that a caller takes for the current one: mostly one."""


class Versioned:
    """Counts changes: a lost update is refused, and the number before the dash of an ETag is this one."""

    version: Mapped[int] = mapped_column(Integer, server_default="1", sort_order=2)

    def expect(self, versions: Versions | None) -> None:
        """Stale when the caller has seen others (If-Match). A change in between is refused by the UPDATE itself."""
        if versions is not None and self.version not in versions:
            raise Stale(detail="This has changed since you read it. Please look again.")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version, "eager_defaults": True}


def no_such_step(noun: str, state: Kind, event: str, allowed: list[str]) -> Conflict:
    """An edge that does not exist, and those that do."""
    where: dict[str, Any] = {"from": state.value, "event": event, "allowed": allowed}
    return Conflict("INVALID_TRANSITION", f"A {noun} that is {state.value} cannot take the step '{event}'.", **where)


class Stateful:
    """A row whose `status` moves along `EDGES` only: `{event: ((from, …), to)}`."""

    EDGES: ClassVar[dict[str, tuple[tuple[Kind, ...], Kind]]]
    if TYPE_CHECKING:
        status: Any

    @property
    def allowed(self) -> list[str]:
        """The events that may happen next."""
        return [event for event, (sources, _) in self.EDGES.items() if self.status in sources]

    def take(self, event: str) -> None:
        """Move along an edge."""
        self.may(event)
        self.status = self.EDGES[event][1]

    def may(self, event: str) -> None:
        """Conflict INVALID_TRANSITION, with what is allowed, where there is no such edge."""
        if event not in self.allowed:
            noun = getattr(self, "SUBJECT", type(self).__name__.lower()).replace("_", " ")
            raise no_such_step(noun, self.status, event, self.allowed)

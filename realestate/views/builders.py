"""Builders, as everybody may know them."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased

from realestate.compiling import Query
from realestate.models.accounts import Builder, Role
from realestate.reading import Collection, Listing, as_object, compile_answer, contains, fields
from realestate.schemas.builders import BuilderPage, BuilderProfile

BUILDERS = Listing(
    Builder,
    BuilderPage,
    sorts={"company_name": Builder.company_name, "rating": Builder.rating, "created_at": Builder.created_at},
    filters={
        "q": or_(contains(Builder.company_name, "q"), contains(Builder.address, "q"), contains(Builder.description, "q")),
        "country": Builder.country == func.upper(bindparam("country")),
        "verified": Builder.verified == bindparam("verified"),
    },
)


@dataclass(frozen=True, eq=False)
class _OneBySlug(Collection):
    """The one row of that slug instead of an array; 404 when there is none."""

    @lru_cache(maxsize=4)  # noqa: B019  # a view lives as long as the process
    def query(self, role: Role) -> Query:
        row = aliased(self.model)
        return compile_answer(as_object(select(*fields(self.item, row)).where(row.slug == bindparam("slug"))))


BUILDER = _OneBySlug(Builder, BuilderProfile, where=Builder.slug == bindparam("slug"), order=())

"""Builders, as everybody may know them."""

from sqlalchemy import bindparam, func, or_

from realestate.models.accounts import Builder
from realestate.reading import Detail, Listing, contains
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

BUILDER = Detail(Builder, BuilderProfile, key="slug")

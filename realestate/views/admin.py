"""Companies, as the platform's administrators see them."""

from sqlalchemy import bindparam, or_, select

from realestate.models.accounts import Builder, User
from realestate.reading import Detail, Listing, contains
from realestate.schemas.admin import AdminBuilder, AdminBuilderPage
from realestate.views.builders import BUILDERS

ADMIN_BUILDER = Detail(Builder, AdminBuilder, path="/api/admin/builders")

ADMIN_BUILDERS = Listing(
    Builder,
    AdminBuilderPage,
    sorts={"company_name": Builder.company_name, "created_at": Builder.created_at},
    filters={
        **BUILDERS.filters,
        "status": Builder.status == bindparam("status"),
        "q": or_(
            contains(Builder.company_name, "q"),
            contains(Builder.license_number, "q"),
            select(User.id).where(User.id == Builder.owner_user_id, contains(User.email, "q")).exists(),
        ),
    },
)

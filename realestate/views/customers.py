"""The customers whom a company knows."""

from sqlalchemy import bindparam, or_, select

from realestate.models.accounts import Customer, Lead, User
from realestate.reading import Detail, Listing, contains
from realestate.schemas.customers import LeadOut, LeadPage

LEAD = Detail(Lead, LeadOut, path="/api/builder/customers", key="customer_id")

LEADS = Listing(
    Lead,
    LeadPage,
    sorts={"created_at": Lead.created_at, "updated_at": Lead.updated_at},
    filters={
        "q": or_(
            select(Customer.id)
            .where(Customer.id == Lead.customer_id, or_(contains(Customer.full_name, "q"), contains(Customer.phone, "q")))
            .exists(),
            select(User.id).where(User.id == Lead.customer_id, contains(User.email, "q")).exists(),
        ),
        "stage": Lead.stage == bindparam("stage"),
        "source": Lead.source == bindparam("source"),
        "assigned_to": Lead.assigned_to == bindparam("assigned_to"),
    },
)

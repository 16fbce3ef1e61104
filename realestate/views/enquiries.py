"""Questions from the public pages, as a company's team sees them."""

from sqlalchemy import bindparam

from realestate.models.enquiries import Enquiry
from realestate.reading import Detail, Listing
from realestate.schemas.enquiries import EnquiryOut, EnquiryPage

ENQUIRY = Detail(Enquiry, EnquiryOut, path="/api/builder/enquiries")
ENQUIRIES = Listing(
    Enquiry,
    EnquiryPage,
    sorts={"created_at": Enquiry.created_at},
    filters={name: getattr(Enquiry, name) == bindparam(name) for name in ("status", "project_id", "assigned_to")},
)

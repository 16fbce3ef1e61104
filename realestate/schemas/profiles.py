"""What companies and customers say of themselves."""

from datetime import date

from realestate.models.accounts import BuilderStatus, KycStatus, PreferredContactMethod
from realestate.schemas.accounts import Surname
from realestate.schemas.base import Input, Line, Phone, Text, Url, Wire
from realestate.schemas.builders import BuilderProfile
from realestate.schemas.times import Day


class OwnBuilderProfile(BuilderProfile):
    """The public profile, and how the company stands."""

    contact_name: str | None
    status: BuilderStatus
    default_currency: str
    version: int


class BuilderProfileUpdate(
    Input, json_schema_extra={"examples": [{"description": "Family homes since 2009.", "website": "https://skyline.example.com"}]}
):
    """What is not said stays. Name, licence and verification are the platform's to change."""

    contact_name: Line | None = None
    phone: Phone | None = None
    address: Line | None = None
    website: Url | None = None
    description: Text | None = None
    logo_url: Url | None = None


class BuilderAccountOut(Wire):
    """What only the company's owners and admins see of it."""

    builder_id: int
    tax_number: str | None
    version: int


class BuilderAccountUpdate(Input, json_schema_extra={"examples": [{"tax_number": "27AAACS1234F1Z5"}]}):
    tax_number: Line | None = None


class CustomerProfile(Wire):
    """A customer, as it sees itself; companies that know it see the same."""

    id: int
    email: str
    first_name: str
    last_name: str
    full_name: str
    phone: str | None
    address: str | None
    date_of_birth: date | None
    preferred_contact_method: PreferredContactMethod
    nationality: str | None
    kyc_status: KycStatus
    version: int


class CustomerProfileUpdate(Input, json_schema_extra={"examples": [{"address": "Kothrud, Pune", "preferred_contact_method": "whatsapp"}]}):
    """What is not said stays."""

    first_name: Line | None = None
    last_name: Surname | None = None
    phone: Phone | None = None
    address: Line | None = None
    date_of_birth: Day | None = None
    preferred_contact_method: PreferredContactMethod | None = None
    nationality: Line | None = None

"""Agreements: the terms that they are made of, and what is said of them."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from realestate.compiling import Says
from realestate.models.bookings import BookingStatus, PartyRole, PaymentPlan
from realestate.models.money import PlanTrigger
from realestate.schemas.base import Amount, Said, SignedAmount, Wire
from realestate.schemas.documents import FileFacts
from realestate.schemas.papers import PaperHome, PaperPlace


class BuilderOfAgreement(Wire):
    company_name: str
    license_number: str
    rera_number: str | None
    address: str | None
    phone: str | None
    full_name: str


class ProjectOfAgreement(PaperPlace):
    builder: BuilderOfAgreement


class UnitOfAgreement(PaperHome):
    project: ProjectOfAgreement


class PersonOfAgreement(Wire):
    full_name: str
    address: str | None
    phone: str | None
    email: str | None


class PartyOfAgreement(Wire):
    role: PartyRole
    share: int = Field(description="of the property: 1,000,000 is all of it")
    customer: PersonOfAgreement | None


class PriceLineOfAgreement(Wire, extra="ignore"):
    code: str
    name: str
    amount: SignedAmount


class SheetOfAgreement(Wire, extra="ignore"):
    """What the price consists of; what is outside the plan is no part of it."""

    lines: list[PriceLineOfAgreement]
    total: Amount


class LineOfAgreement(Wire):
    """One line of the payment schedule, and what makes it fall due; a date only where the plan itself fixes one."""

    seq: int
    name: str
    amount: Amount
    trigger: dict[str, Any]
    due_date: date | None

    @model_validator(mode="after")
    def _dates_of_events_are_no_terms(self) -> Self:
        if self.trigger.get("trigger") not in (PlanTrigger.on_booking, PlanTrigger.on_date):
            self.due_date = None
        return self


class AgreementTerms(Wire):
    """What is agreed. Whatever moves later (states, money received) is no part of it."""

    booking_number: str
    booking_date: datetime
    confirmed_at: datetime | None
    promised_possession_date: date | None
    payment_plan: PaymentPlan | None
    currency: str
    total_amount: Amount
    cost_sheet: SheetOfAgreement
    unit: UnitOfAgreement
    parties: list[PartyOfAgreement]
    schedule: list[LineOfAgreement]


class SignatureOfAgreement(Wire):
    """Who has signed terms and when; `role` null: for the company."""

    full_name: str
    role: PartyRole | None
    content_hash: str
    signed_at: datetime


class NameOfSigner(Wire):
    full_name: str


class SignatureOfBasis(Wire):
    owner_id: int
    customer_id: int | None
    content_hash: str
    signed_at: datetime
    customer: NameOfSigner | None
    member: NameOfSigner | None

    @property
    def as_said(self) -> SignatureOfAgreement:
        """Whoever is not to be seen any more is somebody all the same."""
        role = None if self.customer_id is None else PartyRole.owner if self.customer_id == self.owner_id else PartyRole.co_applicant
        signer = self.customer or self.member
        name = signer.full_name if signer else "as kept by the seller"
        return SignatureOfAgreement(full_name=name, role=role, content_hash=self.content_hash, signed_at=self.signed_at)


class AgreementKept(Wire):
    """An edition that there is already."""

    edition: int
    is_draft: bool
    content_hash: str
    terms: dict[str, Any]


class AgreementBasis(AgreementTerms):
    """All that decides on the next edition, read in one statement."""

    id: int
    status: BookingStatus
    agreement_hash: str | None
    agreement_date: date | None
    transferred_from_id: int | None
    agreements: list[AgreementKept]
    signatures: list[SignatureOfBasis]


class AgreementOut(Wire):
    """Where the newest edition is: a link that opens the PDF without a token for an hour."""

    agreement_url: Annotated[
        str, Says("url"), Field(examples=["/api/documents/7/file?holder=customer.12..&ends=1790000100&signature=9f86d081"])
    ]
    generated_at: datetime
    content_hash: Annotated[str, Field(description="SHA-256 of its terms, as every page says: what a signature names")]


class AgreementMade(AgreementOut, Said):
    pass


class AgreementFile(Wire):
    """What is needed to send the PDF; never said."""

    edition: int
    document: FileFacts

"""Escrow accounts, as said."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from realestate.models.escrow import EscrowKind, WithdrawalStatus
from realestate.schemas.base import Amount, Id, Input, Line, Page, Question, Search, SignedAmount, Text, Wire, sort_by
from realestate.schemas.times import Moment

_EXAMPLE = {
    "amount": 2500000,
    "purpose": "Contractor's bill for the structure of tower A, floors 5 to 8.",
    "engineer_document_id": 41,
    "architect_document_id": 42,
    "accountant_document_id": 43,
    "transaction_id": "RTGS-4713",
}


class WithdrawalCreate(Input, json_schema_extra={"examples": [_EXAMPLE]}):
    """So much of the escrow account is to be drawn. Each certificate is a document of the project of its own."""

    amount: Annotated[Amount, Field(gt=Decimal(0))]
    purpose: Text
    engineer_document_id: Id
    architect_document_id: Id
    accountant_document_id: Id
    transaction_id: Line | None = Field(None, description="the bank's")

    @model_validator(mode="after")
    def _three_papers(self) -> Self:
        if len({self.engineer_document_id, self.architect_document_id, self.accountant_document_id}) < 3:
            raise PydanticCustomError("certificates", "The three certificates should be three documents")
        return self


class WithdrawalRejection(Input, json_schema_extra={"examples": [{"reason": "The bill is not certified."}]}):
    reason: Text


class WithdrawalOut(Wire):
    id: int
    project_id: int
    amount: Amount
    currency: str
    purpose: str
    transaction_id: str | None
    engineer_document_id: int
    architect_document_id: int
    accountant_document_id: int
    status: WithdrawalStatus
    created_by: int
    decided_by: int | None
    decided_at: datetime | None
    rejection_reason: str | None
    created_at: datetime


class WithdrawalSearch(Search):
    sort: Annotated[str, sort_by("created_at", "amount")] = "-created_at"
    status: WithdrawalStatus | None = None


class WithdrawalPage(Page):
    withdrawals: list[WithdrawalOut]


class EscrowAccount(Wire):
    """`received`: what buyers have paid and has stayed; `collected`: what of it belongs to the account, each receipt at the percent of its
    time. At most `bound` of that, in proportion to `certified_progress` percent, may have been withdrawn; `withdrawable` is what is left of
    it beside what is `pending`. `shortfall` was withdrawn before money went back, or work was measured again: it should be put back."""

    project_id: int
    currency: str
    escrow_percent: float = Field(description="of what clears from now on")
    certified_progress: float
    received: Amount
    collected: Amount
    withdrawn: Amount
    pending: Amount
    balance: SignedAmount = Field(description="`collected` less `withdrawn`")
    bound: Amount
    withdrawable: Amount
    shortfall: Amount


class EscrowQuestion(Question):
    since: Annotated[Moment | None, Field(description="the first moment; what was before is in `opening_balance`")] = None


class EscrowLine(Wire):
    """Positive for what came; `balance` is what lay in the account after it."""

    id: int
    entered_at: datetime
    kind: EscrowKind
    booking_number: str | None
    receipt_no: str | None
    payment_id: int | None
    withdrawal_id: int | None
    reference: str | None = Field(description="the bank's, of a withdrawal")
    percent: float | None
    amount: SignedAmount
    balance: SignedAmount


class EscrowStatement(Wire):
    """`opening_balance` and the `amount`s sum to `closing_balance`."""

    project_id: int
    project_name: str
    currency: str
    opening_balance: SignedAmount
    total_received: Amount
    total_returned: Amount
    total_withdrawn: Amount
    closing_balance: SignedAmount
    entries: list[EscrowLine]

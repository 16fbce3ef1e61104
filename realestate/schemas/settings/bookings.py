"""What the end and the steps of a sale go by."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from realestate.models.policies import SETTING, ReturnTo
from realestate.models.settings import SettingScope
from realestate.schemas.base import Input, NotBool, pattern
from realestate.schemas.settings.key import Setting

Percentage = Annotated[Decimal, Field(ge=0, le=100, decimal_places=4, allow_inf_nan=False), NotBool]
_ITEM = pattern("^[a-z][a-z0-9_]{0,49}$", "Input should be a name such as identity or proof_of_address.")
Item = Annotated[str, StringConstraints(pattern=_ITEM), Field(examples=["identity"])]
"""Of a checklist: what a path or a body calls it by."""
Items = Annotated[list[Item], Field(max_length=20)]
Days = Annotated[int, Field(ge=0, le=1000), NotBool]


class PolicyRules(Input, json_schema_extra={"examples": [{"retention_percent": 5, "cooling_off_days": 7}]}):
    """What is left out or null is as the next wider place says: a project's company, the platform, the pack of its jurisdiction."""

    retention_percent: Annotated[Percentage | None, Field(description="of the price, kept of a buyer who leaves")] = None
    default_retention_percent: Annotated[Percentage | None, Field(description="of one in default; else the same")] = None
    interest_percent: Annotated[Percentage | None, Field(description="a year, owed by a company in delay")] = None
    cooling_off_days: Annotated[Days | None, Field(description="after the allotment, without loss")] = None
    notice_days: Annotated[Days | None, Field(description="between a notice of default and the end")] = None
    refund_due_days: Annotated[Days | None, Field(description="after the end")] = None
    default_refund_due_days: Annotated[Days | None, Field(description="after an end for default; else the same")] = None
    default_refund_due_after_resale_days: Annotated[Days | None, Field(description="or so long after the unit is sold again")] = None
    taxes_refundable: bool | None = None
    return_to: Annotated[ReturnTo | None, Field(description="of a unit that nobody waits for")] = None
    hold_until_refund: bool | None = None
    offer_hours: Annotated[int | None, Field(ge=1, le=720, description="for who waits for a unit"), NotBool] = None
    discount_limit_percent: Annotated[Percentage | None, Field(description="up to here nobody else approves")] = None
    kyc_required: bool | None = None
    kyc_items: Items | None = None
    possession_before_registration: bool | None = None
    handover_checklist: Items | None = None
    transfer_fee_percent: Percentage | None = None
    transfer_fee_first: Annotated[bool | None, Field(description="paid before a transfer is agreed to")] = None
    finance_agrees_to_cancel: Annotated[bool | None, Field(description="before a cancellation is settled")] = None
    arrears_block_transfer: bool | None = None
    escrow_percent: Annotated[Percentage | None, Field(description="of what clears from now on, in the escrow account")] = None


POLICY = Setting[PolicyRules](
    SETTING,
    PolicyRules,
    PolicyRules(),
    (SettingScope.everybody, SettingScope.builder, SettingScope.project),
    "How a sale may end, and what its steps ask for. What is not set is as the pack of the project's jurisdiction says.",
    is_public=True,
)

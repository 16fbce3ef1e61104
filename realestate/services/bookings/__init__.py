"""Booking a unit, from the first question to the keys, or to the end before them."""

from realestate.services.bookings.agreeing import consent as consent_to_cancellation
from realestate.services.bookings.allotting import cancel, confirm, reject
from realestate.services.bookings.cancelling import agree as agree_to_cancellation
from realestate.services.bookings.cancelling import approve as approve_cancellation
from realestate.services.bookings.cancelling import give_notice, terminate
from realestate.services.bookings.cancelling import request as request_cancellation
from realestate.services.bookings.cancelling import withdraw as withdraw_cancellation
from realestate.services.bookings.discounts import ask as ask_discount
from realestate.services.bookings.discounts import decide as decide_discount
from realestate.services.bookings.handing_over import acknowledge, hand_over, offer_possession, tick
from realestate.services.bookings.joining import give_up_transfer, join
from realestate.services.bookings.joining import invite as invite_party
from realestate.services.bookings.joining import remove as remove_party
from realestate.services.bookings.joining import revoke as revoke_party_code
from realestate.services.bookings.particulars import decide as decide_kyc
from realestate.services.bookings.particulars import fund, nominate
from realestate.services.bookings.particulars import show as show_kyc
from realestate.services.bookings.reserving import accept_offer, create, reserve
from realestate.services.bookings.settling import put_on_paper as put_cancellation_on_paper
from realestate.services.bookings.settling import quote as quote_cancellation
from realestate.services.bookings.signing import register, sign
from realestate.services.bookings.snags import answer as answer_snag
from realestate.services.bookings.snags import report as report_snag
from realestate.services.bookings.stepping import may_take, step
from realestate.services.bookings.swapping import swap
from realestate.services.bookings.transferring import transfer

__all__ = [
    "accept_offer",
    "acknowledge",
    "agree_to_cancellation",
    "answer_snag",
    "approve_cancellation",
    "ask_discount",
    "cancel",
    "confirm",
    "consent_to_cancellation",
    "create",
    "decide_discount",
    "decide_kyc",
    "fund",
    "give_notice",
    "give_up_transfer",
    "hand_over",
    "invite_party",
    "join",
    "may_take",
    "nominate",
    "offer_possession",
    "put_cancellation_on_paper",
    "quote_cancellation",
    "register",
    "reject",
    "remove_party",
    "report_snag",
    "request_cancellation",
    "reserve",
    "revoke_party_code",
    "show_kyc",
    "sign",
    "step",
    "swap",
    "terminate",
    "tick",
    "transfer",
    "withdraw_cancellation",
]

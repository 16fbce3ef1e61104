"""Money that comes and goes through a payment gateway: ordered (`checkouts`), heard of (`hearing`), taken (`taking`), sent back
(`returning`), looked at by somebody where it does not fit (`issues`, `settling`)."""

from realestate.services.online.checkouts import open_checkout
from realestate.services.online.hearing import check, clear, hear
from realestate.services.online.rehearsing import press, rehearse
from realestate.services.online.returning import send_refunds
from realestate.services.online.settling import resolve

__all__ = ["check", "clear", "hear", "open_checkout", "press", "rehearse", "resolve", "send_refunds"]

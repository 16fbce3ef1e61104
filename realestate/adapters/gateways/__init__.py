"""Payment gateways: Stripe or Razorpay where their keys are set; else, in development, one of our own that behaves like them (`fake`)."""

from realestate.adapters.gateways.fake import Fake
from realestate.adapters.gateways.razorpay import Razorpay
from realestate.adapters.gateways.stripe import Stripe
from realestate.adapters.gateways.words import Gateway, Order, Page, Report, What
from realestate.config import settings
from realestate.errors import Conflict, NotFound

__all__ = ["Gateway", "Order", "Page", "Report", "What", "current", "find"]


def current() -> Gateway:
    """The one for new orders. Conflict NO_GATEWAY in production without any."""
    if settings.stripe_secret_key:
        return Stripe()
    if settings.razorpay_key_id:
        return Razorpay()
    if settings.is_production:
        raise Conflict("NO_GATEWAY", "Online payments are not set up here. Please pay in another way.")
    return Fake()


def find(name: str) -> Gateway:
    """The one of a name, where it is in use: messages and refunds come for old orders too. NotFound."""
    if name == Stripe.name and settings.stripe_secret_key:
        return Stripe()
    if name == Razorpay.name and settings.razorpay_key_id:
        return Razorpay()
    if name == Fake.name and not settings.is_production:
        return Fake()
    raise NotFound(detail="There is no such gateway.")

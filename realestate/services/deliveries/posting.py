"""Mails that are no notifications: about an account, and invitations."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.adapters import mail
from realestate.models.deliveries import DeliveryState, Purpose
from realestate.models.jobs import Task
from realestate.security import sealing
from realestate.services.jobs import later


async def post(
    session: AsyncSession, purpose: Purpose, *, user_id: int | None = None, invite_id: int | None = None, secret: str | None = None
) -> None:
    """To be sent if this transaction commits. `secret` is what only the mail may say: sealed until then, gone afterwards."""
    whom = {"user_id": user_id} | ({"invite_id": invite_id} if invite_id else {})
    if not mail.is_available():
        return await crud.deliveries.add(session, purpose, **whom, state=DeliveryState.suppressed, last_error=mail.NOWHERE)
    sealed = None if secret is None else sealing.seal(secret.encode(), purpose.value)
    await crud.deliveries.add(session, purpose, **whom, sealed=sealed)
    later(session, Task.deliver)  # at once; the clock comes by every minute anyway

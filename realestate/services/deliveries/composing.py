"""What a delivery says, made from the rows as they are when it is sent."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.crud.deliveries import Parcel
from realestate.models.accounts import CodePurpose, User
from realestate.models.deliveries import Delivery, Purpose
from realestate.papers import mails
from realestate.papers.mails import Letter
from realestate.security import sealing, tokens
from realestate.services.deliveries.choosing import is_notice

CODES = {Purpose.verify_email: CodePurpose.verify_email, Purpose.reset_password: CodePurpose.reset_password}


class Nobody(Exception):
    """There is nobody to send this to, or nothing to say any more."""


async def mail(session: AsyncSession, parcel: Parcel) -> EmailMessage:
    """The mail of a delivery. Raises Nobody, or Undeliverable for what is no address."""
    delivery, user, invite = parcel.delivery, parcel.user, parcel.invite
    if delivery.purpose is Purpose.reset_password:
        user = await crud.deliveries.find_user(session, _secret(delivery))
    if invite is not None:
        to, name = invite.email, invite.full_name or ""
    else:
        to, name = _still(user).email, _name(parcel, user)
    letter = await _letter(session, parcel, user, name)
    return mails.message(letter, to, name, delivery.id, delivery.created_at)


def text(parcel: Parcel) -> tuple[str, str]:
    """To which number or person, and what: for a phone."""
    user, notification = _still(parcel.user), parcel.notification
    assert notification, "only notifications go to phones"
    title, message = mails.said(notification, mails.language(user.locale))
    link = [mails.page(notification.action_url)] if notification.action_url else []
    if parcel.delivery.channel.value == "push":
        to = str(user.id)
    else:
        to = (parcel.customer.phone if parcel.customer else user.phone) or ""
    if not to:
        raise Nobody("no phone number")
    return to, "\n".join([title, message, *link])


async def _letter(session: AsyncSession, parcel: Parcel, user: User | None, name: str) -> Letter:
    delivery, words = parcel.delivery, mails.language(user.locale if user else "en")
    if parcel.notification is not None:
        return mails.of_notification(parcel.notification, parcel.builder, words, name, is_notice(parcel.notification, _still(user)))
    if parcel.invite is not None:
        if parcel.invite.used_at or parcel.invite.revoked_at or parcel.builder is None:
            raise Nobody("the invitation is not open any more")
        return mails.of_invitation(parcel.invite, parcel.builder, _secret(delivery), words)
    if delivery.purpose is Purpose.digest:
        return mails.of_digest(await crud.deliveries.contents(session, delivery.id), words, name)
    return mails.of_code(CODES[delivery.purpose], await _code(session, delivery, _still(user)), words)


async def _code(session: AsyncSession, delivery: Delivery, user: User) -> str:
    """Made of which mail this is, so that a mail sent twice brings the same; only its hash is written down. Nobody expects a mail any more
    that could not be sent for as long as its code would be good."""
    purpose, life = CODES[delivery.purpose], timedelta(minutes=mails.LIVES[CODES[delivery.purpose]])
    if datetime.now(UTC) > delivery.created_at + life:
        raise Nobody("it was asked for too long ago")
    if purpose is CodePurpose.verify_email and user.is_verified:
        raise Nobody("the address has been confirmed already")
    code = tokens.mailed(f"{purpose.value} {delivery.id} {delivery.created_at.timestamp()}")
    await crud.accounts.keep_code(session, user.id, purpose, tokens.digest(code), life)
    return code


def _still(user: User | None) -> User:
    if user is None or not user.is_active or user.erased_at:
        raise Nobody("nobody has this account any more" if user else "nobody has this address")
    return user


def _name(parcel: Parcel, user: User | None) -> str:
    return parcel.customer.full_name if parcel.customer else user.full_name if user else ""


def _secret(delivery: Delivery) -> str:
    if delivery.sealed is None:
        raise Nobody("its secret is gone")
    try:
        return sealing.open_sealed(delivery.sealed, delivery.purpose.value).decode()
    except ValueError:
        raise Nobody("it was sealed under another SECRET_KEY") from None

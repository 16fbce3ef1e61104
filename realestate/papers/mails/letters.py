"""What stands in a mail, in its reader's language, from the rows that it is about."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from realestate.config import settings
from realestate.models.accounts import Builder, CodePurpose, Invite, InviteKind
from realestate.models.notifications import Notification
from realestate.papers.mails.hindi import HINDI
from realestate.papers.mails.words import ENGLISH, Words

LANGUAGES = {words.language: words for words in (ENGLISH, HINDI)}
LIVES = {CodePurpose.verify_email: 48 * 60, CodePurpose.reset_password: 60}
"""Minutes that a code is good."""


class Item(NamedTuple):
    """One thing in a digest."""

    title: str
    text: str
    company: str | None
    link: str | None


@dataclass(frozen=True)
class Letter:
    """Filled into the two templates as it is. `company` is in whose name it is sent."""

    words: Words
    company: str
    heading: str
    paragraphs: Sequence[str] = ()
    items: Sequence[Item] = ()
    button: str = ""
    link: str = ""
    afterwards: Sequence[str] = ()
    footer: Sequence[str] = ()
    hello: str = ""
    choose: str = ""
    choose_link: str = field(default_factory=lambda: page("/settings/notifications"))


def language(locale: str) -> Words:
    """Of `hi-IN`, Hindi; English where we have no words."""
    return LANGUAGES.get(locale.partition("-")[0], ENGLISH)


def page(path: str) -> str:
    """A path on the portals' site."""
    return settings.public_url.rstrip("/") + path


def of_notification(notification: Notification, builder: Builder | None, words: Words, name: str, is_notice: bool) -> Letter:
    title, text = said(notification, words)
    made = Letter(words, _company(builder), title, (text,), hello=words.hello.format(name=name))
    if notification.action_url:
        made = replace(made, button=words.open, link=page(notification.action_url))
    why = words.notice if is_notice else words.wanted
    return replace(made, footer=[*_imprint(builder, words), why], choose="" if is_notice else words.choose)


def of_digest(told: Sequence[tuple[Notification, str | None]], words: Words, name: str) -> Letter:
    """Of all companies together."""
    items = [Item(*said(one, words), company, page(one.action_url) if one.action_url else None) for one, company in told]
    heading = words.digest_subject.format(count=len(items))
    made = Letter(words, settings.sender[0], heading, (words.digest_text,), items, hello=words.hello.format(name=name))
    return replace(made, footer=[*_imprint(None, words), words.wanted], choose=words.choose)


def of_code(purpose: CodePurpose, code: str, words: Words) -> Letter:
    """The code is in the link alone, behind a #: it comes into no log of a web server. Nobody's name: whose address it is nobody has confirmed, and
    a stranger's text is not carried there."""
    minutes = LIVES[purpose]
    if purpose is CodePurpose.verify_email:
        text, path = words.verify_text.format(hours=minutes // 60), f"/verify-email#token={code}"
        heading, button, ignore = words.verify_subject, words.verify_button, words.verify_ignore
    else:
        text, path = words.reset_text.format(minutes=minutes), f"/reset-password#token={code}"
        heading, button, ignore = words.reset_subject, words.reset_button, words.reset_ignore
    made = Letter(words, settings.sender[0], heading, (text,), button=button, link=page(path))
    return replace(made, afterwards=[ignore], footer=_imprint(None, words))


def of_invitation(invite: Invite, builder: Builder, code: str, words: Words) -> Letter:
    until = f"{invite.expires_at:%d %b %Y, %H:%M} UTC"
    company, note = builder.company_name, words.code.format(code=code, until=until)
    if invite.kind is InviteKind.team:
        role = invite.team_role.value if invite.team_role else ""
        text = words.team_text.format(company=company, role=words.roles.get(role, role.replace("_", " ")))
        heading, button, path = words.team_subject.format(company=company), words.team_button, "/join"
    else:
        text = words.customer_text.format(company=company)
        heading, button, path = words.customer_subject.format(company=company), words.customer_button, "/invitations"
    made = Letter(words, company, heading, (text, note), button=button, link=page(f"{path}#code={code}"), footer=_imprint(builder, words))
    return replace(made, hello=words.hello.format(name=invite.full_name)) if invite.full_name else made


def said(notification: Notification, words: Words) -> tuple[str, str]:
    """Title and text; as they stand in the inbox where a language has none, or wants what this notification does not know."""
    title, text = words.events.get(notification.type.value, ("", ""))
    try:
        return (title, text.format(**notification.params)) if title else (notification.title, notification.message)
    except KeyError:
        return notification.title, notification.message


def _company(builder: Builder | None) -> str:
    return builder.company_name if builder else settings.sender[0]


def _imprint(builder: Builder | None, words: Words) -> list[str]:
    """Who is answerable: the company, if it is about its business, and the platform."""
    sent_by = words.sent_by.format(platform=settings.sender[0])
    if builder is None:
        return [sent_by]
    company = ", ".join(filter(None, (builder.company_name, builder.address, words.licence.format(number=builder.license_number))))
    return [company, sent_by]

"""What mails say in one language, apart from the notifications themselves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Texts with the names of what is put into them. `events` says notifications as `Event: (title, message)`; empty: as they were written."""

    language: str
    direction: str
    events: dict[str, tuple[str, str]]
    roles: dict[str, str]
    hello: str
    open: str
    digest_subject: str
    digest_text: str
    verify_subject: str
    verify_text: str
    verify_button: str
    verify_ignore: str
    reset_subject: str
    reset_text: str
    reset_button: str
    reset_ignore: str
    team_subject: str
    team_text: str
    team_button: str
    customer_subject: str
    customer_text: str
    customer_button: str
    code: str
    notice: str
    wanted: str
    choose: str
    licence: str
    sent_by: str


ENGLISH = Words(
    language="en",
    direction="ltr",
    events={},
    roles={},
    hello="Hello {name},",
    open="Open",
    digest_subject="What is new: {count}",
    digest_text="This has happened lately.",
    verify_subject="Please confirm your e-mail address",
    verify_text="Press the button to confirm that this address is yours. The link is good once, for {hours} hours.",
    verify_button="Confirm the address",
    verify_ignore="If you have not opened an account with us, ignore this mail.",
    reset_subject="Your new password",
    reset_text="Somebody, probably you, wants a new password for this account. The link is good once, for {minutes} minutes. "
    "With a new password you will be signed out everywhere.",
    reset_button="Choose a new password",
    reset_ignore="If it was not you, ignore this mail: nothing has changed.",
    team_subject="{company} invites you into its team",
    team_text="{company} would like to have you in its team, for this role: {role}.",
    team_button="Join the team",
    customer_subject="{company} invites you",
    customer_text="{company} would like to look after you as its customer.",
    customer_button="Accept the invitation",
    code="Your code is {code}. It is good once, until {until}.",
    notice="This is a notice about your account or your purchase, and cannot be turned off.",
    wanted="You get this because you have not turned it off.",
    choose="Choose what you get",
    licence="Licence {number}",
    sent_by="Sent by {platform}",
)

"""What stands in mails: in every language, for every event, and nothing that a name has smuggled in."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from string import Formatter
from types import SimpleNamespace

import pytest

from realestate.config import settings
from realestate.errors import Undeliverable
from realestate.models.accounts import Builder, CodePurpose, Invite, InviteKind, TeamRole
from realestate.models.notifications import Event, Notification
from realestate.models.tellings import TELLINGS
from realestate.papers import mails

AT = datetime(2026, 11, 21, 9, 30, 0, 123456, UTC)
ASHOKA = Builder(company_name="Ashoka Homes", address="12 Hill Road, Pune", license_number="LIC-7")
LANGUAGES = list(mails.LANGUAGES.values())


class Params(dict):
    """Whatever a text wants to know."""

    def __missing__(self, name):
        return f"<{name}>"


def wanted(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def notification(event=Event.booking_confirmed, **more):
    telling = TELLINGS[event]
    params = {name: f"<{name}>" for name in wanted(telling.message)}
    said = {"title": telling.title, "message": telling.message.format(**params), "params": params, "action_url": "/bookings/7"}
    return Notification(type=event, **said | more)


def mail(letter, to="asha@example.com", name="Asha Rao"):
    return mails.message(letter, to, name, 7, AT)


def letter_of(words, event=Event.booking_confirmed, builder=ASHOKA, name="Asha Rao", is_notice=False, **more):
    return mails.of_notification(notification(event, **more), builder, words, name, is_notice)


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_every_event_is_said_in_every_language(words):
    assert words.events.keys() <= set(Event) and wanted(words.hello) == {"name"}
    for event in Event:
        letter = letter_of(words, event)
        text, html = mails.bodies(letter)
        assert "{" not in letter.heading + "".join(letter.paragraphs), event
        assert letter.paragraphs[0] in text and f'<html lang="{words.language}"' in html
        for template in words.events.get(event, ()):
            assert wanted(template) <= wanted(TELLINGS[event].message) | wanted(TELLINGS[event].title), event


def test_what_a_language_cannot_say_is_said_as_it_was_written():
    hindi = mails.language("hi-IN")
    assert hindi.language == "hi" and mails.language("fr").language == "en"
    assert mails.said(notification(params={}), hindi) == ("Booking confirmed", notification().message)


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
@pytest.mark.parametrize("purpose", list(CodePurpose))
def test_a_code_is_in_the_link_alone(words, purpose):
    made = mail(mails.of_code(purpose, "c0de", words))
    text, html = (made.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert text.count("c0de") == html.count("c0de") == 1
    assert re.search(rf"{settings.public_url}/[a-z-]+#token=c0de\r?\n", text)
    assert "c0de" not in str(made["Subject"]) and "List-Unsubscribe" not in made


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
@pytest.mark.parametrize("kind", list(InviteKind))
def test_an_invitation_says_its_code_and_whose_it_is(words, kind):
    role = TeamRole.sales_manager if kind is InviteKind.team else None
    invite = Invite(kind=kind, team_role=role, full_name="Nikhil", email="n@example.com", expires_at=AT)
    letter = mails.of_invitation(invite, ASHOKA, "K7QM-2RXD", words)
    text, html = mails.bodies(letter)
    assert all(part in said for said in (text, html) for part in ("Ashoka Homes", "LIC-7", "K7QM-2RXD", "Nikhil"))


def test_html_shows_what_was_typed_and_runs_none_of_it():
    evil = "<script>alert(1)</script>"
    builder = Builder(company_name=evil, license_number=evil, address=evil)
    digest = mails.of_digest([(notification(title=evil, message=evil), evil)], LANGUAGES[0], evil)
    for letter in (letter_of(LANGUAGES[0], name=evil, title=evil, message=evil, builder=builder), digest):
        text, html = mails.bodies(letter)
        assert evil in text and "<script" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize("bad", ["Asha\r\nBcc: all@example.com", "Asha\nX: y", "Asha\x00\x85\u2028B", "\u202eoha", "a" * 5000])
def test_no_name_adds_a_header(bad):
    builder = Builder(company_name=bad, license_number="L")
    made = mail(letter_of(LANGUAGES[0], title=bad, name=bad, builder=builder), name=bad)
    head = made.as_bytes().partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert set(names) <= {
        *(b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"List-Unsubscribe"),
        *(b"MIME-Version", b"Content-Type"),
    }
    assert len(names) == len(set(names)) and len(made["Subject"]) <= 200


@pytest.mark.parametrize("bad", ["", "nobody", "a@b\r\nBcc: c@d", "Asha <a@b.in>, c@d.in", "a b@c.in"])
def test_what_is_no_address_is_not_written_to(bad):
    with pytest.raises(Undeliverable) as refused:
        mail(letter_of(LANGUAGES[0]), to=bad)
    assert refused.value.is_final


def test_names_in_any_script_arrive():
    made = mail(letter_of(LANGUAGES[0], title="आशा की बुकिंग"), name='आशा "A" राव, Pune')
    again = SimpleNamespace(**dict(zip(("to", "subject"), (made["To"].addresses[0], made["Subject"]), strict=True)))
    assert again.to.display_name == "आशा A राव Pune" and again.subject == "आशा की बुकिंग"
    assert made.as_bytes().isascii()


@pytest.mark.parametrize("length", [0, 40, 70, 150])
@pytest.mark.parametrize(
    "bad", ["Security <security@bank.example>, of", "Asha, attacker@evil.example, and", 'friend, of: "pay now";', "a@b.in", "\\"]
)
def test_no_name_is_an_address_to_whoever_reads_the_bytes(bad, length):
    name = bad + " a very long and honest name" * (length // 27)
    made = mail(letter_of(LANGUAGES[0], builder=Builder(company_name=name, license_number="L")), name=name)
    read = message_from_bytes(made.as_bytes(), policy=default)
    assert [one.addr_spec for one in (*read["From"].addresses, *read["To"].addresses)] == ["no-reply@localhost", "asha@example.com"]
    assert (read["From"].defects, read["To"].defects) == ((), ())


def test_one_delivery_has_one_message_id():
    first, again, other = (
        mail(letter_of(LANGUAGES[0])),
        mail(letter_of(LANGUAGES[1])),
        mails.message(letter_of(LANGUAGES[0]), "a@b.in", "", 8, AT),
    )
    assert first["Message-ID"] == again["Message-ID"] == "<7.20261121093000123456@localhost>" != other["Message-ID"]


def test_what_can_be_turned_off_says_how():
    wanted, notice = mail(letter_of(LANGUAGES[0])), mail(letter_of(LANGUAGES[0], is_notice=True))
    assert wanted["List-Unsubscribe"] == f"<{settings.public_url}/settings/notifications>"
    assert "List-Unsubscribe" not in notice and "cannot be turned off" in notice.get_body(("plain",)).get_content()

"""A letter as a mail: headers that nobody's name can add to, and the same content as text and as HTML."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from realestate.config import settings
from realestate.errors import Undeliverable
from realestate.papers.mails.letters import Letter

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(("html.jinja",), default_for_string=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""What ends a header's line, or turns its direction."""
LONGEST, LONGEST_NAME = 200, 60
SPECIALS = re.compile(r"""[()<>\[\]:;@\\,"]+""")
POLICY = SMTP.clone(cte_type="7bit")
"""Understood by any server, whatever the script."""


def one_line(text: str) -> str:
    """Fit for a header."""
    return BREAKS.sub(" ", text).strip()[:LONGEST]


def display_name(text: str) -> str:
    """Fit to stand before an address (RFC 5322, 3.2.3): of characters that mean something there, only the full stop stays. Short, because Python
    forgets the quotes of what it has to fold."""
    return " ".join(SPECIALS.sub(" ", one_line(text)).split())[:LONGEST_NAME].strip()


def bodies(letter: Letter) -> tuple[str, str]:
    """Text and HTML."""
    text, html = (TEMPLATES.get_template(f"letter.{kind}.jinja").render(letter=letter, words=letter.words) for kind in ("txt", "html"))
    return text, html


def message(letter: Letter, to: str, name: str, number: int, at: datetime) -> EmailMessage:
    """The mail of one delivery, known by its number and time: sent again, it has the same Message-ID. Undeliverable to what is no address."""
    sender = settings.sender[1]
    made = EmailMessage(policy=POLICY)
    try:
        made["From"] = Address(display_name(letter.company), addr_spec=sender)
        made["To"] = Address(display_name(name), addr_spec=to)
    except (ValueError, IndexError):  # the parser of addresses raises both
        raise Undeliverable("this is no address to write to", is_final=True) from None
    made["Subject"] = one_line(letter.heading)
    made["Date"] = at
    made["Message-ID"] = f"<{number}.{at:%Y%m%d%H%M%S%f}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    if letter.choose:
        made["List-Unsubscribe"] = f"<{letter.choose_link}>"
    text, html = bodies(letter)
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    return made

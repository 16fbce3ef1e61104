"""What customers and builders have written to each other in the demo data, in the diary among the sales."""

from datetime import timedelta
from functools import partial

from sqlalchemy import update

from realestate.database import Identity
from realestate.demo import shapes
from realestate.demo.papers import upload
from realestate.demo.sales import Diary
from realestate.demo.sites import Site
from realestate.models.accounts import Role
from realestate.models.documents import Side
from realestate.models.messages import CannedReply, Message, MessageType, ScheduledMessage, ThreadState
from realestate.schemas.messages import MessageCreate
from realestate.services import messages

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Line = tuple[str, str]
"""Who says it (`c`ustomer, `b`uilder, `n`ote of the team's), and what."""

WALK: tuple[Line, ...] = (
    ("c", "The bank asks for the approved floor plan and the title report. Could you send me both?"),
    ("b", "Both are with the bank's panel lawyer since Tuesday. I will send you copies today."),
    ("n", "Loan sanction is taking long. Finance agreed to wait until the 20th before the reminder."),
    ("c", "Thank you. They say the sanction letter comes this week."),
    ("b", "Good. The next instalment fell due last week; once the bank pays, it is settled."),
    ("c", "Is there interest for these days? I would rather pay a part of it myself then."),
)
ATTACHED = {WALK[1][1]: ("Title report, copy.jpg", "TITLE REPORT", "Clear and marketable.", "Specimen")}
"""What goes along with a line: its name and what it says."""
DIALOGUES: tuple[tuple[MessageType, tuple[Line, ...]], ...] = (
    (
        MessageType.inquiry,
        (
            ("c", "Is a flat above the eighth floor still available? We need two parking spaces."),
            ("b", "A few are. Two spaces come with the larger ones. Shall I hold one for you for a week?"),
            ("c", "Please wait until we have seen it on Saturday."),
        ),
    ),
    (
        MessageType.complaint,
        (
            ("c", "The hoist was running past ten at night again. We live next door and cannot sleep."),
            ("n", "Second complaint this month. Prakash has the site log."),
            ("b", "You are right, and I am sorry. From today the hoist stops at eight."),
        ),
    ),
    (
        MessageType.support,
        (
            ("c", "My receipt shows my old address. Can it be corrected?"),
            ("b", "Please change it in your profile; the next receipt will show it."),
        ),
    ),
    (MessageType.general, (("c", "When will the club house open? My daughter swims for her school."),)),
)
CANNED = (
    ("Site visits", "Dear {customer_name}, {project_name} can be visited every day from ten to six. Which day suits you?"),
    (
        "Documents for a loan",
        "Dear {customer_name}, banks ask for the agreement, the approved plan and the payment schedule of {project_name}.",
    ),
    ("Thank you", "Thank you for writing, {customer_name}. We will answer before tomorrow evening."),
)


def talk_all(diary: Diary, sites: dict[str, Site], customers: list[int]) -> None:
    """The first customer's talk about its home, one with each kind of answer about every project on sale, and what a team keeps ready."""
    river = sites["Deccan Crest Riverwalk"]
    _talk(diary, river, customers[0], MessageType.support, WALK, 8)
    diary.at(diary.now - HOUR, partial(_plan, diary, river, customers[0]))
    for number, site in enumerate(site for site in sites.values() if site.place.is_published):
        for offset, days in ((0, 2 + number % 7), (1, 10 + 5 * number % 31)):  # recently, and some weeks ago
            kind, lines = DIALOGUES[(number + offset) % len(DIALOGUES)]
            _talk(diary, site, customers[2 + (2 * number + offset) % (len(customers) - 2)], kind, lines, days)
    for team in {site.project.builder_id: site.team for site in sites.values()}.values():
        diary.at(diary.now - DAY * 60, partial(_keep_ready, diary, team.builder.id))


def _talk(diary: Diary, site: Site, customer_id: int, kind: MessageType, lines: tuple[Line, ...], days: int) -> None:
    """A line every few hours from so many days ago on."""
    for number, (who, content) in enumerate(lines):
        diary.at(diary.now - DAY * days + HOUR * 5 * number, partial(_say, diary, site, customer_id, kind, who, content))
    if lines is WALK:
        diary.at(diary.now - DAY * (days - 1), partial(_file, diary, site, customer_id, assigned_to=site.team.sales.me))
    elif lines[-1][0] == "b":
        diary.at(diary.now - DAY * (days - 2), partial(_file, diary, site, customer_id, status=ThreadState.closed))


async def _say(diary: Diary, site: Site, customer_id: int, kind: MessageType, who: str, content: str) -> None:
    """By the product's own verb. Below the session the database dates its rows, and the worker does not know who is not to be told."""
    by = Identity(Role.customer, customer_id) if who == "c" else site.team.sales
    said = MessageCreate(project_id=site.project.id, content=content, message_type=kind, is_internal=who == "n")
    said.customer_id = customer_id
    if content in ATTACHED:
        name, *lines = ATTACHED[content]
        said.attachment_ids = [await upload(diary.session, by, shapes.sheet(*lines), name)]
    message_id = await messages.send(diary.session, by, said)
    if who != "n":
        diary.session.info["events"][-1] |= {"customer": who == "b"} | ({"permissions": []} if who == "b" else {})
    then, side = diary.clock.moment, Side(by.role.value)
    await diary.session.execute(update(Message).where(Message.id == message_id).values(created_at=then, updated_at=then))
    seen = (Message.customer_id == customer_id, Message.project_id == site.project.id, Message.sender_side != side, ~Message.is_read)
    await diary.session.execute(update(Message).where(*seen, ~Message.is_internal).values(is_read=True, read_at=then, updated_at=then))


async def _file(diary: Diary, site: Site, customer_id: int, **values: object) -> None:
    """Written directly: whom it is assigned to has long read of it."""
    first = (Message.customer_id == customer_id, Message.project_id == site.project.id, Message.id == Message.conversation_id)
    await diary.session.execute(update(Message).where(*first).values(values))


async def _plan(diary: Diary, site: Site, customer_id: int) -> None:
    """A message for the day after tomorrow, written directly: by the database's clock that may be long ago."""
    said = MessageCreate(
        project_id=site.project.id, customer_id=customer_id, content="A reminder: the bank's valuer comes at eleven today."
    )
    scheduled = ScheduledMessage(builder_id=site.project.builder_id, project_id=site.project.id, customer_id=customer_id)
    scheduled.sender_id, scheduled.sender_side, scheduled.content = site.team.sales.me, Side.builder, said.content
    scheduled.said, scheduled.send_at = said.model_dump(mode="json"), diary.clock.moment + DAY * 2
    diary.session.add(scheduled)


async def _keep_ready(diary: Diary, builder_id: int) -> None:
    diary.session.add_all(CannedReply(builder_id=builder_id, title=title, content=content) for title, content in CANNED)

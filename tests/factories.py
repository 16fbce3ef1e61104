"""People and things for tests, made and committed as users would: each test has its own, and the wall keeps tests apart."""

import itertools
import os
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from realestate.database import WORKER, transaction
from realestate.models.accounts import Builder, BuilderAccount, BuilderStatus, Customer, Lead, LeadSource, TeamRole, User, UserType
from realestate.models.appointments import Appointment
from realestate.models.bookings import Snag
from realestate.models.change_requests import ChangeRequest, ChangeRequestType
from realestate.models.documents import Audience, Document, DocumentKind, Side
from realestate.models.escrow import EscrowWithdrawal
from realestate.models.payments import CreditNote, Installment, IssueKind, PaymentIssue, PlanAmendment
from realestate.models.projects import Project, ProjectType, PublishState
from realestate.models.units import Unit, UnitStatus, UnitType
from realestate.security import passwords, tokens

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)
_hashes: list[str] = []


def unique(word: str) -> str:
    """A word that no other test, in whatever process, has."""
    return f"{word}-{os.getpid()}-{next(_numbers)}"


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    user_id: int
    role: str
    email: str
    builder_id: int | None = None
    team_role: str | None = None
    project_scope: tuple[int, ...] = ()
    may_certify: bool = False

    @property
    def headers(self) -> dict[str, str]:
        claims = tokens.Claims(
            session_id=self.user_id,
            user_id=self.user_id,
            role=self.role,
            builder_id=self.builder_id,
            team_role=self.team_role,
            may_certify=self.may_certify,
            project_scope=self.project_scope,
            expires_at=int(time.time()) + 600,
        )
        return {"Authorization": f"Bearer {tokens.issue(claims)}"}


async def _user(user_type: UserType, name: str, **more: Any) -> User:
    if not _hashes:
        _hashes.append(await passwords.hash(PASSWORD))
    email = f"{unique(name.split()[0].lower())}@example.com"
    return User(user_type=user_type, email=email, full_name=name, password_hash=_hashes[0], is_verified=True, **more)


async def make_builder(name: str = "Ashoka Homes", status: BuilderStatus = BuilderStatus.active) -> Person:
    """A company, and its owner signed in."""
    async with transaction(WORKER) as session:
        builder = Builder(
            slug=unique("ashoka"), company_name=name, contact_name="Meera Iyer", license_number=unique("LIC"), status=status, verified=True
        )
        session.add(builder)
        await session.flush()
        session.add(BuilderAccount(builder_id=builder.id))
        owner = await _user(UserType.builder, "Meera Iyer", builder_id=builder.id, team_role=TeamRole.owner)
        session.add(owner)
        await session.flush()
        builder.owner_user_id = owner.id
    return Person(owner.id, "builder", owner.email, builder.id, "owner")


async def make_member(builder: Person, team_role: TeamRole, *project_scope: int, may_certify: bool = False) -> Person:
    """Somebody else of the same company, who may be limited to some projects. An engineer may certify or not."""
    async with transaction(WORKER) as session:
        place = {"builder_id": builder.builder_id, "team_role": team_role, "project_scope": list(project_scope) or None}
        user = await _user(UserType.builder, "Team Member", **place, may_certify=may_certify)
        session.add(user)
    return Person(user.id, "builder", user.email, builder.builder_id, team_role.value, project_scope, may_certify)


async def make_customer(name: str = "Asha Rao", known_to: Person | None = None) -> Person:
    """A customer, whom a builder may already know; known to one of its sales people, it is theirs to look after."""
    async with transaction(WORKER) as session:
        user = await _user(UserType.customer, name)
        session.add(user)
        await session.flush()
        first, _, last = name.partition(" ")
        session.add(Customer(id=user.id, first_name=first, last_name=last, phone="+919876543210"))
        await session.flush()
        if known_to:
            seller = known_to.user_id if known_to.team_role == TeamRole.sales else None
            session.add(Lead(builder_id=known_to.builder_id, customer_id=user.id, source=LeadSource.team, assigned_to=seller))
    return Person(user.id, "customer", user.email)


async def make_admin() -> Person:
    async with transaction(WORKER) as session:
        user = await _user(UserType.admin, "Platform Admin")
        session.add(user)
    return Person(user.id, "admin", user.email)


async def make_project(builder: Person, published: bool = True, **more: Any) -> int:
    """A project of a builder, published unless said otherwise."""
    said: dict[str, Any] = {
        "project_name": "Ashoka Residency",
        "slug": unique("residency"),
        "project_type": ProjectType.residential,
        "location_city": "Pune",
        "location_state": "Maharashtra",
        "publish_state": PublishState.published if published else PublishState.draft,
        "promised_possession_date": date(2028, 3, 31),
    }
    async with transaction(WORKER) as session:
        project = Project(builder_id=builder.builder_id, **said | more)
        session.add(project)
    return project.id


async def make_units(
    builder: Person, project_id: int, count: int = 1, price: str = "7500000.01", published: bool = True, **more: Any
) -> list[int]:
    """Units of a project, on sale unless said otherwise."""
    said: dict[str, Any] = {"unit_type": UnitType.two_bhk, "area_sqft": Decimal("910.5"), "bedrooms": 2, "status": UnitStatus.available}
    async with transaction(WORKER) as session:
        units = [
            Unit(
                builder_id=builder.builder_id,
                project_id=project_id,
                is_published=published,
                price=Decimal(price),
                **{"tower": "A", "unit_number": unique("U")} | said | more,
            )
            for _ in range(count)
        ]
        session.add_all(units)
    return [unit.id for unit in units]


async def make_unit(builder: Person, published: bool = True, **more: Any) -> int:
    """One unit, on sale unless said otherwise, in a project of its own."""
    return (await make_units(builder, await make_project(builder, published), published=published, **more))[0]


async def make_credit_note(builder: Person, booking: dict[str, Any]) -> int:
    """A charge that was demanded by mistake, and taken back."""
    number, moment = unique("D"), datetime.now(UTC)
    place = {"builder_id": builder.builder_id, "project_id": booking["project_id"], "booking_id": booking["id"]}
    said: dict[str, Any] = place | {"customer_id": booking["customer_id"], "name": "Club", "amount": Decimal(500), "demand_no": number}
    said |= {"demanded_at": moment}
    async with transaction(WORKER) as session:
        line = Installment(**said, kind="charge", seq=99, trigger={}, status="demanded", demand_state="issued")
        session.add(line)
        await session.flush()
        by = {"created_by": builder.user_id, "reason": "It is not a member.", "credit_no": unique("CN")}
        note = CreditNote(**said, **by, installment_id=line.id, tax_amount=Decimal(0), currency="INR")
        session.add(note)
    return note.id


async def make_change_request(builder: Person, booking: dict[str, Any], **more: Any) -> int:
    """What a booking's customer wants otherwise."""
    said: dict[str, Any] = {"request_type": ChangeRequestType.electrical, "request_title": "Two sockets", "request_description": "Here."}
    key = {name: booking[name] for name in ("project_id", "customer_id")} | {"builder_id": builder.builder_id, "booking_id": booking["id"]}
    async with transaction(WORKER) as session:
        request = ChangeRequest(**key, currency=booking["currency"], **said | more)
        session.add(request)
    return request.id


async def make_snag(builder: Person, booking: dict[str, Any], **more: Any) -> int:
    """Something that is not right in a home."""
    key = {name: booking[name] for name in ("project_id", "customer_id")} | {"builder_id": builder.builder_id, "booking_id": booking["id"]}
    async with transaction(WORKER) as session:
        snag = Snag(**key, **{"title": "A scratch", "reported_by": booking["customer_id"]} | more)
        session.add(snag)
    return snag.id


async def make_plan_amendment(builder: Person, booking: dict[str, Any], **more: Any) -> int:
    """Another schedule, proposed in the owner's name."""
    key = {name: booking[name] for name in ("project_id", "customer_id", "currency")} | {"builder_id": builder.builder_id}
    said: dict[str, Any] = {"number": 1, "reason": "x", "amount": Decimal(1), "tax_amount": Decimal(0), "kept": [], "lines": []}
    async with transaction(WORKER) as session:
        hashed = {"replaces": [], "content_hash": "0" * 64, "created_by": builder.user_id}
        amendment = PlanAmendment(**key, booking_id=booking["id"], **said | hashed | more)
        session.add(amendment)
    return amendment.id


async def make_withdrawal(builder: Person, finance: Person, project_id: int, **more: Any) -> int:
    """What somebody of the team wants to draw on a project's escrow account, half of whose work is certified, with three certificates."""
    said = {"amount": Decimal(1), "currency": "INR", "purpose": "The contractor's bill.", "created_by": finance.user_id}
    place = {"builder_id": builder.builder_id, "project_id": project_id}
    async with transaction(WORKER) as session:
        (await session.get_one(Project, project_id)).certified_progress = Decimal(50)
        paper = {"side": Side.builder, "uploaded_by": finance.user_id, "audience": Audience.team, "kind": DocumentKind.approval, "size": 1}
        paper |= {"file_name": "x.pdf", "media_type": "application/pdf", "sha256": "x", "subject": "project", "subject_id": project_id}
        papers = [Document(**place, **paper, storage_key=unique("paper")) for _ in range(3)]
        session.add_all(papers)
        await session.flush()
        experts = ("engineer_document_id", "architect_document_id", "accountant_document_id")
        withdrawal = EscrowWithdrawal(**place, **said | dict(zip(experts, (one.id for one in papers), strict=True)) | more)
        session.add(withdrawal)
    return withdrawal.id


async def put(model: type[Any], id: int, **said: Any) -> None:
    """As if something had been so all along."""
    async with transaction(WORKER) as session:
        row = await session.get_one(model, id)
        for name, value in said.items():
            setattr(row, name, value)


async def make_issue(booking: dict[str, Any], builder_id: int | None, payment_id: int) -> int:
    """Something about a payment that somebody has to look at."""
    place = {name: booking[name] for name in ("project_id", "customer_id")} | {"builder_id": builder_id, "booking_id": booking["id"]}
    async with transaction(WORKER) as session:
        issue = PaymentIssue(**place, payment_id=payment_id, kind=IssueKind.dispute, gateway_reference=unique("dispute"), detail="x")
        session.add(issue)
    return issue.id


async def let_time_pass(model: type[Any], id: int, column: str, how_long: timedelta = timedelta(minutes=1)) -> None:
    """As if the moment in a column had come a minute ago, or longer."""
    async with transaction(WORKER) as session:
        setattr(await session.get_one(model, id), column, datetime.now(UTC) - how_long)


async def shift_visit(appointment_id: int, minutes_ago: int) -> None:
    """As if an appointment had begun so many minutes ago, and been made as long before as it was."""
    async with transaction(WORKER) as session:
        visit = await session.get_one(Appointment, appointment_id)
        by = datetime.now(UTC) - timedelta(minutes=minutes_ago) - visit.starts_at
        for column in ("starts_at", "ends_at", "busy_from", "busy_until", "change_until", "created_at"):
            setattr(visit, column, getattr(visit, column) + by)

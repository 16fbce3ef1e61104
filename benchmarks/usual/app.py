"""The usual FastAPI way: sync SQLAlchemy ORM, joined loads, response models, a user row per request, `def` endpoints."""

import os
from collections.abc import Iterator
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import OAuth2PasswordBearer
from reserving import TOLD, installments, most_unpaid, notification, price
from sqlalchemy import create_engine, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload, sessionmaker, undefer
from usual.bookings import Booking, BookingParty, Installment, Lead, Notification, NotificationCounter
from usual.models import Customer, Project, Unit, User
from usual.schemas import BookingCreate, BookingOut, ProjectPage, UnitOut

app = FastAPI()
engine = create_engine("postgresql+psycopg://", pool_size=16, max_overflow=0)
make_session = sessionmaker(engine, expire_on_commit=False)
WHOLE = (
    joinedload(Booking.unit).joinedload(Unit.project).joinedload(Project.builder),
    joinedload(Booking.customer).joinedload(Customer.user),
)


def get_session() -> Iterator[Session]:
    with make_session() as session:
        yield session


Db = Annotated[Session, Depends(get_session)]


def get_user(token: Annotated[str, Depends(OAuth2PasswordBearer("token"))], session: Db) -> User:
    try:
        claims = jwt.decode(token, os.environ["SECRET_KEY"], algorithms=["HS256"], audience="realestate")
    except jwt.PyJWTError:
        raise HTTPException(401) from None
    user = session.get(User, int(claims["sub"]))
    if user is None or not user.is_active:
        raise HTTPException(401)
    return user


CurrentUser = Annotated[User, Depends(get_user)]


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/api/projects", response_model=ProjectPage)
def list_projects(
    session: Db,
    city: str | None = None,
    status: str | None = None,
    page: Annotated[int, Query(ge=1)] = 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
):
    wanted = [Project.is_published]
    wanted += [Project.city_key == city.lower()] if city else []
    wanted += [Project.status == status] if status else []
    total = session.scalar(select(func.count()).select_from(Project).where(*wanted))
    rows = select(Project).where(*wanted).options(joinedload(Project.builder), undefer(Project.available_units))
    projects = session.scalars(rows.order_by(Project.created_at.desc(), Project.id.desc()).limit(limit).offset((page - 1) * limit)).all()
    return {"projects": projects, "total": total, "page": page, "limit": limit}


@app.get("/api/projects/{project_id}/units", response_model=list[UnitOut])
def list_units(project_id: int, session: Db):
    if session.scalar(select(Project.id).where(Project.id == project_id, Project.is_published)) is None:
        raise HTTPException(404)
    order = (Unit.tower.nulls_first(), Unit.floor_number, Unit.unit_number, Unit.id)
    return session.scalars(select(Unit).where(Unit.project_id == project_id, Unit.status != "unreleased").order_by(*order)).all()


@app.get("/api/bookings/customer/{customer_id}", response_model=list[BookingOut])
def list_bookings(customer_id: int, user: CurrentUser, session: Db):
    if user.id != customer_id:
        raise HTTPException(403)
    bookings = select(Booking).where(Booking.customer_id == customer_id).options(*WHOLE)
    return session.scalars(bookings.order_by(Booking.created_at.desc(), Booking.id.desc())).all()


@app.post("/api/bookings", response_model=BookingOut, status_code=201)
def create_booking(order: BookingCreate, user: CurrentUser, session: Db):
    locked = select(Unit).where(Unit.id == order.unit_id).options(joinedload(Unit.project)).with_for_update(of=Unit)
    unit = session.scalar(locked)
    if unit is None:
        raise HTTPException(404)
    if unit.status != "available":
        raise HTTPException(409)
    lead = insert(Lead).values(builder_id=unit.builder_id, customer_id=user.id, source="booking")
    session.execute(lead.on_conflict_do_update(index_elements=["builder_id", "customer_id"], set_={"updated_at": func.now()}))
    waiting = (Booking.status == "reserved", Booking.reserve_expires_at > func.now())
    unpaid = select(func.count()).where(Booking.project_id == unit.project_id, Booking.customer_id == user.id, *waiting)
    if session.scalar(unpaid) >= most_unpaid(unit.project):
        raise HTTPException(409)
    place = {"builder_id": unit.builder_id, "project_id": unit.project_id, "unit_id": unit.id, "customer_id": user.id}
    booking = Booking(**place, **price(unit, unit.project))
    unit.status, unit.customer_id, unit.hold_expires_at = "reserved", user.id, booking.reserve_expires_at
    unit.version += 1
    session.add(booking)
    session.flush()
    party = {"builder_id": unit.builder_id, "project_id": unit.project_id, "booking_id": booking.id, "customer_id": user.id}
    session.add(BookingParty(**party, owner_id=user.id, role="owner", share=1_000_000))
    session.add_all(Installment(**line) for line in installments(booking, unit.project))
    tell_team(session, booking, unit)
    session.commit()
    return session.scalars(select(Booking).where(Booking.id == booking.id).options(*WHOLE).execution_options(populate_existing=True)).one()


def tell_team(session: Session, booking: Booking, unit: Unit) -> None:
    """Number the notification in each inbox, counters locked in one order."""
    team = select(User.id).where(User.builder_id == booking.builder_id, User.is_active, User.team_role.in_(TOLD)).order_by(User.id)
    people = session.scalars(team).all()
    first = insert(NotificationCounter).values([{"user_id": person, "seq": 1} for person in people])
    counted = first.on_conflict_do_update(index_elements=["user_id"], set_={"seq": NotificationCounter.seq + 1})
    said = notification(booking, unit, unit.project)
    for person, seq in session.execute(counted.returning(NotificationCounter.user_id, NotificationCounter.seq)).all():
        session.add(Notification(**said, user_id=person, seq=seq))

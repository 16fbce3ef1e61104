"""Visits of the demo data: who came to see what, who did not, and who is to come. Made by the product's own verbs."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from realestate.database import Identity
from realestate.demo.sales import Diary
from realestate.demo.sites import Site
from realestate.models.accounts import Role
from realestate.models.appointments import AppointmentStatus, AppointmentType, MeetingLocation, VisitOutcome
from realestate.models.projects import ProjectStatus
from realestate.schemas.appointments import AppointmentCreate, AppointmentStep, Reschedule
from realestate.services import appointments

S, T, L = AppointmentStatus, AppointmentType, MeetingLocation
WISHES = ("A high floor, please.", "We come with my parents.", "Please show us the sample flat, too.", None)
OUTCOMES = (VisitOutcome.interested, VisitOutcome.follow_up, VisitOutcome.not_interested)
KINDS = ((T.site_visit, L.site), (T.site_visit, L.site), (T.virtual_tour, L.online), (T.consultation, L.office))


@dataclass
class Visit:
    """One customer's way to one site, on a day so many days from today."""

    diary: Diary
    site: Site
    customer_id: int
    number: int
    appointment_id: int = 0

    @property
    def guest(self) -> Identity:
        return Identity(Role.customer, self.customer_id)

    def start(self, days: int) -> datetime:
        """At ten, eleven, … where the project stands: one for each, so that nobody is asked twice."""
        zone, day = ZoneInfo(self.site.project.timezone), self.diary.now.date() + timedelta(days=days)
        return datetime.combine(day, time(10 + self.number % 7), zone)

    async def book(self, days: int) -> None:
        kind, place = KINDS[self.number % len(KINDS)]
        said = AppointmentCreate(
            project_id=self.site.project.id,
            appointment_date=self.start(days),
            appointment_type=kind,
            meeting_location=place,
            notes=WISHES[self.number % len(WISHES)],
            attendees=["Sunil Deshpande"] if self.number % 5 == 0 else [],
        )
        self.appointment_id = (await appointments.book(self.diary.session, self.guest, said)).id

    async def step(self, status: AppointmentStatus, outcome: VisitOutcome | None = None) -> None:
        wanted = AppointmentStep(status=status, outcome=outcome, reason="We are travelling." if status is S.cancelled else None)
        by = self.guest if status is S.cancelled else self.site.team.sales
        await appointments.step(self.diary.session, by, self.appointment_id, wanted, None)

    async def move(self, days: int) -> None:
        said = Reschedule(appointment_date=self.start(days), reason="Our car is at the workshop.")
        moved = await appointments.reschedule(self.diary.session, self.guest, self.appointment_id, said, None)
        self.appointment_id = moved.id

    async def rate(self) -> None:
        await appointments.rate(self.diary.session, self.appointment_id, 4 + self.number % 2)


def visit_all(diary: Diary, sites: dict[str, Site], customers: list[int]) -> None:
    """A few for each site where there is something to see, and for the two whose logins are told to people."""
    _come(Visit(diary, sites["Deccan Crest Riverwalk"], customers[0], 0), 33)
    _be_expected(Visit(diary, sites["Deccan Crest Riverwalk"], customers[0], 1), 2, confirmed=True)
    _be_expected(Visit(diary, sites["Palm Meridian Creek Terraces"], customers[1], 2), 4, confirmed=False)
    open_sites = [site for site in sites.values() if site.place.is_published and site.place.status is ProjectStatus.construction]
    for n, site in enumerate(open_sites):
        guests = (Visit(diary, site, customers[2 + (5 * n + m) % 40], n + m) for m in range(5))
        _come(next(guests), 20 + n)
        _stay_away(next(guests), 14 + n)
        _cancel(next(guests), 5 + n)
        _move(next(guests), 3 + n)
        _be_expected(next(guests), 1 + n, confirmed=n % 2 == 0)


def _come(visit: Visit, days: int) -> None:
    visit.diary.at(visit.diary.ago(days + 3), partial(visit.book, -days))
    visit.diary.at(visit.diary.ago(days + 2), partial(visit.step, S.confirmed))
    visit.diary.at(visit.start(-days) + timedelta(minutes=5), partial(visit.step, S.checked_in))
    visit.diary.at(visit.start(-days) + timedelta(hours=1), partial(visit.step, S.completed, OUTCOMES[visit.number % 3]))
    visit.diary.at(visit.start(-days) + timedelta(hours=9), visit.rate)


def _stay_away(visit: Visit, days: int) -> None:
    visit.diary.at(visit.diary.ago(days + 2), partial(visit.book, -days))
    visit.diary.at(visit.start(-days) + timedelta(hours=1), partial(visit.step, S.no_show))


def _cancel(visit: Visit, days: int) -> None:
    visit.diary.at(visit.diary.ago(4), partial(visit.book, days))
    visit.diary.at(visit.diary.ago(2), partial(visit.step, S.cancelled))


def _move(visit: Visit, days: int) -> None:
    visit.diary.at(visit.diary.ago(5), partial(visit.book, days))
    visit.diary.at(visit.diary.ago(2), partial(visit.move, days + 1))


def _be_expected(visit: Visit, days: int, *, confirmed: bool) -> None:
    visit.diary.at(visit.diary.ago(3), partial(visit.book, days))
    if confirmed:
        visit.diary.at(visit.diary.ago(1), partial(visit.step, S.confirmed))

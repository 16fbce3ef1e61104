"""When a builder receives visitors: rules, and the times that follow from them where the project stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SETTING = "appointments.availability"
"""Under which key a company, a project and a member of the team keep their rules."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Hours = Mapping[str, Sequence[Sequence[str]]]
"""Of each weekday, from when to when, such as [["09:00", "13:00"], ["14:00", "19:00"]]; a day that is not named is free. 24:00 is midnight."""


@dataclass(frozen=True, slots=True)
class Availability:
    """The defaults of the house: sales offices are open all week."""

    hours: Hours = field(default_factory=lambda: {day: [["09:00", "19:00"]] for day in DAYS})
    holidays: Sequence[str] = ()
    slot_minutes: int = 30
    """A visit may begin every so many minutes from the opening on."""
    visit_minutes: int = 60
    """How long it takes, unless said otherwise."""
    buffer_minutes: int = 0
    """After it, until its host can receive the next visitor."""
    notice_minutes: int = 60
    """How long before the start a customer may still book, move or cancel it."""
    horizon_days: int = 90
    auto_confirm: bool = False
    group_capacity: int = 0
    """Seats of a site visit in a group; 0: everybody is shown around alone."""
    visits_ahead: int = 10
    """Of one customer in the project: or one could fill a team's calendar."""

    @classmethod
    def of(cls, said: Iterable[Mapping[str, Any]]) -> "Availability":
        """From what is kept as JSON, the narrowest last: each rule by itself; holidays add up."""
        known, holidays = {one.name for one in fields(cls)}, set[str]()
        rules: dict[str, Any] = {}
        for one in said:
            holidays.update(one.get("holidays") or ())
            rules |= {name: value for name, value in one.items() if name in known and value is not None}
        return cls(**rules | {"holidays": sorted(holidays)})

    def starts_on(self, day: date, zone: ZoneInfo, minutes: int) -> Iterator[datetime]:
        """When a visit of so many minutes may begin on that day, in UTC."""
        for opens, closes in self._openings(day):
            wall, end = opens, _moment(closes, zone)
            while wall < closes:
                start = _moment(wall, zone)
                if _exists(wall, start, zone) and start + timedelta(minutes=minutes) <= end:
                    yield start
                wall += timedelta(minutes=self.slot_minutes)

    def is_open(self, start: datetime, end: datetime, zone: ZoneInfo) -> bool:
        """Whether all of it is within the hours of its day."""
        return any(
            _moment(opens, zone) <= start and end <= _moment(closes, zone)
            for opens, closes in self._openings(start.astimezone(zone).date())
        )

    def _openings(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """On the wall's clock."""
        if day.isoformat() not in self.holidays:
            for opens, closes in self.hours.get(DAYS[day.weekday()], ()):
                yield _on(day, opens), _on(day, closes)


def _on(day: date, clock: str) -> datetime:
    if clock == "24:00":
        return datetime.combine(day + timedelta(days=1), time())
    return datetime.combine(day, time.fromisoformat(clock))


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """Of the two moments that an hour put back has, the first."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _exists(wall: datetime, moment: datetime, zone: ZoneInfo) -> bool:
    """An hour put forward has no moments at all."""
    return moment.astimezone(zone).replace(tzinfo=None) == wall

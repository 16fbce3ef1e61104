"""What can be booked: the rules of a project, and who of the team is free. Read from the SQL function `agenda` (tenancy/agenda.py)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from realestate.models.appointments.availability import Availability
from realestate.models.appointments.words import AppointmentType


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that is offered, and for how many."""

    starts_at: datetime
    ends_at: datetime
    seats: int


@dataclass(frozen=True, slots=True)
class Host:
    """Somebody of the team who receives visitors. Who it is, only the system is told."""

    id: int | None
    name: str | None
    hours: Availability
    busy: tuple[tuple[datetime, datetime], ...]

    def is_free(self, since: datetime, until: datetime) -> bool:
        return all(until <= begins or ends <= since for begins, ends in self.busy)


@dataclass(frozen=True, slots=True)
class Group:
    """A group visit that somebody has booked already."""

    ends_at: datetime
    seats_taken: int
    host_id: int | None


@dataclass(frozen=True, slots=True)
class Agenda:
    """Hosts in the order in which they are asked: salespeople first, and who has least to do."""

    zone: ZoneInfo
    now: datetime
    rules: Availability
    hosts: tuple[Host, ...]
    groups: Mapping[datetime, Group]

    @classmethod
    def of(cls, said: Mapping[str, Any], now: datetime | None = None) -> "Agenda":
        """From the function's JSON; `now` for those who live in the past."""
        rules = said["rules"]
        hosts = (Host(one["id"], one["name"], Availability.of([*rules, one["rules"]]), _ranges(one["busy"])) for one in said["hosts"])
        groups = {_time(one["starts_at"]): Group(_time(one["ends_at"]), one["seats"], one["host"]) for one in said["groups"]}
        return cls(ZoneInfo(said["timezone"]), now or _time(said["now"]), Availability.of(rules), tuple(hosts), groups)

    def is_group(self, kind: AppointmentType) -> bool:
        """Site visits are, where the rules give them seats."""
        return self.rules.group_capacity > 0 and kind is AppointmentType.site_visit

    @property
    def last_day(self) -> date:
        """The horizon."""
        return self.now.astimezone(self.zone).date() + timedelta(days=self.rules.horizon_days)

    def earliest(self, *, is_customer: bool) -> datetime:
        """The notice binds customers, not the team."""
        return self.now + timedelta(minutes=self.rules.notice_minutes if is_customer else 0)

    def slots(self, kind: AppointmentType, first: date, last: date, minutes: int, earliest: datetime) -> Iterator[Slot]:
        """What is offered from the one day to the other, both included."""
        day = first
        while day <= min(last, self.last_day):
            for start in self.rules.starts_on(day, self.zone, minutes):
                end = start + timedelta(minutes=minutes)
                if start >= earliest and (seats := self._seats(kind, start, end)):
                    yield Slot(start, end, seats)
            day += timedelta(days=1)

    def offers(self, kind: AppointmentType, start: datetime, minutes: int) -> bool:
        """Whether a visit may begin then at all, taken or not."""
        day = start.astimezone(self.zone).date()
        fits = not self.is_group(kind) or minutes == self.rules.visit_minutes
        return fits and day <= self.last_day and start in self.rules.starts_on(day, self.zone, minutes)

    def host_for(self, kind: AppointmentType, start: datetime, minutes: int, seats: int, preferred: int | None) -> Host | None:
        """The host of the group, while it has seats; else who is free, the one preferred before the first."""
        end = start + timedelta(minutes=minutes)
        if self.is_group(kind) and start in self.groups:
            group = self.groups[start]
            has_seats = group.ends_at == end and group.seats_taken + seats <= self.rules.group_capacity
            return next((host for host in self.hosts if has_seats and host.id == group.host_id), None)
        if self.is_group(kind) and seats > self.rules.group_capacity:
            return None
        return _choose([host for host in self.hosts if self._is_free(host, start, end)], preferred)

    def successor(self, visit: tuple[datetime, datetime], busy: tuple[datetime, datetime], preferred: int | None) -> Host | None:
        """Who receives visitors, alone or a group, whom a host that has left would have: free for all of it, the one preferred first."""
        return _choose([host for host in self.hosts if host.hours.is_open(*visit, self.zone) and host.is_free(*busy)], preferred)

    def busy(self, start: datetime, end: datetime) -> tuple[datetime, datetime]:
        """What a visit takes of its host's time: with the buffer."""
        return start, end + timedelta(minutes=self.rules.buffer_minutes)

    def _seats(self, kind: AppointmentType, start: datetime, end: datetime) -> int:
        if self.is_group(kind) and start in self.groups:
            return self.rules.group_capacity - self.groups[start].seats_taken if self.groups[start].ends_at == end else 0
        free = any(self._is_free(host, start, end) for host in self.hosts)
        return (self.rules.group_capacity if self.is_group(kind) else 1) if free else 0

    def _is_free(self, host: Host, start: datetime, end: datetime) -> bool:
        return host.hours.is_open(start, end, self.zone) and host.is_free(*self.busy(start, end))


def _choose(free: list[Host], preferred: int | None) -> Host | None:
    return next((host for host in free if host.id == preferred), free[0] if free else None)


def _time(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _ranges(said: list[list[str]]) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((_time(begins), _time(ends)) for begins, ends in said)

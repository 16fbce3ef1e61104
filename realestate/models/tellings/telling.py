"""What is said of an event, to whom."""

import re
from dataclasses import dataclass

from realestate.models.accounts import Permission
from realestate.models.notifications import NotificationCategory, Priority

NAMES = re.compile(r"\{(\w+)\}")
"""The places in a text that `params` fill."""


@dataclass(frozen=True, slots=True)
class Telling:
    """To the customers of the subject (of an appointment: to both who meet) and to the members of its builder who hold one of `permissions`. Texts are filled from `params`."""

    title: str
    message: str
    permissions: tuple[Permission, ...]
    category: NotificationCategory = NotificationCategory.booking
    priority: Priority = Priority.medium
    customers: bool = True

    @property
    def names(self) -> set[str]:
        """What its texts say that is different each time."""
        return set(NAMES.findall(self.message))

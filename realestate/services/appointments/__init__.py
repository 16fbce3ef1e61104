"""Meeting people: a time is booked, moved, cancelled, kept or missed; and when there are times at all."""

from realestate.services.appointments.availability import described, set_rules, slots
from realestate.services.appointments.booking import book, reschedule
from realestate.services.appointments.reminders import remind
from realestate.services.appointments.steps import call_off, cancel, change, hand_over, rate, step

__all__ = ["book", "call_off", "cancel", "change", "described", "hand_over", "rate", "remind", "reschedule", "set_rules", "slots", "step"]

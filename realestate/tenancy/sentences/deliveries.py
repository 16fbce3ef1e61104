"""What is sent, which is nobody's to read, and codes that mails bring."""

from realestate.models.accounts import AccountCode
from realestate.models.deliveries import Delivery
from realestate.tenancy.sentences.words import ALL, May, Sentences

WALL: Sentences = {
    Delivery: [
        May(
            "doorman",
            "add",
            "purpose IN ('verify_email', 'reset_password') AND state IN ('queued', 'suppressed')",
            only=("purpose", "channel", "user_id", "sealed", "state", "last_error"),
        ),
        May("worker", "read add change remove", ALL),
    ],
    AccountCode: [
        May("doorman", "read", ALL),
        May("doorman", "change", "used_at IS NULL", becoming="used_at IS NOT NULL", only=("used_at",)),
        May("worker", "read add change remove", ALL),
    ],
}

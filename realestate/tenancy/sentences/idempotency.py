"""Keys of requests that may be sent twice."""

from realestate.models.idempotency import IdempotencyKey
from realestate.tenancy.sentences.words import ALL, ME, May, Sentences

WALL: Sentences = {
    IdempotencyKey: [
        May("customer builder admin", "read add", f"user_id = {ME}"),
        May("customer builder admin", "change", f"user_id = {ME}", only=("fingerprint", "answer", "created_at")),
        May("worker", "read add change remove", ALL),
    ],
}

"""Projects."""

from realestate.models.projects import Project
from realestate.tenancy.sentences.words import ALL, MY_PROJECTS, OURS, PUBLISHED, May, Sentences

WALL: Sentences = {
    Project: [
        May("visitor", "read", PUBLISHED),
        May("customer", "read", f"{PUBLISHED} OR id = {MY_PROJECTS}"),
        May("builder", "read change remove", OURS),
        May("builder", "add", f"{OURS} AND overall_progress = 0 AND certified_progress = 0"),
        May("admin", "read", ALL),
        May("admin", "change", ALL, becoming="publish_state = 'draft'", only=("publish_state", "version", "updated_at")),
        May("clerk", "read", ALL),
        May("clerk", "change", ALL, only=("price_range_min", "price_range_max", "overall_progress", "certified_progress")),
        May("worker", "read add change remove", ALL),
    ],
}

"""Phases of the work, and news from the site."""

from realestate.models.progress import ConstructionUpdate, ProjectProgress
from realestate.tenancy.sentences.words import ALL, ME, MY_CLAIMED_PROJECTS, MY_CLAIMED_UNITS, MY_PROJECTS, OURS, PUBLISHED, May, Sentences


def _open_columns(model: type[ProjectProgress | ConstructionUpdate]) -> tuple[str, ...]:
    return tuple(attribute.columns[0].name for attribute in model.__mapper__.column_attrs if attribute.group != "private")


PHASE = (
    *("phase_name", "phase_description", "weight", "position", "start_date", "expected_end_date", "actual_end_date"),
    *("progress_percentage", "status", "milestone_images", "contractor_notes", "customer_visible"),
    *("certified_percentage", "certified_at", "certified_by", "history", "version", "updated_at"),
)
UPDATE = (
    *("progress_id", "update_title", "update_content", "update_type", "priority", "audience", "images", "videos", "tags"),
    *("weather_impact", "estimated_delay_days", "seq", "published_at", "retracted_at", "version", "updated_at"),
)

WALL: Sentences = {
    ProjectProgress: [
        May("visitor", "read", f"{PUBLISHED} AND customer_visible AND unit_id IS NULL", only=_open_columns(ProjectProgress)),
        May(
            "customer",
            "read",
            f"""customer_visible AND ({PUBLISHED} OR project_id = {MY_PROJECTS})
            AND (unit_id IS NULL OR unit_id = {MY_CLAIMED_UNITS})""",
            only=_open_columns(ProjectProgress),
        ),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND certified_percentage = 0 AND certified_by IS NULL"),
        May("builder", "change", OURS, only=PHASE),
        May("builder", "remove", f"{OURS} AND certified_percentage = 0"),
        May("admin clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    ConstructionUpdate: [
        May("visitor", "read", "project_is_published AND is_published AND audience = 'public'", only=_open_columns(ConstructionUpdate)),
        May(
            "customer",
            "read",
            f"""is_published AND (audience = 'public' AND (project_is_published OR project_id = {MY_PROJECTS})
            OR audience = 'booked' AND project_id = {MY_CLAIMED_PROJECTS})""",
            only=_open_columns(ConstructionUpdate),
        ),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND posted_by = {ME} AND retracted_at IS NULL"),
        May("builder", "change", OURS, only=UPDATE),
        May("builder", "remove", f"{OURS} AND published_at IS NULL"),
        May("admin clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
}

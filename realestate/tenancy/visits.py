"""What holds of the steps of an appointment, whoever writes."""

from realestate.models.appointments import PATIENCE, Appointment
from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.speakers import CUSTOMER

_VISIT_STEPS = tuple((source.value, target.value) for sources, target in Appointment.EDGES.values() for source in sources)
_VISIT_STEP = "NEW.status <> OLD.status"

MOVED = Function(
    "moved_to_another_time()",
    f"""
    -- Whoever moves a visit has another one in its place by the end of the transaction.
    CREATE FUNCTION moved_to_another_time() RETURNS trigger {DEFINER} AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM appointments a WHERE a.rescheduled_from_id = NEW.id) THEN
            RAISE EXCEPTION 'moved to no other time' USING ERRCODE = 'check_violation', CONSTRAINT = 'moved_to_another_time';
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=(
        """CREATE CONSTRAINT TRIGGER moved_to_another_time AFTER UPDATE OF status ON appointments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.status = 'rescheduled' AND OLD.status <> 'rescheduled') EXECUTE FUNCTION moved_to_another_time()""",
    ),
)

REFUSALS = (
    ("appointments", "visit_steps", f"{_VISIT_STEP} AND (OLD.status, NEW.status) NOT IN {_VISIT_STEPS}"),
    ("appointments", "visitors_only_leave", f"{CUSTOMER} AND {_VISIT_STEP} AND NEW.status NOT IN ('cancelled', 'rescheduled')"),
    (
        "appointments",
        "visits_end_after_they_began",
        f"""{_VISIT_STEP} AND (NEW.status = 'completed' AND NEW.starts_at > now()
        OR NEW.status = 'no_show' AND NEW.starts_at > now() - interval '{int(PATIENCE.total_seconds())} seconds')""",
    ),
)
"""For `invariants.REFUSE`."""

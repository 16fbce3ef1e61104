"""The steps of bookings and units, as PostgreSQL holds them: each side takes its own, all of them are written down, and a home is owned whole."""

from realestate.models.accounts import Permission, Role
from realestate.models.bookings import WHOLE_SHARE, Snag, moves_of
from realestate.models.units import BOOKED_AS, NOT_TAKEN, Unit
from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.speakers import NOT_SYSTEM

_STEPS = "NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN"
_BACK = "OLD.status = 'cancellation_requested' AND NEW.status <> 'cancelled' AND NEW.status <> OLD.previous_status"
_SNAGS = tuple((source.value, target.value) for sources, target in Snag.EDGES.values() for source in sources)
_UNITS = tuple((source.value, Unit.EDGES[event][1].value) for event in Unit.BY_OWN_HAND for source in Unit.EDGES[event][0])
_OPEN = tuple(status.value for status in NOT_TAKEN)
_OF_UNIT = ("price", "price_lines", *BOOKED_AS)
_OLD, _NEW = (", ".join(f"{row}.{column}" for column in _OF_UNIT) for row in ("OLD", "NEW"))

REFUSALS = (
    ("units", "unit_steps", f"{NOT_SYSTEM} AND {_STEPS} {_UNITS}"),
    ("units", "claims_stand", f"{NOT_SYSTEM} AND OLD.customer_id IS NOT NULL AND NEW.customer_id IS DISTINCT FROM OLD.customer_id"),
    ("units", "taken_units_stand", f"{NOT_SYSTEM} AND OLD.status NOT IN {_OPEN} AND ({_NEW}) IS DISTINCT FROM ({_OLD})"),
    ("bookings", "booking_steps", f"current_setting('role') <> 'realestate_worker' AND {_BACK}"),
    ("bookings", "customers_steps", f"current_setting('role') = 'realestate_customer' AND {_STEPS} {moves_of(Role.customer)}"),
    (
        "bookings",
        "teams_steps",
        f"current_setting('role') LIKE 'realestate\\_builder%' AND {_STEPS} {moves_of(Permission)}",
    ),
    ("bookings", "allotments_stand", "OLD.allotment_no IS NOT NULL AND NEW.allotment_no IS DISTINCT FROM OLD.allotment_no"),
    ("snags", "snag_steps", f"{_STEPS} {_SNAGS}"),
)
"""For `invariants.REFUSE`. What takes the word of both sides is written by the system, which is not asked here."""

RECORDED = Function(
    "booking_moves_are_kept()",
    f"""
    -- Whoever moves a booking, and however: the table that this fills is nobody else's to write. The system says for whom it acts, if
    -- it acts for somebody; nobody else is asked.
    CREATE FUNCTION booking_moves_are_kept() RETURNS trigger {DEFINER} AS $$
    DECLARE
        before text;
        who text := split_part(current_setting('role'), '_', 2);
    BEGIN
        IF TG_OP = 'UPDATE' THEN before := OLD.status; END IF;
        IF who = 'worker' THEN who := coalesce(nullif(current_setting('app.acting_role', true), ''), who); END IF;
        INSERT INTO booking_moves (builder_id, project_id, booking_id, customer_id, from_status, to_status, reason, by_role, at)
        VALUES (NEW.builder_id, NEW.project_id, NEW.id, NEW.customer_id, before, NEW.status,
            CASE WHEN NEW.status IN ('cancelled', 'rejected', 'cancellation_requested') THEN coalesce(NEW.cancellation ->> 'reason', NEW.status_reason) END,
            who, NEW.updated_at);
        RETURN NULL;
    END $$
    """,
    triggers=(
        "CREATE TRIGGER booking_moves_are_kept_add AFTER INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION booking_moves_are_kept()",
        """CREATE TRIGGER booking_moves_are_kept AFTER UPDATE OF status ON bookings FOR EACH ROW WHEN (NEW.status <> OLD.status)
            EXECUTE FUNCTION booking_moves_are_kept()""",
    ),
)

SHARED = Function(
    "shares_are_whole()",
    f"""
    -- Owned by the clerk so that row level security cannot shrink the sum.
    CREATE FUNCTION shares_are_whole() RETURNS trigger {DEFINER} AS $$
    DECLARE
        one bigint := coalesce(NEW.booking_id, OLD.booking_id);
    BEGIN
        IF (SELECT sum(share) FROM booking_parties WHERE booking_id = one) <> {WHOLE_SHARE} THEN
            RAISE EXCEPTION 'the shares do not make a whole' USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_are_whole';
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=(
        """CREATE CONSTRAINT TRIGGER shares_are_whole AFTER INSERT OR DELETE OR UPDATE OF share ON booking_parties
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shares_are_whole()""",
    ),
)

KEPT = (RECORDED, SHARED)

"""What PostgreSQL holds of escrow accounts, whoever writes: entries follow from receipts and withdrawals, and nothing else makes any."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from realestate.models.escrow import ESCROW_PERCENT, EscrowWithdrawal
from realestate.models.payments import CLEARED
from realestate.models.projects import Project
from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.speakers import ME, NOT_SYSTEM

_CLEARED = tuple(status.value for status in CLEARED)
_PERCENTS = str(
    select(Project.id, ESCROW_PERCENT.label("percent")).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
)
_ENTRY = """INSERT INTO escrow_entries (builder_id, project_id, booking_id, customer_id, payment_id, kind, amount, percent, entered_at)
    SELECT r.builder_id, r.project_id, r.booking_id, r.customer_id, r.id,"""

RECEIVED = Function(
    "escrow_receives()",
    f"""
    -- A receipt that has cleared: of its money, the percent that the project's rule is at this moment.
    CREATE FUNCTION escrow_receives() RETURNS trigger {DEFINER} AS $$
    DECLARE
        cleared bigint[] := ARRAY[]::bigint[];
    BEGIN
        IF TG_LEVEL = 'ROW' THEN cleared := ARRAY[NEW.id];
        ELSE EXECUTE $q$SELECT array_agg(id ORDER BY id) FROM added WHERE kind = 'receipt' AND status IN {_CLEARED}$q$ INTO cleared; END IF;
        WITH rule AS MATERIALIZED ({_PERCENTS} WHERE projects.id IN (SELECT project_id FROM payments WHERE id = ANY (cleared)))
        {_ENTRY} 'received', s.share, rule.percent, coalesce(r.cleared_at, now())
        FROM payments r JOIN rule ON rule.id = r.project_id
        CROSS JOIN LATERAL (SELECT round((r.amount - r.refunded) * rule.percent / 100) AS share) AS s
        WHERE r.id = ANY (cleared) AND s.share > 0 ORDER BY r.id;
        RETURN NULL;
    END $$
    """,
    triggers=(
        "CREATE TRIGGER escrow_receives_add AFTER INSERT ON payments REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION escrow_receives()",
        f"""CREATE TRIGGER escrow_receives_change AFTER UPDATE OF status ON payments FOR EACH ROW
        WHEN (NEW.kind = 'receipt' AND OLD.status NOT IN {_CLEARED} AND NEW.status IN {_CLEARED}) EXECUTE FUNCTION escrow_receives()""",
    ),
)

RETURNED = Function(
    "escrow_returns()",
    f"""
    -- What has bounced, or gone back: the account keeps of a receipt the share of what is left of it, at the percent of its own time.
    CREATE FUNCTION escrow_returns() RETURNS trigger {DEFINER} AS $$
    DECLARE
        kept bigint; its_percent numeric; more bigint;
    BEGIN
        SELECT sum(amount), min(percent) INTO kept, its_percent FROM escrow_entries WHERE payment_id = NEW.id;
        more := CASE WHEN NEW.status IN {_CLEARED} THEN round((NEW.amount - NEW.refunded) * its_percent / 100) ELSE 0 END - kept;
        IF more <> 0 THEN
            {_ENTRY} CASE WHEN more > 0 THEN 'received' ELSE 'returned' END, more, its_percent, NEW.updated_at FROM (SELECT NEW.*) AS r;
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=(
        f"""CREATE TRIGGER escrow_returns AFTER UPDATE OF status, refunded ON payments FOR EACH ROW
        WHEN (NEW.kind = 'receipt' AND OLD.status IN {_CLEARED} AND (NEW.refunded <> OLD.refunded OR NEW.status NOT IN {_CLEARED}))
        EXECUTE FUNCTION escrow_returns()""",
    ),
)

WITHDRAWN = Function(
    "escrow_is_withdrawn()",
    f"""
    -- The project's row lock serialises withdrawals; what they sum to is read after it, in statements of their own. A question counts what
    -- others ask for, an approval only what has been approved. Money that comes meanwhile and is not seen would only have allowed more;
    -- money that goes back meanwhile is as if it had gone back afterwards, which nobody can refuse.
    CREATE FUNCTION escrow_is_withdrawn() RETURNS trigger {DEFINER} AS $$
    DECLARE
        claimed bigint; bound bigint;
    BEGIN
        PERFORM FROM projects WHERE id = NEW.project_id FOR NO KEY UPDATE;
        SELECT sum(amount) INTO claimed FROM escrow_withdrawals
        WHERE project_id = NEW.project_id AND (id = NEW.id OR status = 'approved' OR status = 'pending' AND TG_OP = 'INSERT');
        SELECT floor(coalesce(sum(e.amount), 0) * p.certified_progress / 100) INTO bound
        FROM projects p LEFT JOIN escrow_entries e ON e.project_id = p.id AND e.kind <> 'withdrawn'
        WHERE p.id = NEW.project_id GROUP BY p.id;
        IF claimed > bound THEN
            RAISE EXCEPTION 'more than the certified work allows' USING ERRCODE = 'check_violation', CONSTRAINT = 'escrow_within_completion';
        END IF;
        IF NEW.status = 'approved' THEN
            INSERT INTO escrow_entries (builder_id, project_id, withdrawal_id, kind, amount, entered_at)
            VALUES (NEW.builder_id, NEW.project_id, NEW.id, 'withdrawn', -NEW.amount, NEW.decided_at);
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=(
        """CREATE TRIGGER escrow_is_withdrawn AFTER INSERT OR UPDATE OF status ON escrow_withdrawals FOR EACH ROW
        WHEN (NEW.status <> 'rejected') EXECUTE FUNCTION escrow_is_withdrawn()""",
    ),
)

_STEPS = tuple((source.value, target.value) for sources, target in EscrowWithdrawal.EDGES.values() for source in sources)

REFUSALS = (
    ("escrow_withdrawals", "withdrawal_steps", f"NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN {_STEPS}"),
    (
        "escrow_withdrawals",
        "withdrawal_decided_in_person",
        f"""{NOT_SYSTEM} AND (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM (OLD.decided_by, OLD.decided_at)
        AND (OLD.decided_by IS NOT NULL OR NEW.decided_by IS DISTINCT FROM {ME} OR NEW.decided_at <> now())""",
    ),
)
"""For `invariants.REFUSE`."""
ESCROW = (RECEIVED, RETURNED, WITHDRAWN)

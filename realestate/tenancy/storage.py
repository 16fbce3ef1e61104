"""What PostgreSQL holds of documents by itself: that they belong to what they are attached to, and how much room they take."""

from realestate.models.documents import MOST_BYTES_OF_BUILDER, MOST_BYTES_OF_CUSTOMER
from realestate.tenancy.functions import DEFINER, Function

STORAGE = Function(
    "storage_moves()",
    f"""
    -- Two uploads at once queue up at the row of whoever pays for both; its CHECK refuses what is too much.
    CREATE FUNCTION storage_moves() RETURNS trigger {DEFINER} AS $$
    DECLARE
        one documents := coalesce(NEW, OLD);
        moved bigint := (one.size + one.thumbnail_size) * CASE TG_OP WHEN 'DELETE' THEN -1 ELSE 1 END;
    BEGIN
        IF one.side = 'builder' THEN
            INSERT INTO storage_uses AS u (builder_id, used, allowed) VALUES (one.builder_id, greatest(moved, 0), {MOST_BYTES_OF_BUILDER})
                ON CONFLICT (builder_id) DO UPDATE SET used = u.used + moved;
        ELSE
            INSERT INTO storage_uses AS u (customer_id, used, allowed) VALUES (one.uploaded_by, greatest(moved, 0), {MOST_BYTES_OF_CUSTOMER})
                ON CONFLICT (customer_id) DO UPDATE SET used = u.used + moved;
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=("CREATE TRIGGER storage_moves AFTER INSERT OR DELETE ON documents FOR EACH ROW EXECUTE FUNCTION storage_moves()",),
)

_TABLES = {"booking": "bookings", "message": "messages", "change_request": "change_requests", "agreement": "agreements"}
_TABLES_OF_PROJECTS = {"progress": "project_progress", "update": "construction_updates", "model3d": "models_3d", "project": "projects"}
_SUBJECTS = " UNION ALL ".join(
    f"SELECT FROM {table} t WHERE NEW.subject = '{subject}' AND t.id = NEW.subject_id AND t.builder_id = NEW.builder_id" + more
    for tables, more in ((_TABLES, " AND t.customer_id = NEW.customer_id"), (_TABLES_OF_PROJECTS, ""))
    for subject, table in tables.items()
)

BELONGING = Function(
    "document_belongs()",
    f"""
    -- One column cannot refer to eight tables: this is the foreign key of `subject_id`. A customer's document is attached to what is between
    -- that customer and that builder, and to no internal note does any belong that a customer may see.
    CREATE FUNCTION document_belongs() RETURNS trigger {DEFINER} AS $$
    BEGIN
        IF NOT EXISTS ({_SUBJECTS}) OR NEW.subject = 'message' AND NEW.audience <> 'team'
            AND EXISTS (SELECT FROM messages m WHERE m.id = NEW.subject_id AND m.is_internal)
        THEN
            RAISE EXCEPTION 'not a place for this document' USING ERRCODE = 'check_violation', CONSTRAINT = 'document_belongs';
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=(
        """CREATE TRIGGER document_belongs AFTER INSERT OR UPDATE OF subject, subject_id, builder_id, customer_id, audience ON documents
        FOR EACH ROW WHEN (NEW.subject IS NOT NULL) EXECUTE FUNCTION document_belongs()""",
    ),
)

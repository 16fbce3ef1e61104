"""How much room files take, counted by PostgreSQL."""

from realestate.models.documents import MOST_BYTES_OF_BUILDER, MOST_BYTES_OF_CUSTOMER
from realestate.tenancy.clerk import DEFINER, Function

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

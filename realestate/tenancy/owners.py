"""A company is never left without an owner, whoever writes."""

from realestate.tenancy.functions import DEFINER, Function

LAST_OWNER = Function(
    "last_owner()",
    f"""
    -- The company is locked first and its owners are counted in a statement of its own: two who demote each other would each count the other.
    CREATE FUNCTION last_owner() RETURNS trigger {DEFINER} AS $$
    BEGIN
        PERFORM FROM builders WHERE id = OLD.builder_id FOR NO KEY UPDATE;
        IF NOT EXISTS (SELECT FROM users WHERE builder_id = OLD.builder_id AND team_role = 'owner' AND is_active) THEN
            RAISE EXCEPTION 'a company has an owner' USING ERRCODE = 'check_violation', CONSTRAINT = 'last_owner';
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=(
        """CREATE TRIGGER last_owner AFTER UPDATE OF team_role, is_active ON users FOR EACH ROW
            WHEN (OLD.team_role = 'owner' AND OLD.is_active AND NOT (NEW.team_role = 'owner' AND NEW.is_active)) EXECUTE FUNCTION last_owner()""",
    ),
)

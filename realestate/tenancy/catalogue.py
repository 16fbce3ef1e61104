"""Tells every process that what visitors may see has changed: on whatever table the wall shows them."""

from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.sentences import WALL

CATALOGUE = Function(
    "catalogue_changes()",
    f"""
    -- What visitors may see is kept by every process for a moment (`reading.kept`): the commit that changes it tells them all to drop it.
    CREATE FUNCTION catalogue_changes() RETURNS trigger {DEFINER} AS $$
    BEGIN
        PERFORM pg_notify('catalogue', ''), set_config('app.catalogue', 'changed', true);
        RETURN NULL;
    END $$
    """,
    triggers=tuple(
        f"CREATE TRIGGER catalogue_changes AFTER INSERT OR UPDATE OR DELETE ON {model.__tablename__} "
        "FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changes()"
        for model, sentences in WALL.items()
        if any("visitor" in sentence.who.split() for sentence in sentences)
    ),
)

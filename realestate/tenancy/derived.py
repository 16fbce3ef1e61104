"""Columns of projects that follow from other tables: the range of prices, how far the work is, and how much of it is certified."""

from realestate.tenancy.functions import DEFINER, Function

PRICE_RANGE = Function(
    "price_range_follows()",
    f"""
    -- The project row is locked first and read in a statement of its own: two writers of units would each miss the other's price.
    CREATE FUNCTION price_range_follows() RETURNS trigger {DEFINER} AS $$
    DECLARE
        one bigint; sites bigint[]; mark text;
    BEGIN
        IF TG_LEVEL = 'ROW' THEN
            -- The first row of a statement finds all of them changed: once is enough, however many there are.
            SELECT concat_ws(':', pg_current_xact_id(), u.cmin, u.project_id) INTO mark FROM units u WHERE u.id = NEW.id;
            IF mark = current_setting('app.price_range', true) THEN RETURN NULL; END IF;
            PERFORM set_config('app.price_range', mark, true);
            sites := ARRAY[NEW.project_id];
        ELSE EXECUTE 'SELECT array_agg(DISTINCT project_id ORDER BY project_id) FROM changed' INTO sites; END IF;
        FOREACH one IN ARRAY coalesce(sites, '{{}}') LOOP
            PERFORM FROM projects WHERE id = one FOR NO KEY UPDATE;
            UPDATE projects SET price_range_min = r.low, price_range_max = r.high
            FROM (SELECT min(price) AS low, max(price) AS high FROM units WHERE project_id = one) AS r
            WHERE id = one AND r.low IS NOT NULL AND (price_range_min, price_range_max) IS DISTINCT FROM (r.low, r.high);
        END LOOP;
        RETURN NULL;
    END $$
    """,
    triggers=tuple(
        f"CREATE TRIGGER price_range_follows_{name} AFTER {when} EXECUTE FUNCTION price_range_follows()"
        for name, when in (
            ("add", "INSERT ON units REFERENCING NEW TABLE AS changed FOR EACH STATEMENT"),
            ("remove", "DELETE ON units REFERENCING OLD TABLE AS changed FOR EACH STATEMENT"),
            ("change", "UPDATE OF price ON units FOR EACH ROW WHEN (OLD.price <> NEW.price)"),
        )
    ),
)

OVERALL = Function(
    "overall_progress_follows()",
    f"""
    -- As with prices: the project is locked first, then read in a statement of its own. Of a phase that several scopes define, the widest
    -- counts; of one that several towers or units share, their average by weight.
    CREATE FUNCTION overall_progress_follows() RETURNS trigger {DEFINER} AS $$
    DECLARE
        one bigint; total numeric; done numeric; certified numeric;
    BEGIN
        FOR one IN EXECUTE CASE TG_LEVEL WHEN 'ROW' THEN 'SELECT ($1).project_id' ELSE 'SELECT DISTINCT project_id FROM changed ORDER BY 1' END
            USING NEW
        LOOP
            PERFORM FROM projects WHERE id = one FOR NO KEY UPDATE;
            SELECT round(sum(weight), 2), sum(weight * reached) / nullif(sum(weight), 0), sum(weight * sure) / 100 INTO total, done, certified
            FROM (
                SELECT avg(weight) AS weight, sum(weight * progress_percentage) / nullif(sum(weight), 0) AS reached,
                    sum(weight * certified_percentage) / nullif(sum(weight), 0) AS sure
                FROM (
                    SELECT phase_key, weight, progress_percentage, certified_percentage,
                        rank() OVER (PARTITION BY phase_key ORDER BY unit_id IS NOT NULL, tower IS NOT NULL) AS place
                    FROM project_progress WHERE project_id = one
                ) AS defined WHERE place = 1 GROUP BY phase_key
            ) AS phase;
            IF total > 100 THEN
                RAISE EXCEPTION 'the weights exceed 100' USING ERRCODE = 'check_violation', CONSTRAINT = 'weights_within_100';
            END IF;
            UPDATE projects SET overall_progress = coalesce(round(done, 2), 0), certified_progress = coalesce(trunc(certified, 2), 0)
            WHERE id = one;
        END LOOP;
        RETURN NULL;
    END $$
    """,
    triggers=tuple(
        f"CREATE TRIGGER overall_progress_follows_{name} AFTER {when} EXECUTE FUNCTION overall_progress_follows()"
        for name, when in (
            ("add", "INSERT ON project_progress REFERENCING NEW TABLE AS changed FOR EACH STATEMENT"),
            ("remove", "DELETE ON project_progress REFERENCING OLD TABLE AS changed FOR EACH STATEMENT"),
            (
                "change",
                """UPDATE OF weight, progress_percentage, certified_percentage ON project_progress FOR EACH ROW
                WHEN ((OLD.weight, OLD.progress_percentage, OLD.certified_percentage)
                    IS DISTINCT FROM (NEW.weight, NEW.progress_percentage, NEW.certified_percentage))""",
            ),
        )
    ),
)

DERIVED = (PRICE_RANGE, OVERALL)

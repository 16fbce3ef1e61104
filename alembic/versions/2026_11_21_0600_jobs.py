"""Jobs: procrastinate's own tables and functions, in the schema `jobs`."""

from hashlib import sha256

from alembic import op
from procrastinate.schema import SchemaManager

revision = "jobs"
down_revision = "personal_settings"

KNOWN = "c70ec4b400a60ad9592787653aae5ae77ae41bf801d56b5bd2712751a07f2009"
"""Of the SQL that procrastinate 3.10 brings. Another version changes the tables: that takes a migration with its own steps."""
PINNED = """
    -- Their names are found in this schema whoever calls them: the clerk's functions look elsewhere by default.
    DO $$ DECLARE one regprocedure; BEGIN
        FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace LOOP
            EXECUTE format('ALTER FUNCTION %s SET search_path = jobs, pg_temp', one);
        END LOOP;
    END $$"""
IDS_ONLY = """
    ALTER TABLE jobs.procrastinate_jobs ADD CONSTRAINT ck_jobs_args_are_ids
        CHECK (NOT jsonb_path_exists(args, 'strict $.* ? (@.type() != "number")'))"""
FAILURES = """
    CREATE TABLE jobs.failures (
        job_id bigint PRIMARY KEY REFERENCES jobs.procrastinate_jobs ON DELETE CASCADE, reason text NOT NULL
    )"""
OVERVIEW = """
    -- Sub-selects, not joins: who only counts does not pay for them.
    CREATE VIEW jobs.overview AS
    SELECT id, task_name::text AS task, status::text AS status, args, attempts, scheduled_at,
        (SELECT min(at) FROM jobs.procrastinate_events WHERE job_id = j.id AND type = 'deferred') AS deferred_at,
        (SELECT max(at) FROM jobs.procrastinate_events WHERE job_id = j.id AND type = 'started') AS started_at,
        (SELECT max(at) FROM jobs.procrastinate_events
            WHERE job_id = j.id AND type IN ('succeeded', 'failed', 'cancelled', 'aborted')) AS ended_at,
        (SELECT reason FROM jobs.failures WHERE job_id = j.id) AS reason
    FROM jobs.procrastinate_jobs j"""


def upgrade() -> None:
    theirs = SchemaManager.get_schema()
    assert sha256(theirs.encode()).hexdigest() == KNOWN, "this version of procrastinate brings other tables than this migration knows"
    op.execute("CREATE SCHEMA jobs")
    op.execute("SET LOCAL search_path = jobs")
    op.execute(f"-- squawk-ignore-file\n{theirs}")  # tables that nobody uses yet, as they come
    op.execute("SET LOCAL search_path TO DEFAULT")
    for statement in (PINNED, IDS_ONLY, FAILURES, OVERVIEW):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA jobs CASCADE")

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
    CREATE VIEW jobs.overview AS
    SELECT j.id, j.task_name::text AS task, j.status::text AS status, j.args, j.attempts, j.scheduled_at,
        e.deferred_at, e.started_at, e.ended_at, f.reason
    FROM jobs.procrastinate_jobs j LEFT JOIN jobs.failures f ON f.job_id = j.id CROSS JOIN LATERAL (
        SELECT min(at) FILTER (WHERE type = 'deferred') AS deferred_at, max(at) FILTER (WHERE type = 'started') AS started_at,
            max(at) FILTER (WHERE type IN ('succeeded', 'failed', 'cancelled', 'aborted')) AS ended_at
        FROM jobs.procrastinate_events WHERE job_id = j.id
    ) AS e"""


def upgrade() -> None:
    theirs = SchemaManager.get_schema()
    assert sha256(theirs.encode()).hexdigest() == KNOWN, "this version of procrastinate brings other tables than this migration knows"
    op.execute("CREATE SCHEMA jobs")
    op.execute("SET LOCAL search_path = jobs")
    op.get_bind().exec_driver_sql(theirs.replace("%", "%%"))
    op.execute("SET LOCAL search_path TO DEFAULT")
    for statement in (PINNED, IDS_ONLY, FAILURES, OVERVIEW):
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP SCHEMA jobs CASCADE")

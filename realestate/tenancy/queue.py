"""Who may have what done later. The queue itself is touched by the worker, and by the clerk for everybody else."""

from collections.abc import Iterator

from realestate.models.jobs import SCHEMA, Task
from realestate.tenancy.functions import DEFINER, Function

CALLERS: dict[Task, tuple[str, ...]] = {Task.deliver: ("doorman", "admin")}
"""Who may defer a task, besides the worker, without arguments. What is not said here an administrator may."""

_ALLOWED = " ".join(
    f"WHEN '{task.value}' THEN who = ANY (ARRAY[{', '.join(map(repr, CALLERS.get(task, ('admin',))))}]) AND args = '{{}}'" for task in Task
)
_KNOWN = tuple(task.value for task in Task)

ENQUEUE = Function(
    "enqueue(text,jsonb,timestamp with time zone)",
    f"""
    -- For the clerk's own functions and triggers, which know what they do.
    CREATE FUNCTION enqueue(task text, args jsonb, at timestamptz DEFAULT NULL) RETURNS bigint {DEFINER} AS $$
    DECLARE
        made bigint;
    BEGIN
        INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, args, scheduled_at)
            VALUES ('default', task, args, at) RETURNING id INTO made;
        RETURN made;
    END $$
    """,
)

DEFER = Function(
    "defer(jsonb)",
    f"""
    -- Each of [{{task, args, at}}] in this transaction, so that a rollback takes it along; their ids.
    CREATE FUNCTION defer(said jsonb) RETURNS bigint[] {DEFINER} AS $$
    DECLARE
        who text := split_part(current_setting('role'), '_', 2);  -- 'builder' whether limited or not
        made bigint[] := '{{}}';
        task text; args jsonb; at timestamptz; allowed boolean;
    BEGIN
        FOR task, args, at IN SELECT job.task, coalesce(job.args, '{{}}'), job.at
            FROM jsonb_to_recordset(said) AS job (task text, args jsonb, at timestamptz)
        LOOP
            allowed := CASE task {_ALLOWED} ELSE false END OR who = 'worker' AND task IN {_KNOWN};
            IF allowed IS NOT TRUE THEN
                RAISE EXCEPTION 'not the caller''s to have done' USING ERRCODE = 'insufficient_privilege';
            END IF;
            made := made || enqueue(task, args, at);
        END LOOP;
        RETURN made;
    END $$
    """,
    callers=("visitor", "customer", "builder", "admin", "worker", "doorman"),
)

STEER = Function(
    "steer(bigint,text)",
    f"""
    -- Once more what has been given up, or not at all what still waits; whether there was such a job.
    CREATE FUNCTION steer(job bigint, step text) RETURNS boolean {DEFINER} AS $$
    BEGIN
        UPDATE jobs.procrastinate_jobs SET status = CASE step WHEN 'retry' THEN 'todo' ELSE 'cancelled' END::jobs.procrastinate_job_status,
                scheduled_at = CASE step WHEN 'retry' THEN NULL ELSE scheduled_at END, queueing_lock = NULL
            WHERE id = job AND status = CASE step WHEN 'retry' THEN 'failed' WHEN 'cancel' THEN 'todo' END::jobs.procrastinate_job_status;
        RETURN FOUND;
    END $$
    """,
    callers=("admin",),
)

QUEUE = (ENQUEUE, DEFER, STEER)

_TABLES = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers", "failures")
_GRANTS = (
    ("USAGE", f"SCHEMA {SCHEMA}", "worker clerk admin"),
    ("SELECT, INSERT, UPDATE, DELETE", ", ".join(f"{SCHEMA}.{table}" for table in _TABLES), "worker"),
    ("USAGE", f"ALL SEQUENCES IN SCHEMA {SCHEMA}", "worker clerk"),
    ("EXECUTE", f"ALL FUNCTIONS IN SCHEMA {SCHEMA}", "worker"),
    ("SELECT, INSERT, UPDATE", f"{SCHEMA}.procrastinate_jobs", "clerk"),
    ("INSERT", f"{SCHEMA}.procrastinate_events", "clerk"),  # by the triggers of the jobs
    ("SELECT", f"{SCHEMA}.overview", "admin"),
)


def grants(prefix: str, roles: str) -> Iterator[str]:
    """The schema to the worker, its narrow door to the clerk, its view to administrators, and nothing to anybody else."""
    for what in (f"SCHEMA {SCHEMA}", *(f"ALL {kind} IN SCHEMA {SCHEMA}" for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"))):
        yield f"REVOKE ALL ON {what} FROM PUBLIC, {roles}"
    for right, what, who in _GRANTS:
        yield f"GRANT {right} ON {what} TO {', '.join(prefix + role for role in who.split())}"

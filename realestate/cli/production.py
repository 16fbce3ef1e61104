"""What production refuses to start with. Every sentence begins with the name of the variable to change."""

from math import ceil

import psycopg
from psycopg import sql

from realestate.cli.refusal import Refusal
from realestate.config import settings

CONNECTIONS = 25  # of a process, at POOL_SIZE 1: 15 that read, 6 that write, 2 of the worker, 1 that listens, and one to spare
KEPT = 5  # of the server's connections, for administrators and migrations
LEAST_KEY, LEAST_VARIETY = 32, 10  # bytes, and how many different ones

WHAT_IT_MAY = """
    SELECT r.rolsuper, r.rolbypassrls, EXISTS (
        SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND pg_has_role(r.oid, c.relowner, 'MEMBER')
    ), CASE WHEN to_regrole('realestate_clerk') IS NOT NULL THEN {inherits} END FROM pg_roles r WHERE r.rolname = current_user"""
WHY_NOT = (
    "is a superuser",
    "has BYPASSRLS",
    "owns tables, or may act as their owner",
    "has rights of the application's roles before it says who is asking, or may become the clerk",
)


def check_settings() -> None:
    """Before anything is started."""
    if settings.database_owner_url and not settings.database_url:
        raise Refusal("DATABASE_URL: name the application's login too; the server does not run as the owner of the tables.")
    if settings.secret_key and len(settings.secret_key.encode()) < LEAST_KEY:
        raise Refusal(f"SECRET_KEY: has fewer than {LEAST_KEY} bytes; leave it empty in development, or generate one.")
    if bool(settings.stripe_secret_key) != bool(settings.stripe_webhook_secret):
        raise Refusal("STRIPE_WEBHOOK_SECRET: belongs with STRIPE_SECRET_KEY; without both, nobody would know who has paid.")
    if len({bool(settings.razorpay_key_id), bool(settings.razorpay_key_secret), bool(settings.razorpay_webhook_secret)}) > 1:
        raise Refusal("RAZORPAY_WEBHOOK_SECRET: belongs with RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET; set all three or none.")
    if settings.is_production:
        _check_production()


def _check_production() -> None:
    remedy = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))' prints a good one"
    if not settings.secret_key:
        raise Refusal(f"SECRET_KEY: is missing; {remedy}.")
    if len(set(settings.secret_key)) < LEAST_VARIETY:
        raise Refusal(f"SECRET_KEY: is easy to guess; {remedy}.")
    if any("*" in origin for origin in settings.cors_origins):
        raise Refusal("CORS_ORIGINS: * lets every site act for its visitors; list the origins of your portals.")
    if not settings.database_url:
        raise Refusal("DATABASE_URL: is missing; the embedded database is for development.")
    if settings.query_log != "off":
        raise Refusal("QUERY_LOG: fills the log with SQL, and plans show what people have asked for; use off.")
    if settings.smtp_url and not settings.public_url.startswith("https://"):
        raise Refusal("PUBLIC_URL: mails are sent, and their links must begin with the https address of your portals.")
    if settings.seed_name != "none":
        raise Refusal(f"SEED: {settings.seed_name} makes accounts with a known password; use none.")


def check_database() -> None:
    """Once the database answers: who we are there, whether it is ours, and whether it can take us all."""
    with psycopg.connect(settings.database_url) as connection:
        if settings.is_production:
            _check_login(connection)
        if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
            raise Refusal("DATABASE_URL: this database has no tables yet; run init_database.py with DATABASE_OWNER_URL.")
        row = connection.execute("SELECT current_setting('max_connections')::int").fetchone()
    assert row is not None
    _check_budget(row[0])


def _check_login(connection: psycopg.Connection) -> None:
    from realestate.tenancy.install import INHERITS  # here: `realestate --help` does not wait for SQLAlchemy

    said = connection.execute(sql.SQL(WHAT_IT_MAY).format(inherits=sql.SQL(INHERITS))).fetchone() or ()
    for what, is_so in zip(WHY_NOT, said, strict=False):
        if is_so:
            raise Refusal(f"DATABASE_URL: its login {what}, which the wall between tenants does not hold; use a login that owns nothing.")


def _check_budget(max_connections: int) -> None:
    wanted = settings.workers * ceil(CONNECTIONS * settings.pool_size)
    if wanted > max_connections - KEPT:
        message = f"WORKERS: {settings.workers} processes want {wanted} connections and the database allows {max_connections - KEPT}"
        raise Refusal(f"{message}; lower WORKERS or POOL_SIZE, or raise its max_connections.")

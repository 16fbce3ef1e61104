"""Makes the database obey `sentences` and `clerk`: from scratch, in the migration's transaction, whenever their SQL has changed."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from realestate.models.accounts import LIMITED, OF_SITES, Role
from realestate.models.base import Base
from realestate.tenancy.agenda import AGENDA
from realestate.tenancy.answers import ANSWERS
from realestate.tenancy.catalogue import CATALOGUE
from realestate.tenancy.clerk import CALLED
from realestate.tenancy.functions import Function
from realestate.tenancy.invariants import INVARIANTS
from realestate.tenancy.limited import LIMITING
from realestate.tenancy.news import NEWS
from realestate.tenancy.queue import QUEUE, grants
from realestate.tenancy.sentences import WALL, May, limits
from realestate.tenancy.storage import BELONGING, STORAGE

PREFIX = "realestate_"
SPOKEN = (*(role.value for role in Role), LIMITED, OF_SITES)
"""The roles that a transaction of the application may speak as."""
ROLES = (*SPOKEN, "clerk")
FUNCTIONS = (*CALLED, *LIMITING, AGENDA, *ANSWERS, *INVARIANTS, STORAGE, BELONGING, CATALOGUE, *NEWS, *QUEUE)
SERVER_KNOWS_OPTIONS = "current_setting('server_version_num')::int >= 160000"
"""WITH INHERIT and WITH SET of a GRANT; before, inheriting is a property of the login."""
INHERITS = f"""(pg_has_role(r.oid, '{PREFIX}clerk', 'MEMBER')
    OR {" OR ".join(f"pg_has_role(r.oid, '{PREFIX}{role}', 'USAGE')" for role in SPOKEN)})"""
"""Whether a login `r` has rights of our roles without saying who it is, or may become the clerk."""
COMMANDS = {"read": "SELECT", "add": "INSERT", "change": "UPDATE", "remove": "DELETE"}


@cache
def mark() -> str:
    """What a database carries as the comment of its schema when its tables and its wall are those of this version."""
    tables = (str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in Base.metadata.sorted_tables)  # type: ignore[no-untyped-call]
    return "wall " + sha256("\n".join((*tables, *statements())).encode()).hexdigest()


def install(connection: Connection) -> None:
    """Build the wall, unless the one that stands has the same mark (installing takes exclusive locks)."""
    if connection.exec_driver_sql("SELECT obj_description('public'::regnamespace, 'pg_namespace')").scalar() == mark():
        return
    for role in ROLES:
        connection.exec_driver_sql(_create_role(PREFIX + role))
    for heir, role in ((LIMITED, Role.builder.value), (OF_SITES, LIMITED)):
        if not connection.exec_driver_sql(f"SELECT pg_has_role('{PREFIX}{heir}', '{PREFIX}{role}', 'USAGE')").scalar():
            connection.exec_driver_sql(f"GRANT {PREFIX}{role} TO {PREFIX}{heir}")
    for statement in (*demolition(), *statements(), f"COMMENT ON SCHEMA public IS '{mark()}'"):
        connection.exec_driver_sql(statement.replace("%", "%%"))


def remove(connection: Connection) -> None:
    """Take it down, for a schema that is not the one these sentences speak of."""
    for statement in (*demolition(), "COMMENT ON SCHEMA public IS NULL"):
        connection.exec_driver_sql(statement.replace("%", "%%"))


def admit(connection: Connection, login: str) -> None:
    """Let a login speak as our roles. It owns nothing, inherits nothing, and is nobody until it says who it is.

    ValueError, in one sentence, for a login that would look over the wall all the same. The owner may become our roles already.
    """
    if _ask(connection, login, "r.rolname = current_user"):
        return
    if _ask(connection, login, "r.rolsuper OR r.rolbypassrls"):
        raise ValueError(f"the login {login} is a superuser or has BYPASSRLS, which no wall holds; name one that is neither.")
    quoted, knows_options = connection.dialect.identifier_preparer.quote(login), _ask(connection, login, SERVER_KNOWS_OPTIONS)
    if not knows_options and _ask(connection, login, "r.rolinherit"):
        connection.exec_driver_sql(f"ALTER ROLE {quoted} NOINHERIT")
    able, options = ("SET", " WITH INHERIT FALSE, SET TRUE") if knows_options else ("MEMBER", "")
    for role in (PREFIX + role for role in SPOKEN):
        if not _ask(connection, login, f"pg_has_role(r.oid, '{role}', '{able}') AND NOT pg_has_role(r.oid, '{role}', 'USAGE')"):
            connection.exec_driver_sql(f"GRANT {role} TO {quoted}{options}")
    if _ask(connection, login, INHERITS):
        raise ValueError(f"the login {login} has rights of our roles before it says who is asking, by somebody else's grant; name another.")


def demolition() -> Iterator[str]:
    """Policies, and the clerk's functions with their triggers, whatever their names were when they were made; and the owner sees all rows again."""
    yield """
        DO $$ DECLARE one record; BEGIN
            FOR one IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
                EXECUTE format('DROP POLICY %I ON %I', one.policyname, one.tablename);
            END LOOP;
            FOR one IN SELECT p.oid::regprocedure AS signature FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
                WHERE p.pronamespace = 'public'::regnamespace AND r.rolname = 'realestate_clerk' LOOP
                EXECUTE format('DROP FUNCTION %s CASCADE', one.signature);
            END LOOP;
            FOR one IN SELECT oid::regclass AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relforcerowsecurity LOOP
                EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', one.name);
            END LOOP;
        END $$"""


def statements() -> Iterator[str]:
    """The whole wall as SQL."""
    tables = ", ".join(sorted(Base.metadata.tables))
    roles = ", ".join(PREFIX + role for role in ROLES)
    yield f"REVOKE ALL ON {tables} FROM PUBLIC, {roles}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {roles}"
    yield from grants(PREFIX, roles)
    yield f"GRANT CREATE ON SCHEMA public TO {PREFIX}clerk"
    for function in FUNCTIONS:
        yield from _entrust(function)
    yield f"REVOKE CREATE ON SCHEMA public FROM {PREFIX}clerk"
    for model, permissions in WALL.items():
        table = model.__tablename__
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        for permission in permissions:
            yield from _allow(table, permission)
        for role, within in limits(model).items():
            yield f"CREATE POLICY {role} ON {table} AS RESTRICTIVE TO {PREFIX}{role} USING ({within})"


def _allow(table: str, may: May) -> Iterator[str]:
    columns = f" ({', '.join(may.only)})" if may.only else ""
    for who in may.who.split():
        for word in may.what.split():
            command = COMMANDS[word]
            using = "" if command == "INSERT" else f" USING ({may.rows})"
            check = f" WITH CHECK ({may.becoming or may.rows})" if command in ("INSERT", "UPDATE") else ""
            yield f"CREATE POLICY {who}_may_{word} ON {table} FOR {command} TO {PREFIX}{who}{using}{check}"
            yield f"GRANT {command}{columns} ON {table} TO {PREFIX}{who}"


def _entrust(function: Function) -> Iterator[str]:
    yield function.definition
    yield f"REVOKE EXECUTE ON FUNCTION {function.signature} FROM PUBLIC"
    for caller in function.callers:
        yield f"GRANT EXECUTE ON FUNCTION {function.signature} TO {PREFIX}{caller}"
    yield from function.triggers  # made by the tables' owner, who may run the function only until it is the clerk's
    yield f"ALTER FUNCTION {function.signature} OWNER TO {PREFIX}clerk"


def _create_role(role: str) -> str:
    """Roles belong to the cluster: another database of ours may make them at the same moment. The owner may become each (clerk's
    functions are given away by it, seeds run as worker)."""
    return f"""
        DO $$ BEGIN
            BEGIN
                CREATE ROLE {role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
            IF NOT pg_has_role(current_user, '{role}', CASE WHEN {SERVER_KNOWS_OPTIONS} THEN 'SET' ELSE 'MEMBER' END) THEN
                GRANT {role} TO CURRENT_USER;
            END IF;
        END $$"""


def _ask(connection: Connection, login: str, question: str) -> bool:
    """Something about the row `r` of a login among the roles."""
    return bool(connection.exec_driver_sql(f"SELECT {question} FROM pg_roles r WHERE r.rolname = %(login)s", {"login": login}).scalar())

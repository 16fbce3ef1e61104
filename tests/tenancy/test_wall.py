"""The wall stands as it is declared: the catalog is compared with `sentences` and `clerk`, and any drift is noticed."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, make_url

from realestate import tenancy
from realestate.models.accounts import LIMITED, OF_SITES
from realestate.models.base import Base
from realestate.tenancy.install import COMMANDS, FUNCTIONS, PREFIX, ROLES
from realestate.tenancy.sentences import WALL, May, limits

OURS = "relnamespace = 'public'::regnamespace"
CATALOG = {
    "policies": "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public'",
    "tables": f"SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE {OURS} AND relkind IN ('r', 'p', 'v', 'm', 'f')",
    "grants": f"""SELECT relname, grantee::regrole::text, privilege_type FROM pg_class, aclexplode(relacl)
        WHERE {OURS} AND grantee <> relowner""",
    "column_grants": f"""SELECT relname, attname, grantee::regrole::text, privilege_type
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl) WHERE {OURS} AND grantee <> relowner""",
    "functions": """SELECT oid::regprocedure::text, proowner::regrole::text, prosecdef, proconfig::text, prosrc FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace""",
    "callers": """SELECT pg_proc.oid::regprocedure::text, grantee::regrole::text FROM pg_proc,
        aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE pronamespace = 'public'::regnamespace AND grantee <> proowner""",
    "triggers": f"""SELECT relname, tgenabled::text, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid
        WHERE {OURS} AND NOT tgisinternal""",
    "schema": """SELECT grantee::regrole::text, privilege_type FROM pg_namespace, aclexplode(nspacl)
        WHERE oid = 'public'::regnamespace AND grantee <> nspowner""",
    "queue": """SELECT what, name, grantee::regrole::text, privilege_type FROM (
            SELECT 'schema' AS what, nspname::text AS name, nspowner AS owner, nspacl AS acl FROM pg_namespace WHERE nspname = 'jobs'
            UNION ALL SELECT relkind::text, relname, relowner, relacl FROM pg_class WHERE relnamespace = 'jobs'::regnamespace
            UNION ALL SELECT 'function', oid::regprocedure::text || coalesce(proconfig::text, ''), proowner, coalesce(proacl, acldefault('f', proowner))
                FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace
        ) AS ours, aclexplode(acl) WHERE grantee <> owner""",
}
OPEN_TO_ADMINS = {("jobs", "USAGE"), ("overview", "SELECT")}
OPEN_TO_THE_CLERK = {"procrastinate_jobs": "SELECT INSERT UPDATE", "procrastinate_events": "INSERT"}
SENTENCES = [
    (model.__tablename__, who, word, may)
    for model, said in WALL.items()
    for may in said
    for who in may.who.split()
    for word in may.what.split()
]


def standing(connection: Connection) -> dict[str, Counter[str]]:
    """All that PostgreSQL knows of the wall."""
    return {name: Counter(map(str, connection.exec_driver_sql(query))) for name, query in CATALOG.items()}


def ask(connection: Connection, name: str, *columns: int) -> set[tuple[Any, ...]]:
    return {tuple(row[column] for column in columns) for row in connection.exec_driver_sql(CATALOG[name])}


def rebuild(connection: Connection) -> None:
    connection.exec_driver_sql("COMMENT ON SCHEMA public IS NULL")
    tenancy.install(connection)


@pytest.fixture
def owner() -> Iterator[Connection]:
    """The owner of the tables, whose doings are undone."""
    url = make_url(os.environ["DATABASE_OWNER_URL"]).set(drivername="postgresql+psycopg")
    engine = create_engine(url, connect_args={"options": "-c lock_timeout=5s"})
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def app() -> Iterator[psycopg.Connection]:
    """The application's login, before it has said who is asking."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection


def test_policies_are_those_declared(owner: Connection) -> None:
    declared = {(table, f"{who}_may_{word}", "PERMISSIVE", f"{{{PREFIX}{who}}}", COMMANDS[word]) for table, who, word, _ in SENTENCES}
    limited = {(model.__tablename__, role, "RESTRICTIVE", f"{{{PREFIX}{role}}}", "ALL") for model in WALL for role in limits(model)}
    assert ask(owner, "policies", 0, 1, 2, 3, 4) == declared | limited


def test_grants_are_those_declared(owner: Connection) -> None:
    declared = {(table, PREFIX + who, COMMANDS[word]) for table, who, word, may in SENTENCES if not may.only}
    assert {row for row in ask(owner, "grants", 0, 1, 2) if row[0] in Base.metadata.tables} == declared
    columns = {(table, column, PREFIX + who, COMMANDS[word]) for table, who, word, may in SENTENCES for column in may.only}
    assert ask(owner, "column_grants", 0, 1, 2, 3) == columns


def test_a_limited_member_is_a_builder_and_nobody_else(owner: Connection) -> None:
    for heir, inherited in ((LIMITED, {LIMITED, "builder"}), (OF_SITES, {OF_SITES, LIMITED, "builder"})):
        asked = {role: f"SELECT pg_has_role('{PREFIX}{heir}', '{PREFIX}{role}', 'USAGE')" for role in ROLES}
        assert {role for role, question in asked.items() if owner.exec_driver_sql(question).scalar()} == inherited
    assert [function.signature for function in FUNCTIONS if f"'{PREFIX}builder'" in function.definition] == []  # would overlook it


def test_what_is_nobodys_table_is_granted_to_nobody(owner: Connection) -> None:
    assert {row for row in ask(owner, "grants", 0, 1, 2) if row[0] not in Base.metadata.tables} == set()


def test_functions_belong_to_the_clerk_and_know_their_callers(owner: Connection) -> None:
    pinned = '{"search_path=public, pg_temp",plan_cache_mode=force_generic_plan}'
    assert ask(owner, "functions", 0, 1, 2, 3) == {(function.signature, "realestate_clerk", True, pinned) for function in FUNCTIONS}
    callers = {(function.signature, PREFIX + caller) for function in FUNCTIONS for caller in function.callers}
    assert ask(owner, "callers", 0, 1) == callers


def test_the_queue_is_the_workers_with_a_door_for_the_clerk_and_a_window_for_administrators(owner: Connection) -> None:
    found = ask(owner, "queue", 0, 1, 2, 3)
    assert {row[2] for row in found} == {PREFIX + role for role in ("worker", "clerk", "admin")}
    assert {row[1:] for row in found if row[2] == PREFIX + "admin"} == {(name, PREFIX + "admin", right) for name, right in OPEN_TO_ADMINS}
    assert {row[1:] for row in found if row[2] == PREFIX + "clerk" and row[0] == "r"} == {
        (table, PREFIX + "clerk", right) for table, rights in OPEN_TO_THE_CLERK.items() for right in rights.split()
    }
    pinned = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace AND proconfig::text IS DISTINCT FROM '{\"search_path=jobs, pg_temp\"}'"
    assert owner.exec_driver_sql(pinned).scalar() == 0


def test_every_table_is_behind_the_wall(owner: Connection) -> None:
    open_tables = {name for name, enabled, forced in ask(owner, "tables", 0, 1, 2) if not (enabled and forced)}
    assert open_tables == {"alembic_version"}
    assert {model.__tablename__ for model in WALL} == set(Base.metadata.tables)


def test_a_role_has_one_sentence_for_each_verb_of_a_table() -> None:
    """Of two `change` sentences a row could enter by the one and leave by the other."""
    twice = [said for said, times in Counter((table, who, word) for table, who, word, _ in SENTENCES).items() if times > 1]
    assert twice == []
    assert {who for _, who, _, _ in SENTENCES} == set(ROLES) - {LIMITED, OF_SITES}


def test_only_a_change_says_what_a_row_becomes() -> None:
    assert [may for _, _, word, may in SENTENCES if may.becoming and word != "change"] == []
    assert [may for _, _, word, may in SENTENCES if may.only and word == "remove"] == []


def test_building_it_again_changes_nothing(owner: Connection) -> None:
    before = standing(owner)
    rebuild(owner)
    assert standing(owner) == before


def test_a_wall_that_stands_is_not_touched(owner: Connection) -> None:
    """Building takes exclusive locks on all tables: a second start of the same version must not wait for them."""
    tenancy.install(owner)
    locks = "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'AccessExclusiveLock'"
    assert owner.exec_driver_sql(locks).scalar() == 0


@pytest.mark.parametrize(
    "drift",
    [
        "CREATE POLICY back_door ON bookings FOR SELECT TO realestate_customer USING (true)",
        "DROP POLICY customer_may_read ON bookings",
        "ALTER POLICY customer_may_read ON bookings USING (true)",
        "ALTER POLICY customer_may_change ON bookings WITH CHECK (true)",
        "ALTER POLICY builder_may_read ON leads TO realestate_builder, realestate_customer",
        "GRANT SELECT ON users TO realestate_visitor",
        "GRANT DELETE ON bookings TO PUBLIC",
        "GRANT UPDATE (price) ON units TO realestate_customer",
        "REVOKE SELECT (unit_number) ON units FROM realestate_visitor",
        "GRANT EXECUTE ON FUNCTION tell(jsonb) TO realestate_visitor",
        "GRANT EXECUTE ON FUNCTION allocation_moves() TO PUBLIC",
        "ALTER FUNCTION tell(jsonb) RESET search_path",
        "ALTER FUNCTION tell(jsonb) SECURITY INVOKER",
        "ALTER TABLE allocations DISABLE TRIGGER allocation_moves",
        "ALTER TABLE bookings DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE bookings NO FORCE ROW LEVEL SECURITY",
        "GRANT CREATE ON SCHEMA public TO PUBLIC",
        "GRANT USAGE ON SCHEMA jobs TO realestate_customer",
        "GRANT SELECT ON jobs.procrastinate_jobs TO realestate_admin",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA jobs TO PUBLIC",
    ],
)
def test_any_drift_is_noticed_and_mended_by_building_again(owner: Connection, drift: str) -> None:
    before = standing(owner)
    owner.exec_driver_sql(drift)
    assert standing(owner) != before
    rebuild(owner)
    assert standing(owner) == before


def test_another_sentence_is_another_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tenancy.mark()
    tenancy.mark.cache_clear()
    monkeypatch.setitem(WALL, next(iter(WALL)), [May("visitor", "read", "true")])
    try:
        assert tenancy.mark() != before
    finally:
        tenancy.mark.cache_clear()


def test_the_login_is_nobody_by_itself(app: psycopg.Connection) -> None:
    powers = (
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit FROM pg_roles WHERE rolname = current_user"
    )
    assert app.execute(powers).fetchone() == (False,) * 6
    owned = """SELECT count(*) FROM pg_shdepend JOIN pg_roles ON refobjid = pg_roles.oid WHERE rolname = current_user AND deptype = 'o'"""
    assert app.execute(owned).fetchone() == (0,)
    member_of = "SELECT roleid::regrole::text, admin_option FROM pg_auth_members WHERE member = current_user::regrole"
    assert set(app.execute(member_of)) == {(PREFIX + role, False) for role in ROLES if role != "clerk"}


def test_no_role_is_above_the_wall(owner: Connection) -> None:
    powers = f"""SELECT bool_or(rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin) FROM pg_roles
        WHERE rolname IN {tuple(PREFIX + role for role in ROLES)}"""
    assert owner.exec_driver_sql(powers).scalar() is False
    owned = f"""SELECT count(*) FROM pg_shdepend JOIN pg_roles ON refobjid = pg_roles.oid
        WHERE rolname IN {tuple(PREFIX + role for role in ROLES)} AND deptype = 'o' AND classid <> 'pg_proc'::regclass"""
    assert owner.exec_driver_sql(owned).scalar() == 0


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_who_does_not_say_who_is_asking_is_refused(app: psycopg.Connection, table: str) -> None:
    column = Base.metadata.tables[table].columns.keys()[0]
    for statement in (
        f"SELECT FROM {table}",
        f"SELECT {column} FROM {table}",
        f"INSERT INTO {table} DEFAULT VALUES",
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)


@pytest.mark.parametrize(
    "statement", ["SELECT tell('[]')", "SELECT record('[]'::jsonb)", "SET ROLE realestate_clerk", "CREATE TABLE mine ()"]
)
def test_nor_may_it_call_or_become_or_make_anything(app: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)


def test_even_the_owner_sees_nothing(owner: Connection) -> None:
    """It may lift the wall, but does not look over it. (A superuser would: so the table is given to somebody who is none.)"""
    heir = f"realestate_heir_{os.getpid()}"
    owner.exec_driver_sql("SELECT set_config('role', 'realestate_worker', true)")
    assert owner.exec_driver_sql("SELECT count(*) FROM inbox_epoch").scalar() == 1
    owner.exec_driver_sql("SET LOCAL role = none")
    for statement in (f"CREATE ROLE {heir}", f"GRANT {heir} TO CURRENT_USER", f"GRANT CREATE ON SCHEMA public TO {heir}"):
        owner.exec_driver_sql(statement)
    owner.exec_driver_sql(f"ALTER TABLE inbox_epoch OWNER TO {heir}")
    owner.exec_driver_sql(f"SET LOCAL role = {heir}")
    assert owner.exec_driver_sql("SELECT count(*) FROM inbox_epoch").scalar() == 0

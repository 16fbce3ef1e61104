"""What a project's calendar looks like to whoever wants a time in it: when its hosts are busy, not with whom."""

from realestate.models.accounts import PERMISSIONS, Permission, TeamRole
from realestate.models.appointments import LIVE, SETTING
from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.sentences import ME, MY_BUILDER, SITES

_ASKED_FIRST = (TeamRole.sales, TeamRole.sales_manager, TeamRole.admin, TeamRole.owner)
"""Those who may hold for customers receive visitors."""
assert set(_ASKED_FIRST) == PERMISSIONS[Permission.units_hold]
_HOSTS = f"ARRAY{[role.value for role in _ASKED_FIRST]}"
_MINE = " UNION ALL ".join(f"SELECT project_id FROM {table} WHERE customer_id = {ME}" for table in ("bookings", "holds", "appointments"))
"""What a customer sees although it is withdrawn."""
_LIVE = tuple(status.value for status in LIVE)

AGENDA = Function(
    "agenda(bigint,timestamp with time zone,timestamp with time zone)",
    f"""
    -- NULL where the caller may not see the project. Who the hosts are, only the system is told. The day on either side of the range
    -- lets an index find what reaches into it: no visit is longer.
    CREATE FUNCTION agenda(project bigint, since timestamptz, until timestamptz) RETURNS jsonb {DEFINER} AS $$
    DECLARE
        is_system boolean := current_setting('role') = 'realestate_worker';
        site record;
    BEGIN
        SELECT p.id, p.builder_id, p.timezone INTO site FROM projects p WHERE p.id = project
            AND CASE WHEN current_setting('role') IN ('realestate_worker', 'realestate_admin') THEN true
                WHEN {MY_BUILDER} IS NOT NULL THEN p.builder_id = {MY_BUILDER} AND coalesce(p.id = ANY ({SITES}), true)
                ELSE p.is_published OR p.id = ANY (ARRAY({_MINE})) END;
        IF NOT FOUND THEN RETURN NULL; END IF;
        RETURN (
            WITH taken AS (
                SELECT a.assigned_to, a.project_id, a.is_group, a.seats, a.starts_at, a.ends_at, a.busy_from, a.busy_until FROM appointments a
                WHERE a.builder_id = site.builder_id AND a.status IN {_LIVE}
                    AND a.starts_at > since - interval '1 day' AND a.starts_at < until + interval '1 day'
                    AND a.busy_from < until AND a.busy_until > since
            ), host AS (
                SELECT u.id, u.full_name, array_position({_HOSTS}, u.team_role) AS place, s.setting_value AS rules,
                    (SELECT count(*) FROM taken t WHERE t.assigned_to = u.id) AS visits,
                    (SELECT jsonb_agg(DISTINCT jsonb_build_array(t.busy_from, t.busy_until)) FROM taken t WHERE t.assigned_to = u.id) AS busy
                FROM users u LEFT JOIN system_settings s ON s.setting_key = '{SETTING}' AND s.scope = 'user' AND s.user_id = u.id
                WHERE u.builder_id = site.builder_id AND u.is_active AND u.team_role = ANY ({_HOSTS})
                    AND (u.project_scope IS NULL OR site.id = ANY (u.project_scope))
            )
            SELECT jsonb_build_object(
                'now', now(),
                'timezone', site.timezone,
                'rules', (SELECT coalesce(jsonb_agg(s.setting_value ORDER BY array_position(ARRAY['global', 'builder', 'project'], s.scope)), '[]')
                    FROM system_settings s WHERE s.setting_key = '{SETTING}' AND (s.scope = 'global'
                    OR s.scope = 'builder' AND s.builder_id = site.builder_id OR s.scope = 'project' AND s.project_id = site.id)),
                'hosts', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', CASE WHEN is_system THEN h.id END,
                    'name', CASE WHEN is_system THEN h.full_name END, 'rules', coalesce(h.rules, '{{}}'), 'busy', coalesce(h.busy, '[]'))
                    ORDER BY h.place, h.visits, h.id), '[]') FROM host h),
                'groups', (SELECT coalesce(jsonb_agg(g), '[]') FROM (
                    SELECT t.starts_at, max(t.ends_at) AS ends_at, sum(t.seats) AS seats,
                        CASE WHEN is_system THEN max(t.assigned_to) END AS host
                    FROM taken t WHERE t.is_group AND t.project_id = site.id GROUP BY t.starts_at) AS g)
            )
        );
    END $$
    """,
    callers=("visitor", "customer", "builder", "admin", "worker"),
)

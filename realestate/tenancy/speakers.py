"""Who speaks, for the conditions of triggers, which take no sub-select."""

ME = "nullif(current_setting('app.user_id', true), '')::bigint"
NOT_CLERK = "current_user <> 'realestate_clerk'"
NOT_SYSTEM = "current_setting('role') <> 'realestate_worker'"
CUSTOMER = "current_setting('role') = 'realestate_customer'"

"""Settings: the platform's, a company's, a project's, a person's own."""

from realestate.models.appointments import SETTING
from realestate.models.settings import SystemSetting
from realestate.tenancy.sentences.words import ALL, ME, MY_INBOX, OURS, May, Sentences

CONTENT = ("setting_value", "updated_by", "version", "updated_at")
MY_OWN = f"scope = 'user' AND {MY_INBOX} AND builder_id IS NULL"
# Of a colleague's own the team sees and sets the working hours, and nothing else.
OUR_SETTINGS = f"{OURS} AND (scope <> 'user' OR setting_key = '{SETTING}' OR {MY_INBOX})"
PLATFORM_OR_MY_OWN = f"scope = 'global' OR {MY_OWN}"
SIGNED = f"updated_by = {ME}"

WALL: Sentences = {
    SystemSetting: [
        May("visitor", "read", "is_public"),
        May("customer", "read", f"is_public OR {MY_INBOX}"),
        May("customer", "add", f"{MY_OWN} AND {SIGNED}"),
        May("customer", "change", MY_OWN, becoming=f"{MY_OWN} AND {SIGNED}", only=CONTENT),
        May("customer", "remove", MY_OWN),
        May("builder", "read", f"scope = 'global' OR {OUR_SETTINGS}"),
        May("builder", "add", f"{OUR_SETTINGS} AND {SIGNED}"),
        May("builder", "change", OUR_SETTINGS, becoming=f"{OUR_SETTINGS} AND {SIGNED}", only=CONTENT),
        May("builder", "remove", OUR_SETTINGS),
        May("admin", "read", ALL),
        May("admin", "add", f"({PLATFORM_OR_MY_OWN}) AND {SIGNED}"),
        May("admin", "change", PLATFORM_OR_MY_OWN, becoming=f"({PLATFORM_OR_MY_OWN}) AND {SIGNED}", only=CONTENT),
        May("admin", "remove", PLATFORM_OR_MY_OWN),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
}

"""What holds between a booking and its agreements, whoever writes."""

from realestate.models.agreements import READY, SIGNED
from realestate.tenancy.functions import DEFINER, Function

_READY, _SIGNED = (tuple(status.value for status in states) for states in (READY, SIGNED))

EDITIONS = Function(
    "editions_follow()",
    f"""
    -- Each edition follows the last one, as a draft until the booking is signed; from then on, whatever becomes of the booking, the terms are
    -- those of the last edition. Only who has taken a signed booking over has none: then the first edition says what goes over.
    CREATE FUNCTION editions_follow() RETURNS trigger {DEFINER} AS $$
    DECLARE
        last agreements;
        is_ready boolean; is_signed boolean; before bigint;
    BEGIN
        SELECT b.status IN {_READY} OR b.agreement_hash IS NOT NULL, b.status IN {_SIGNED} OR b.agreement_hash IS NOT NULL, b.transferred_from_id
            INTO is_ready, is_signed, before FROM bookings b WHERE b.id = NEW.booking_id;
        SELECT * INTO last FROM agreements a WHERE a.booking_id = NEW.booking_id AND a.id <> NEW.id ORDER BY a.edition DESC LIMIT 1;
        IF NOT is_ready OR NEW.is_draft = is_signed OR NEW.edition <> coalesce(last.edition, 0) + 1
            OR NOT NEW.is_draft AND (last.id IS NOT NULL OR before IS NULL) AND (NEW.terms, NEW.content_hash) IS DISTINCT FROM (last.terms, last.content_hash)
        THEN
            RAISE EXCEPTION 'not the next edition' USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_follow';
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=("CREATE TRIGGER editions_follow AFTER INSERT ON agreements FOR EACH ROW EXECUTE FUNCTION editions_follow()",),
)

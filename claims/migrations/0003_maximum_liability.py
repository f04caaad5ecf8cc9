"""Every signed indemnity is counted against its guarantee's maximum liability by the database itself.

Whatever writes an indemnity, the row in `claims_liability` is updated in the same transaction, which locks it; its
constraint then refuses what would pass the maximum. An indemnity whose guarantee has no such row is refused.
"""

from django.db import migrations

COMMITTED = "('approved', 'ordered', 'failed', 'paid')"

FORWARD = f"""
CREATE FUNCTION claims_count_liability() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before numeric := 0;
    after numeric := 0;
    guarantee integer;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.status IN {COMMITTED} THEN before := OLD.amount; END IF;
    IF TG_OP <> 'DELETE' AND NEW.status IN {COMMITTED} THEN after := NEW.amount; END IF;
    IF TG_OP = 'UPDATE' AND NEW.guarantee_id <> OLD.guarantee_id THEN
        RAISE EXCEPTION 'an indemnity does not change its guarantee' USING ERRCODE = 'check_violation';
    END IF;
    guarantee := CASE WHEN TG_OP = 'DELETE' THEN OLD.guarantee_id ELSE NEW.guarantee_id END;
    IF before <> after THEN
        UPDATE claims_liability SET committed = committed + after - before WHERE guarantee_id = guarantee;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'guarantee % has no maximum liability', guarantee USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;


CREATE TRIGGER claims_indemnity_counts AFTER INSERT OR UPDATE OR DELETE ON claims_indemnity
FOR EACH ROW EXECUTE FUNCTION claims_count_liability();
"""

BACKWARD = """
DROP TRIGGER claims_indemnity_counts ON claims_indemnity;
DROP FUNCTION claims_count_liability();
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

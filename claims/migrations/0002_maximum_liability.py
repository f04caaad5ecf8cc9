"""The database itself keeps the maximum liability of a guarantee.

Every signed indemnity is counted against it: whatever writes an indemnity, the row in `claims_liability` is updated in the
same transaction, which locks it; its constraint then refuses what would pass the maximum. An indemnity whose guarantee
has no such row is refused. And at the end of every transaction that touches `claims_liability`, what counts is the sum of
the guarantee's signed indemnities: nobody makes room under the maximum by resetting, removing or replacing the row.
"""

from django.db import migrations

COUNT = """
CREATE FUNCTION claims_count_liability() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    signed CONSTANT text[] := ARRAY['approved', 'ordered', 'failed', 'paid'];
    before numeric := 0;
    after numeric := 0;
    guarantee bigint;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.status = ANY(signed) THEN before := OLD.amount; END IF;
    IF TG_OP <> 'DELETE' AND NEW.status = ANY(signed) THEN after := NEW.amount; END IF;
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

UNCOUNT = """
DROP TRIGGER claims_indemnity_counts ON claims_indemnity;
DROP FUNCTION claims_count_liability();
"""

ADD_UP = """
CREATE FUNCTION claims_liability_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.guarantee_id ELSE NEW.guarantee_id END;
    signed numeric;
    counted numeric;
BEGIN
    SELECT coalesce(sum(amount), 0) INTO signed FROM claims_indemnity
    WHERE guarantee_id = touched AND status IN ('approved', 'ordered', 'failed', 'paid');
    SELECT coalesce(sum(committed), 0) INTO counted FROM claims_liability WHERE guarantee_id = touched;
    IF signed <> counted THEN
        RAISE EXCEPTION 'guarantee %: % is signed, % is counted', touched, signed, counted
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER claims_liability_adds_up AFTER INSERT OR UPDATE OR DELETE ON claims_liability
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_liability_adds_up();
"""

NO_LONGER_ADD_UP = """
DROP TRIGGER claims_liability_adds_up ON claims_liability;
DROP FUNCTION claims_liability_adds_up();
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial")]

    operations = [migrations.RunSQL(COUNT, UNCOUNT), migrations.RunSQL(ADD_UP, NO_LONGER_ADD_UP)]

"""What counts against a maximum liability is the sum of the guarantee's signed indemnities, whoever wrote the row.

Checked at the end of every transaction that touches `claims_liability`, so that nobody makes room under the maximum by
resetting, removing or replacing the row.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION claims_liability_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched integer := CASE WHEN TG_OP = 'DELETE' THEN OLD.guarantee_id ELSE NEW.guarantee_id END;
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

BACKWARD = """
DROP TRIGGER claims_liability_adds_up ON claims_liability;
DROP FUNCTION claims_liability_adds_up();
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0005_bank_answers")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A recipient is told in order, what lies in a drop folder is known before it lies there, and of every envelope which key of ours
 * signed what is in it.
 */
export class InOrder1763700000037 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(ORDER);
    await db.query(DROPPED);
    await db.query('ALTER TABLE envelope ADD COLUMN signed_by text');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE envelope DROP COLUMN signed_by;
      DROP TABLE dropped;
      DROP TRIGGER outbox_hurries_earlier ON outbox;
      DROP FUNCTION f1_outbox_hurries_earlier();
      DROP INDEX referral_in_order;
      CREATE INDEX referral_by_case ON referral (case_id);
    `);
  }
}

const ORDER = `
  -- Whoever asks what of a case comes before or after a referral finds it in one probe. It serves what is asked by case alone, too.
  DROP INDEX referral_by_case;
  CREATE INDEX referral_in_order ON referral (case_id, authority_id, created_at, (kind = 'correction'), id);

  -- What waits behind an earlier one must not wait out that one's failures of before: it is tried at once, as if for the first time.
  -- One that was refused for itself that often is tried as well, but goes on to keep nothing back.
  CREATE FUNCTION f1_outbox_hurries_earlier() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    UPDATE outbox o SET next_attempt_at = f1_now(), attempts = CASE WHEN o.attempts >= 6 AND o.last_problem IN ('clientError',
        'unsignedReceipt', 'wrongSignature', 'wrongReceipt', 'receiptBeforeReferral', 'responseTooLarge', 'foreignFile')
      THEN o.attempts ELSE 0 END
    FROM later l JOIN referral own ON own.id = l.referral_id
      JOIN referral earlier ON earlier.case_id = own.case_id AND earlier.authority_id = own.authority_id AND earlier.id <> own.id
      JOIN authority a ON a.id = own.authority_id
    WHERE o.referral_id = earlier.id AND o.done_at IS NULL AND earlier.suspended_at IS NULL AND (o.attempts > 0 OR o.next_attempt_at > f1_now())
      AND NOT EXISTS (SELECT FROM later other WHERE other.referral_id = earlier.id)
      AND (a.channel IN ('file', 'paper') AND o.last_problem IN ('awaitingReceipt', 'awaitingPost')) IS NOT TRUE;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION f1_outbox_hurries_earlier FROM PUBLIC;
  CREATE TRIGGER outbox_hurries_earlier AFTER INSERT ON outbox REFERENCING NEW TABLE AS later
    FOR EACH STATEMENT EXECUTE FUNCTION f1_outbox_hurries_earlier();
`;

const DROPPED = `
  -- Written before the file has its name. Of what was dropped before, as far as its authority still has the folder.
  CREATE TABLE dropped (
    referral_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    endpoint text NOT NULL,
    name text NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT f1_now(),
    -- It is known not to lie in a folder that is not used any more.
    cleared_at timestamptz,
    PRIMARY KEY (referral_id, endpoint, name),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
  CREATE INDEX dropped_by_case ON dropped (case_id);
  ALTER TABLE dropped ENABLE ROW LEVEL SECURITY;
  CREATE POLICY worker_all ON dropped FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE (cleared_at) ON dropped TO f1_worker;
  CREATE TRIGGER dropped_is_append_only BEFORE DELETE OR UPDATE OF referral_id, case_id, endpoint, name, noted_at ON dropped
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
  CREATE TRIGGER dropped_clears_once BEFORE UPDATE OF cleared_at ON dropped FOR EACH ROW WHEN (OLD.cleared_at IS NOT NULL)
    EXECUTE FUNCTION f1_refuse_change();
  INSERT INTO dropped (referral_id, case_id, endpoint, name)
    SELECT r.id, r.case_id, a.endpoint, r.id || CASE WHEN o.plain THEN '.json' ELSE '.jwe' END
    FROM referral r JOIN outbox o ON o.referral_id = r.id JOIN authority a ON a.id = r.authority_id
    WHERE a.channel = 'file' AND a.endpoint LIKE 'file:%'
      AND EXISTS (SELECT FROM delivery_attempt t WHERE t.referral_id = r.id AND t.problem = 'awaitingReceipt');
`;

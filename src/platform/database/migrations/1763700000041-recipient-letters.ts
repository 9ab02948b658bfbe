import type { MigrationInterface, QueryRunner } from 'typeorm';
import { notUndoneWhile } from '../not-undone.js';

/**
 * What a recipient without accounts here, or reached by another way than an inbox, wrote back on paper: a person of ours records
 * it, and where it clears somebody, ends the matter or says that a file is erased another one confirms it. Only then does the same
 * follow as when a prosecutor does it, and each row that follows names its letter.
 */
export class RecipientLetters1763700000041 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(LETTER);
    await db.query(FUNCTIONS);
    await db.query(POLICIES);
    await db.query(FOLLOWS.map(following).join(''));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(notUndoneWhile('recipient_letter', 'letters of recipients'));
    await db.query(`
      ${FOLLOWS.map(
        ({ table }) => `
      DROP POLICY own_or_by_letter ON ${table};
      DROP POLICY IF EXISTS api_by_letter ON ${table};
      ALTER TABLE ${table} DROP COLUMN letter_id;`,
      ).join('')}
      DROP TABLE recipient_letter;
      DROP FUNCTION f1_letter_says, f1_answers_by_letter;
    `);
  }
}

const DEFINER = 'LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp';
const RECORDERS = `'caseOfficer', 'officer1F', 'decisionMaker'`;

const LETTER = `
  CREATE TABLE recipient_letter (
    id uuid PRIMARY KEY,
    referral_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    says text NOT NULL CHECK (says IN ('ACKNOWLEDGE', 'GIVE_FEEDBACK', 'ANSWER_CORRECTION')),
    written_on date NOT NULL,
    -- The scan.
    document_id uuid NOT NULL,
    -- What it says, who signed it, and its sender's reference.
    sealed bytea NOT NULL,
    recorded_by uuid NOT NULL REFERENCES app_user (id),
    recorded_at timestamptz NOT NULL,
    -- NULL: waits for a second person. 'recorded': needs none.
    outcome text CHECK (outcome IN ('recorded', 'confirmed', 'refused')),
    decided_by uuid REFERENCES app_user (id),
    decided_at timestamptz,
    sealed_refusal bytea,
    CONSTRAINT recipient_letter_by_two CHECK (decided_by <> recorded_by),
    CONSTRAINT recipient_letter_decided_whole CHECK ((coalesce(outcome, 'recorded') = 'recorded') = (decided_by IS NULL)
      AND (decided_by IS NULL) = (decided_at IS NULL) AND (outcome IS NOT DISTINCT FROM 'refused') = (sealed_refusal IS NOT NULL)),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id),
    FOREIGN KEY (document_id, case_id) REFERENCES document (id, case_id)
  );
  CREATE UNIQUE INDEX recipient_letter_waits_once ON recipient_letter (referral_id, says) WHERE outcome IS NULL;
  CREATE INDEX recipient_letter_by_referral ON recipient_letter (referral_id, recorded_at);
  CREATE INDEX recipient_letter_by_case ON recipient_letter (case_id);
`;

const FUNCTIONS = `
  -- Whether nobody of this referral's recipient could say it here, or its way to be reached is another than an inbox.
  CREATE FUNCTION f1_answers_by_letter(wanted uuid) RETURNS boolean ${DEFINER} AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM referral r JOIN authority a ON a.id = r.authority_id
      WHERE r.id = wanted AND (a.channel <> 'inbox' OR NOT EXISTS (SELECT FROM app_user u
        WHERE u.authority_id = a.id AND u.disabled_at IS NULL AND 'prosecutor' = ANY (u.roles))));
  END $$;
  -- Whether this letter lets the actor write what it says: what weighs needs that another one recorded it, and so does
  -- the acknowledgement of what the same person recorded as posted.
  CREATE FUNCTION f1_letter_says(letter uuid, of_referral uuid, command text, weighs boolean) RETURNS boolean ${DEFINER} AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM recipient_letter l WHERE l.id = letter AND l.referral_id = of_referral AND l.says = command
      AND CASE l.outcome WHEN 'recorded' THEN l.recorded_by = f1_actor() AND NOT weighs AND NOT (command = 'ACKNOWLEDGE'
          AND EXISTS (SELECT FROM postal_delivery o WHERE o.referral_id = of_referral AND o.recorded_by = l.recorded_by))
        WHEN 'confirmed' THEN l.decided_by = f1_actor() ELSE false END);
  END $$;
  REVOKE ALL ON FUNCTION f1_answers_by_letter, f1_letter_says FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_answers_by_letter TO f1_api;
  GRANT EXECUTE ON FUNCTION f1_letter_says TO f1_api, f1_portal;
`;

const POLICIES = `
  ALTER TABLE recipient_letter ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_reads ON recipient_letter FOR SELECT TO f1_api USING (f1_sees_case(case_id));
  CREATE POLICY api_records ON recipient_letter FOR INSERT TO f1_api WITH CHECK (f1_sees_case(case_id)
    AND recorded_by = f1_actor() AND f1_actor_is(${RECORDERS}) AND decided_by IS NULL AND f1_answers_by_letter(referral_id));
  CREATE POLICY api_decides ON recipient_letter FOR UPDATE TO f1_api USING (f1_sees_case(case_id) AND outcome IS NULL)
    WITH CHECK (f1_sees_case(case_id) AND decided_by = f1_actor() AND f1_actor_is(${RECORDERS}));
  CREATE POLICY worker_reads ON recipient_letter FOR SELECT TO f1_worker USING (true);
  GRANT SELECT, INSERT, UPDATE (outcome, decided_by, decided_at, sealed_refusal) ON recipient_letter TO f1_api;
  GRANT SELECT ON recipient_letter TO f1_worker;
`;

interface Following {
  readonly table: string;
  readonly by: string;
  readonly command: string;
  /** When it needs two persons. */
  readonly weighs: string;
}

const FOLLOWS: readonly Following[] = [
  { table: 'acknowledgement', by: 'acknowledged_by', command: 'ACKNOWLEDGE', weighs: 'false' },
  { table: 'feedback', by: 'given_by', command: 'GIVE_FEEDBACK', weighs: 'clears OR ends' },
  { table: 'correction_answer', by: 'answered_by', command: 'ANSWER_CORRECTION', weighs: `answer = 'erased'` },
];

/** A row is the recipient's own, or its letter's: whoever sees the case writes none without one. */
const following = ({ table, by, command, weighs }: Following): string => `
  ALTER TABLE ${table} ADD COLUMN letter_id uuid UNIQUE REFERENCES recipient_letter (id);
  CREATE POLICY own_or_by_letter ON ${table} AS RESTRICTIVE FOR INSERT TO f1_api, f1_portal
    WITH CHECK (${by} = f1_actor() AND CASE WHEN letter_id IS NULL THEN f1_receives(referral_id, case_id)
      ELSE f1_letter_says(letter_id, referral_id, '${command}', ${weighs}) END);
  ${
    table === 'acknowledgement'
      ? '' // whoever sees the case may write it since the first policies
      : `CREATE POLICY api_by_letter ON ${table} FOR INSERT TO f1_api WITH CHECK (f1_sees_case(case_id) AND letter_id IS NOT NULL);`
  }
`;

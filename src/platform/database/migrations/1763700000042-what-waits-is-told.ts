import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ACTS, SECONDS, tells } from './1763700000032-unblockings.js';
import { notUndoneWhile } from '../not-undone.js';

/**
 * Nobody waits unseen: what a recipient says is missing is a request that somebody answers in time, whoever may be the second reader
 * of a letter is told of it, a recipient knows of a departure that leaves little time, and at once of a removal in spite of a stay.
 */
export class WhatWaitsIsTold1763700000042 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(RULES);
    await db.query(tells(TOLD, TELLS));
    await db.query(MISSING);
    await db.query(LEAVES);
    await db.query(BROKEN_STAYS);
    await db.query(RUNNING);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      notUndoneWhile(`referral_request WHERE kind = 'missing'`, 'requests for what a recipient says is missing'),
    );
    await db.query(`
      DELETE FROM task WHERE deadline_id IN (SELECT id FROM deadline WHERE ${OWN});
      DELETE FROM deadline WHERE ${OWN};
      DROP POLICY api_missing_by_letter ON referral_request;
      DROP POLICY worker_counts ON referral_request;
      REVOKE SELECT (id, kind, outcome, feedback_id) ON referral_request FROM f1_worker;
      ALTER TABLE referral_request DISABLE TRIGGER referral_request_keeps;
      DELETE FROM referral_request WHERE kind = 'missing';
      ALTER TABLE referral_request ENABLE TRIGGER referral_request_keeps;
      ALTER TABLE referral_request DROP COLUMN feedback_id, ALTER COLUMN sealed SET NOT NULL,
        DROP CONSTRAINT referral_request_kind_check,
        ADD CONSTRAINT referral_request_kind_check CHECK (kind IN ('documents', 'recordings', 'explanation'));
      DROP FUNCTION f1_leaves_at;
      DROP TRIGGER stay_broken_alerts ON deadline;
      DROP FUNCTION f1_stay_broken_alerts;
      DROP INDEX deadline_of_hold;
      DELETE FROM alert WHERE about <> 'referral';
      ALTER TABLE alert DROP CONSTRAINT alert_pkey, DROP COLUMN about, ADD CONSTRAINT alert_pkey PRIMARY KEY (referral_id);
      ${tells(ACTS, SECONDS)}
    `);
  }
}

const OWN = `kind IN ('letterConfirmation', 'brokenStay') OR subject_id IN (SELECT id FROM referral_request WHERE kind = 'missing')`;

/** An installation that is upgraded goes on with the times of the house until it names its own. */
const RULES = `
  INSERT INTO deadline_rule (kind, valid_from, amount, unit, source)
    SELECT kind, '2000-01-01', amount, unit, 'house rule'
    FROM (VALUES ('unblocking', 5, 'workingDays'), ('letterConfirmation', 5, 'workingDays'),
      ('brokenStay', 2, 'workingDays')) AS house (kind, amount, unit)
    WHERE EXISTS (SELECT FROM deadline_rule) AND NOT EXISTS (SELECT FROM deadline_rule r WHERE r.kind = house.kind);
`;

export const TOLD = {
  ...ACTS,
  letterConfirmation: ['caseOfficer', 'officer1F', 'decisionMaker'],
  brokenStay: ['legalAdviser', 'decisionMaker'],
};

/** Whoever asked, or recorded the letter, is nobody's second. */
export const TELLS = {
  because: SECONDS.because,
  apart: `${SECONDS.apart} AND NOT EXISTS (SELECT FROM recipient_letter l WHERE l.id = NEW.subject_id AND l.recorded_by = u.id)`,
  told: `UNION ALL SELECT p.id, 'seconds', 2 FROM person p JOIN unit USING (unit)
        WHERE NEW.kind IN ('unblocking', 'letterConfirmation') AND p.roles && able
      UNION ALL SELECT id, because, 1 FROM superior WHERE NEW.kind = 'brokenStay'`,
};

const MISSING = `
  -- What is missing is in the words of the feedback.
  ALTER TABLE referral_request ADD COLUMN feedback_id uuid UNIQUE,
    ADD FOREIGN KEY (feedback_id, case_id) REFERENCES feedback (id, case_id) DEFERRABLE INITIALLY DEFERRED,
    ALTER COLUMN sealed DROP NOT NULL,
    DROP CONSTRAINT referral_request_kind_check,
    ADD CONSTRAINT referral_request_kind_check CHECK (kind IN ('documents', 'recordings', 'explanation', 'missing')),
    ADD CONSTRAINT referral_request_missing CHECK ((kind = 'missing') = (feedback_id IS NOT NULL)
      AND (kind = 'missing') = (sealed IS NULL));
  GRANT SELECT (feedback_id) ON referral_request TO f1_api, f1_portal;
  -- The reconciler asks whether it is answered, and in time.
  CREATE POLICY worker_counts ON referral_request FOR SELECT TO f1_worker USING (kind = 'missing');
  GRANT SELECT (id, kind, outcome, feedback_id) ON referral_request TO f1_worker;
  CREATE POLICY api_missing_by_letter ON referral_request FOR INSERT TO f1_api WITH CHECK (kind = 'missing'
    AND asked_by = f1_actor() AND outcome IS NULL AND f1_sees_case(case_id) AND f1_answers_by_letter(referral_id)
    AND f1_actor_is('caseOfficer', 'officer1F', 'decisionMaker'));
`;

const LEAVES = `
  -- When the person is expected to leave, for whoever was told of them and where they are: not of an own account, nor of what is closed.
  CREATE FUNCTION f1_leaves_at(referral uuid, of_case uuid) RETURNS timestamptz
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN (SELECT p.expected_at FROM departure p JOIN referral r ON r.case_id = p.case_id
      WHERE r.id = f1_leaves_at.referral AND r.case_id = of_case AND p.withdrawn_at IS NULL AND p.expected_at::date >= f1_now()::date
        AND r.kind IN ('exclusion', 'suspicion') AND r.suspended_at IS NULL
        AND (f1_sees_case(of_case) OR f1_receives(r.id, of_case)));
  END $$;
  REVOKE ALL ON FUNCTION f1_leaves_at FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_leaves_at TO f1_api, f1_portal;
`;

const BROKEN_STAYS = `
  -- Read with every hold, also after they were met.
  CREATE INDEX deadline_of_hold ON deadline (subject_id) WHERE kind IN ('holdDecision', 'brokenStay');
  ALTER TABLE alert ADD COLUMN about text NOT NULL DEFAULT 'referral' CHECK (about IN ('referral', 'brokenStay')),
    DROP CONSTRAINT alert_pkey, ADD CONSTRAINT alert_pkey PRIMARY KEY (referral_id, about);
  -- In the transaction of whoever records the removal, who writes nobody's mail. Nothing goes to a recipient that is blocked since.
  CREATE FUNCTION f1_stay_broken_alerts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    INSERT INTO alert (referral_id, case_id, authority_id, about)
      SELECT r.id, r.case_id, r.authority_id, 'brokenStay' FROM hold h JOIN referral r ON r.id = h.referral_id
      WHERE h.id = NEW.subject_id AND NOT f1_blocked(r.case_id, r.authority_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION f1_stay_broken_alerts FROM PUBLIC;
  CREATE TRIGGER stay_broken_alerts AFTER INSERT ON deadline FOR EACH ROW WHEN (NEW.kind = 'brokenStay')
    EXECUTE FUNCTION f1_stay_broken_alerts();
`;

const clock = (kind: string, days: number, from: string): string => `
  INSERT INTO deadline (id, case_id, subject_id, kind, source, starts_at, half_at, most_at, due_at)
    SELECT gen_random_uuid(), case_id, id, '${kind}', 'house rule', f1_now(), f1_now() + interval '${days * 12} hours',
      f1_now() + interval '${days * 19} hours', f1_now() + interval '${days} days' FROM ${from};
`;

/** What waits already is told of now. */
const RUNNING = `
  INSERT INTO referral_request (id, referral_id, case_id, kind, question_ids, feedback_id, asked_by, asked_at, due_at)
    SELECT gen_random_uuid(), f.referral_id, f.case_id, 'missing', f.question_ids, f.id, f.given_by, f.given_at,
      f1_now() + interval '14 days'
    FROM feedback f JOIN data_key k ON k.case_id = f.case_id AND k.wrapped IS NOT NULL WHERE f.kind = 'incomplete';
  ${clock('requestAnswer', 14, `referral_request WHERE kind = 'missing'`)}
  ${clock('letterConfirmation', 7, 'recipient_letter WHERE outcome IS NULL')}
`;
